import type { ServerResponse } from 'node:http';

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
  worker?: string;
  retryAfterSeconds?: number;
  headers?: Readonly<Record<string, string>>;
}

interface RequestHead {
  id: string | number | null;
  method: string | undefined;
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
  const head = body === '' ? undefined : readHead(body);
  const isToolCall = head?.method === 'tools/call' && refusal.outcome !== undefined;
  const payload = head?.method === undefined ? plainBody(refusal) : jsonRpcBody(refusal, head);
  const text = JSON.stringify(payload);
  res.writeHead(isToolCall ? 200 : refusal.httpStatus, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(refusal.retryAfterSeconds === undefined ? {} : { 'retry-after': String(refusal.retryAfterSeconds) }),
    ...refusal.headers,
  });
  res.end(text);
}

function plainBody(refusal: Refusal): Record<string, unknown> {
  const error = refusal.httpStatus === 503 ? 'Server unavailable' : refusal.message;
  return { error, server: refusal.server, message: refusal.message, status: refusal.status, code: refusal.code };
}

function jsonRpcBody(refusal: Refusal, head: RequestHead): Record<string, unknown> {
  const { code, message, server, status, outcome, callId, worker, retryAfterSeconds } = refusal;
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
        outcome: head.method === 'tools/call' ? outcome : undefined,
        callId,
        worker,
        retry_after: retryAfterSeconds,
      },
    },
  };
}

/** Reads id and method of a JSON-RPC request, also of one whose end was not kept. */
export function readHead(body: string): RequestHead {
  try {
    const parsed = JSON.parse(body) as unknown;
    if (typeof parsed !== 'object' || parsed === null) return { id: null, method: undefined };
    const { id, method } = parsed as { id?: unknown; method?: unknown };
    return {
      id: typeof id === 'string' || typeof id === 'number' ? id : null,
      method: typeof method === 'string' ? method : undefined,
    };
  } catch {
    // Cut off, or not JSON: the method may still be read, the id not safely.
    return { id: null, method: /"method"\s*:\s*"([^"\\]{1,100})"/.exec(body)?.[1] };
  }
}
