import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '@mcp-hub/application';
import type { Rejection } from '../../wire/http-answer.js';
import { isObject, kindOf, type RpcNotification, type RpcRequest } from '../../wire/json-rpc.js';
import { isLogLevel } from '../../wire/log-levels.js';
import { errorCode, isModernVersion, metaKey, modernVersions } from '../../wire/protocol.js';
import { decodeHeaderValue } from '../../wire/header-value.js';

/** A POST by era (2026-07-28, "Transports" and "Versioning"): the body decides, the headers must agree with it. */
export type Classified =
  | { era: 'legacy' }
  | { era: 'modern'; kind: 'request'; request: RpcRequest; meta: JsonObject }
  | { era: 'modern'; kind: 'notification'; notification: RpcNotification }
  | { era: 'rejected'; rejection: Rejection };

const legacy: Classified = { era: 'legacy' };

const nameField: Readonly<Record<string, 'name' | 'uri'>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

export function classify(body: unknown, headers: IncomingHttpHeaders): Classified {
  if (Array.isArray(body)) {
    const hasModern = body.some(
      (item) => isObject(item) && metaOf(item['params'])?.[metaKey.protocolVersion] !== undefined,
    );
    return hasModern ? refused(errorCode.invalidRequest, "Requests of 2026-07-28 can't be sent in a batch.") : legacy;
  }
  const headerVersion = textOf(headers['mcp-protocol-version']);
  const isHeaderModern = headerVersion !== undefined && isModernVersion(headerVersion);
  switch (kindOf(body)) {
    case undefined:
      return refused(errorCode.invalidRequest, 'The body is not a JSON-RPC message.');
    case 'result':
    case 'error':
      return legacy;
    case 'notification': {
      const notification = body as RpcNotification;
      const claim = metaOf(notification.params)?.[metaKey.protocolVersion];
      if (claim === undefined && !isHeaderModern) return legacy;
      if (claim !== undefined && headerVersion !== undefined && claim !== headerVersion) {
        return mismatch(headerVersion, `the body names protocol version ${JSON.stringify(claim)}`);
      }
      return methodFault(headers, notification.method) ?? { era: 'modern', kind: 'notification', notification };
    }
    case 'request':
      return classifyRequest(body as RpcRequest, headers, headerVersion, isHeaderModern);
  }
}

function classifyRequest(
  request: RpcRequest,
  headers: IncomingHttpHeaders,
  headerVersion: string | undefined,
  isHeaderModern: boolean,
): Classified {
  const meta = metaOf(request.params) ?? {};
  const claim = meta[metaKey.protocolVersion];
  const fault = envelopeFault(meta);
  const isHandshake = request.method === 'initialize' && (fault !== undefined || !isModernVersion(String(claim)));
  if (isHandshake) {
    return isHeaderModern ? mismatch(headerVersion ?? '', 'initialize belongs to earlier revisions') : legacy;
  }
  if (claim === undefined && !isHeaderModern) return legacy;
  if (fault !== undefined) {
    return refused(errorCode.invalidParams, `Invalid _meta of a ${modernVersions[0]} request: ${fault}.`);
  }
  const claimed = String(claim);
  if (headerVersion !== undefined && headerVersion !== claimed) {
    return mismatch(headerVersion, `the body names protocol version ${claimed}`);
  }
  const wrongMethod = methodFault(headers, request.method);
  if (wrongMethod) return wrongMethod;
  if (!modernVersions.some((known) => known === claimed)) {
    return refused(errorCode.unsupportedVersion, `Unsupported protocol version: ${claimed}`, {
      supported: [...modernVersions],
      requested: claimed,
    });
  }
  return standardHeaderFault(request, headers, headerVersion) ?? { era: 'modern', kind: 'request', request, meta };
}

/** What the envelope lacks or has wrong; undefined for a good one. */
function envelopeFault(meta: JsonObject): string | undefined {
  if (typeof meta[metaKey.protocolVersion] !== 'string') return `${metaKey.protocolVersion} is missing or no text`;
  if (!isObject(meta[metaKey.clientCapabilities])) return `${metaKey.clientCapabilities} is missing or no object`;
  const info = meta[metaKey.clientInfo];
  if (
    info !== undefined &&
    !(isObject(info) && typeof info['name'] === 'string' && typeof info['version'] === 'string')
  ) {
    return `${metaKey.clientInfo} needs a name and a version`;
  }
  const level = meta[metaKey.logLevel];
  return level === undefined || isLogLevel(level) ? undefined : `${metaKey.logLevel} is no log level`;
}

function methodFault(headers: IncomingHttpHeaders, method: string): Classified | undefined {
  const header = textOf(headers['mcp-method']);
  return header === undefined || header === method ? undefined : mismatch(header, `the body names method ${method}`);
}

function standardHeaderFault(
  { method, params = {} }: RpcRequest,
  headers: IncomingHttpHeaders,
  version: string | undefined,
): Classified | undefined {
  if (version === undefined) return mismatch('(missing)', 'MCP-Protocol-Version is required');
  if (headers['mcp-method'] === undefined) return mismatch('(missing)', `Mcp-Method is required: ${method}`);
  const field = Object.hasOwn(nameField, method) ? nameField[method] : undefined;
  if (field === undefined) return undefined;
  const named = params[field];
  const header = textOf(headers['mcp-name']);
  if (header === undefined) {
    return typeof named === 'string' ? mismatch('(missing)', `Mcp-Name is required: params.${field}`) : undefined;
  }
  const decoded = decodeHeaderValue(header);
  if (decoded === undefined) return mismatch(header, 'Mcp-Name is not valid Base64 of UTF-8');
  return typeof named === 'string' && named !== decoded
    ? mismatch(header, `params.${field} is ${JSON.stringify(named)}`)
    : undefined;
}

function metaOf(params: unknown): JsonObject | undefined {
  return isObject(params) && isObject(params['_meta']) ? params['_meta'] : undefined;
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header.trim() : undefined;
}

function refused(code: number, message: string, data?: unknown): Classified {
  return { era: 'rejected', rejection: { status: 400, code, message, ...(data !== undefined && { data }) } };
}

function mismatch(header: string, body: string): Classified {
  return refused(errorCode.headerMismatch, `The headers and the body disagree: ${body}.`, {
    mismatch: { header, body },
  });
}
