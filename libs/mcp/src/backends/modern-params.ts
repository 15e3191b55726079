import type { JsonObject, McpCallContext } from '@mcp-hub/application';
import { InputRefusal } from '../input-refusal.js';
import { isObject, type RpcErrorObject } from '../wire/json-rpc.js';
import { metaKey, modernVersions } from '../wire/protocol.js';

/** What the hub says of itself in requests that it makes for nobody in particular. */
export const hubEnvelope: JsonObject = {
  [metaKey.protocolVersion]: modernVersions[0],
  [metaKey.clientInfo]: { name: 'mcp-hub-registry', version: '0.1.0' },
  [metaKey.clientCapabilities]: {},
};

/**
 * The params as a modern server gets them: in the envelope of the caller (2026-07-28, "Request metadata"), and with the
 * upstream request's id for a progress token, which is unique where the clients' own are not. Anything else is as it
 * came; the given object is left alone.
 */
export function modernParams(params: JsonObject, id: number, context: McpCallContext): JsonObject {
  const meta = isObject(params['_meta']) ? params['_meta'] : {};
  return {
    ...params,
    _meta: {
      ...meta,
      ...(meta['progressToken'] !== undefined && { progressToken: id }),
      [metaKey.protocolVersion]: modernVersions[0],
      [metaKey.clientCapabilities]: context.clientCapabilities,
      ...(context.clientInfo && { [metaKey.clientInfo]: context.clientInfo }),
      ...(context.logLevel !== undefined && { [metaKey.logLevel]: context.logLevel }),
    },
  };
}

/** The error with which a legacy client answered what it was asked; a modern server has no way to be told of it. */
export function refusalIn({ inputResponses }: JsonObject): RpcErrorObject | undefined {
  if (!isObject(inputResponses)) return undefined;
  return Object.values(inputResponses).find((response) => response instanceof InputRefusal)?.error;
}
