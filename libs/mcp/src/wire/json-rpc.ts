import type { JsonObject } from '@mcp-hub/application';

export type RpcId = string | number;

export interface RpcRequest {
  jsonrpc: '2.0';
  id: RpcId;
  method: string;
  params?: JsonObject;
}

export interface RpcNotification {
  jsonrpc: '2.0';
  method: string;
  params?: JsonObject;
}

export interface RpcResult {
  jsonrpc: '2.0';
  id: RpcId;
  result: JsonObject;
}

export interface RpcErrorObject {
  code: number;
  message: string;
  data?: unknown;
}

/** `id` is null where the request's could not be read. */
export interface RpcError {
  jsonrpc: '2.0';
  id: RpcId | null;
  error: RpcErrorObject;
}

export type RpcMessage = RpcRequest | RpcNotification | RpcResult | RpcError;

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function isRpcId(value: unknown): value is RpcId {
  return typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value));
}

/** The four kinds of message that a peer may send. */
export type RpcKind = 'request' | 'notification' | 'result' | 'error';

/** Tells what a parsed JSON value is (JSON-RPC 2.0; ids of MCP are never null). @returns undefined for anything else */
export function kindOf(value: unknown): RpcKind | undefined {
  if (!isObject(value) || value['jsonrpc'] !== '2.0') return undefined;
  if (typeof value['method'] === 'string') {
    if (value['params'] !== undefined && !isObject(value['params'])) return undefined;
    if (value['id'] === undefined) return 'notification';
    return isRpcId(value['id']) ? 'request' : undefined;
  }
  if (isRpcId(value['id']) && isObject(value['result'])) return 'result';
  if (isObject(value['error']) && typeof value['error']['code'] === 'number') return 'error';
  return undefined;
}

/** The id to put into an error about this body: that of a request, else null. */
export function echoableId(body: unknown): RpcId | null {
  return isObject(body) && typeof body['method'] === 'string' && isRpcId(body['id']) ? body['id'] : null;
}

export function rpcResult(id: RpcId, result: JsonObject): RpcResult {
  return { jsonrpc: '2.0', id, result };
}

export function rpcError(id: RpcId | null, code: number, message: string, data?: unknown): RpcError {
  return { jsonrpc: '2.0', id, error: data === undefined ? { code, message } : { code, message, data } };
}
