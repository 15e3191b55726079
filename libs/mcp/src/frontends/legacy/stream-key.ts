import { isRpcId, type RpcId, type RpcRequest } from '../../wire/json-rpc.js';

export interface RequestOfStream {
  callId: string;
  requestId: RpcId;
}

const shape = /^post~([A-Za-z0-9_-]{1,64})~([A-Za-z0-9_-]{1,64})$/;

/**
 * Names the stream of a request so that a worker that does not have the stream can tell which request it was for: event
 * ids "SHOULD encode sufficient information to identify the originating stream" (2025-11-25, "Resumability and
 * redelivery"). @returns undefined where there are several requests, or their ids are too long to be repeated in every event
 */
export function streamKeyOf(callId: string, requests: readonly RpcRequest[]): string | undefined {
  const [request, ...others] = requests;
  if (!request || others.length > 0) return undefined;
  const key = `post~${callId}~${Buffer.from(JSON.stringify(request.id)).toString('base64url')}`;
  return shape.test(key) ? key : undefined;
}

/** @returns undefined for any other key */
export function readStreamKey(key: string): RequestOfStream | undefined {
  const parts = shape.exec(key);
  if (!parts) return undefined;
  const [, callId = '', encoded = ''] = parts;
  try {
    const requestId: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString());
    return isRpcId(requestId) ? { callId, requestId } : undefined;
  } catch {
    // None of ours: whoever made it up gets what any unknown stream gets.
    return undefined;
  }
}
