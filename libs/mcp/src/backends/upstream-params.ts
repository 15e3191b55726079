import type { JsonObject } from '@mcp-hub/application';
import { isObject } from '../wire/json-rpc.js';
import { isModernVersion, metaKey } from '../wire/protocol.js';

const envelopeKeys = [metaKey.protocolVersion, metaKey.clientCapabilities, metaKey.clientInfo, metaKey.logLevel];

/** Whether a request came in the modern era's envelope: its client can be asked by `input_required` only. */
export function isModernCall(params: JsonObject): boolean {
  const meta = params['_meta'];
  const version = isObject(meta) ? meta[metaKey.protocolVersion] : undefined;
  return typeof version === 'string' && isModernVersion(version);
}

/** The params of a notification as a legacy server gets them: without the modern envelope. The given object is left alone. */
export function withoutEnvelope(params: JsonObject): JsonObject {
  const meta = params['_meta'];
  if (!isObject(meta) || !envelopeKeys.some((key) => key in meta)) return params;
  const { _meta: _, ...own } = params;
  const ownMeta = { ...meta };
  for (const key of envelopeKeys) delete ownMeta[key];
  return Object.keys(ownMeta).length > 0 ? { ...own, _meta: ownMeta } : own;
}

export function progressTokenOf(params: JsonObject): unknown {
  const meta = params['_meta'];
  return isObject(meta) ? meta['progressToken'] : undefined;
}

/**
 * The params as a legacy server gets them: without what belongs to the modern envelope and to retries, and with the
 * upstream request's id for a progress token, which is unique where the clients' own are not. Anything else is as it
 * came; the given object is left alone.
 */
export function upstreamParams(params: JsonObject, id: number): JsonObject {
  const meta = params['_meta'];
  const isRetry = params['inputResponses'] !== undefined || params['requestState'] !== undefined;
  const hasToken = isObject(meta) && meta['progressToken'] !== undefined;
  const hasEnvelope = isObject(meta) && envelopeKeys.some((key) => key in meta);
  if (!isRetry && !hasToken && !hasEnvelope) return params;
  const upstream = { ...params };
  delete upstream['inputResponses'];
  delete upstream['requestState'];
  if (!isObject(meta)) return upstream;
  const upstreamMeta = { ...meta };
  for (const key of envelopeKeys) delete upstreamMeta[key];
  if (hasToken) upstreamMeta['progressToken'] = id;
  if (Object.keys(upstreamMeta).length > 0) upstream['_meta'] = upstreamMeta;
  else delete upstream['_meta'];
  return upstream;
}
