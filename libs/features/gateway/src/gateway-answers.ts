import type { ServerResponse } from 'node:http';
import { readHeads, type RequestHead } from './request-head.js';

/** Why the gateway itself answers instead of a worker. */
export interface Refusal {
  httpStatus: number;
  /** Stable, snake_case. */
  code: string;
  /** For a person: what is wrong, and what to do. */
  message: string;
  /** The server's name, or its id. */
  server?: string;
  /** `failed`, `disabled`, `loading`. */
  status?: string;
  outcome?: 'unknown' | 'not_executed';
  callId?: string;
  /** The worker that may have executed it. */
  worker?: string | undefined;
  retryAfterSeconds?: number;
  headers?: Readonly<Record<string, string>>;
}

const jsonRpcServerError = -32_000;

/**
 * Answers an MCP client with an error of the hub's own (design.md, "Errors"): a `tools/call` gets a JSON-RPC error on
 * HTTP 200, since clients lose `data` otherwise; other JSON-RPC requests get the refusal's status with a JSON-RPC body;
 * anything else gets `{error, server, message, status}`.
 *
 * @param body what is kept of the request; '' where it is no POST
 */
export function sendRefusal(res: ServerResponse, refusal: Refusal, body: string): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  const heads = readHeads(body).filter(({ method }) => method !== undefined);
  const isToolCall = refusal.outcome !== undefined && heads.some(({ method }) => method === 'tools/call');
  const text = JSON.stringify(payloadOf(refusal, heads, body.startsWith('[')));
  res.writeHead(isToolCall ? 200 : refusal.httpStatus, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(refusal.retryAfterSeconds === undefined ? {} : { 'retry-after': String(refusal.retryAfterSeconds) }),
    ...refusal.headers,
  });
  res.end(text);
}

/**
 * Ends an event stream that the worker left in the middle: the client's request gets its answer all the same.
 *
 * @param body what is kept of the request
 */
export function endBrokenStream(res: ServerResponse, refusal: Refusal, body: string): void {
  const heads = readHeads(body).filter(({ id }) => id !== null);
  if (heads.length === 0 || res.destroyed) {
    res.destroy();
    return;
  }
  const events = heads.map((head) => `event: message\ndata: ${JSON.stringify(jsonRpcBody(refusal, head))}\n\n`);
  res.end(events.join(''));
}

function payloadOf(refusal: Refusal, heads: readonly RequestHead[], isBatch: boolean): unknown {
  const [first] = heads;
  if (!first) return plainBody(refusal);
  if (!isBatch) return jsonRpcBody(refusal, first);
  return heads.filter(({ id }) => id !== null).map((head) => jsonRpcBody(refusal, head));
}

function plainBody(refusal: Refusal): Record<string, unknown> {
  const error = refusal.httpStatus === 503 ? 'Server unavailable' : refusal.message;
  return { error, server: refusal.server, message: refusal.message, status: refusal.status, code: refusal.code };
}

function jsonRpcBody(refusal: Refusal, head: RequestHead): Record<string, unknown> {
  const { code, message, server, status, outcome, callId, worker, retryAfterSeconds } = refusal;
  const isToolCall = head.method === 'tools/call';
  return {
    jsonrpc: '2.0',
    id: head.id,
    error: {
      code: jsonRpcServerError,
      message,
      data: {
        error: refusal.httpStatus === 503 ? 'Server unavailable' : message,
        code,
        server,
        message,
        status,
        outcome: isToolCall ? outcome : undefined,
        callId,
        worker: isToolCall && outcome !== undefined ? (worker ?? null) : worker,
        retry_after: retryAfterSeconds,
      },
    },
  };
}
