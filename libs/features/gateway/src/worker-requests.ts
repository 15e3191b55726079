import { Agent, request, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { hostedKey, type RouteRecord } from '@mcp-hub/application';

/** What the gateway tells a worker about a request, beside the request itself. */
export interface WorkerRequestContext {
  /** The authenticated caller. */
  caller: string;
  callId: string;
  /** 2 where the request was sent to another worker before, which was lost. */
  attempt: number;
  /** A worker named the owner of the session or the parked call, and that one can't be reached: take it over. */
  isOwnerGone: boolean;
}

/** Never forwarded: they belong to one connection, or hold the client's credentials for the hub. */
const dropped = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'authorization',
  'cookie',
  'expect',
]);

/** End-to-end headers of an answer. */
export function answerHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !dropped.has(name) && !name.startsWith('hub-')) kept[name] = value;
  }
  return kept;
}

/** Sends clients' requests to workers' internal ports on pooled keep-alive connections. */
export class WorkerRequests {
  private readonly agent = new Agent({
    keepAlive: true,
    maxFreeSockets: 256,
    // Shorter than the workers' own, so that a pooled connection is never closed under a request.
    timeout: 30_000,
    scheduling: 'lifo',
  });

  constructor(private readonly credential: string) {}

  /** Opens the request; its body is the caller's to send. */
  open(client: IncomingMessage, route: RouteRecord & { target: { kind: 'http' } }, context: WorkerRequestContext): ClientRequest {
    const base = new URL(route.target.url);
    return request({
      agent: this.agent,
      host: base.hostname,
      port: base.port,
      method: client.method,
      path: internalPath(route),
      headers: this.headersFor(client, context),
    });
  }

  close(): void {
    this.agent.destroy();
  }

  private headersFor(client: IncomingMessage, context: WorkerRequestContext): Record<string, string | string[]> {
    const headers = answerHeaders(client.headers);
    // MCP has bodies in POST only. Node would send one of another method without saying where it ends.
    if (client.method !== 'POST') delete headers['content-length'];
    headers['hub-credential'] = this.credential;
    headers['hub-caller'] = encodeURIComponent(context.caller);
    headers['hub-call-id'] = context.callId;
    headers['hub-attempt'] = String(context.attempt);
    if (context.isOwnerGone) headers['hub-owner-gone'] = '1';
    return headers;
  }
}

/** The path on a worker's internal port that serves a route. */
export function internalPath(route: RouteRecord): string {
  return `/internal/servers/${hostedKey(route)}/mcp`;
}
