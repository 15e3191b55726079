import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { rpcError, type RpcId } from './json-rpc.js';
import { ReadyResult } from './ready-result.js';

export function sendJson(res: ServerResponse, status: number, body: unknown, headers: OutgoingHttpHeaders = {}): void {
  if (res.headersSent || res.destroyed) return;
  const parts = body instanceof ReadyResult ? body.parts() : [JSON.stringify(body)];
  res.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0),
  });
  const last = parts.pop() ?? '';
  // Together with the end, which uncorks.
  if (parts.length > 0) res.cork();
  for (const part of parts) res.write(part);
  res.end(typeof last === 'string' ? forSocket(last) : last);
}

const largeLength = 256 * 1024;

/** A large text is handed over as bytes: of a string that waits for its reader the system would make another copy. */
export function forSocket(text: string): string | Buffer {
  return text.length > largeLength ? Buffer.from(text) : text;
}

/** An answer about a message that was not understood or is not served: a JSON-RPC error beside the HTTP status. */
export interface Rejection {
  status: number;
  code: number;
  message: string;
  data?: unknown;
  headers?: OutgoingHttpHeaders;
}

export function sendRejection(res: ServerResponse, id: RpcId | null, rejection: Rejection): void {
  const { status, code, message, data, headers } = rejection;
  sendJson(res, status, rpcError(id, code, message, data), headers);
}

export function sendEmpty(res: ServerResponse, status: number, headers: OutgoingHttpHeaders = {}): void {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, { ...headers, 'content-length': 0 });
  res.end();
}

/** Whether the client takes this kind of answer; one that does not say takes anything (RFC 9110, 12.5.1). */
export function accepts(accept: string | undefined, type: 'application/json' | 'text/event-stream'): boolean {
  if (accept === undefined || accept === '') return true;
  return accept.includes(type) || accept.includes('*/*') || accept.includes(`${type.slice(0, type.indexOf('/'))}/*`);
}

/** Whether the client names event streams before plain JSON; the two count as equal where it does not say (RFC 9110, 12.5.1). */
export function prefersStream(accept: string | undefined): boolean {
  const stream = accept?.indexOf('text/event-stream') ?? -1;
  if (stream < 0) return false;
  const json = accept?.indexOf('application/json') ?? -1;
  return json < 0 ? !accepts(accept, 'application/json') : stream < json;
}
