import { Agent, request, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { hostedKey, type RouteKey } from '@mcp-hub/application';
import { WorkerAddresses, type WorkerAddress } from './worker-address.js';

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

  private readonly addresses = new WorkerAddresses();

  constructor(private readonly credential: string) {}

  /** Opens the request; its body is the caller's to send. */
  open(client: IncomingMessage, key: RouteKey, workerUrl: string, context: WorkerRequestContext): ClientRequest {
    const address = this.addresses.of(workerUrl);
    return request({
      agent: this.agent,
      host: address.host,
      port: address.port,
      method: client.method,
      path: internalPath(key),
      headers: this.headersFor(client, address, context),
    });
  }

  close(): void {
    this.agent.destroy();
  }

  /** As a list of names and values: Node writes that as it is, an object it takes apart first. */
  private headersFor(client: IncomingMessage, { authority }: WorkerAddress, context: WorkerRequestContext): string[] {
    const headers = ['host', authority];
    const { headers: given } = client;
    for (const name in given) {
      const value = given[name];
      if (value === undefined || dropped.has(name) || name.startsWith('hub-')) continue;
      // MCP has bodies in POST only. Node would send one of another method without saying where it ends.
      if (name === 'content-length' && client.method !== 'POST') continue;
      if (typeof value === 'string') headers.push(name, value);
      else for (const one of value) headers.push(name, one);
    }
    headers.push('hub-credential', this.credential);
    headers.push('hub-caller', encodeURIComponent(context.caller));
    headers.push('hub-call-id', context.callId);
    headers.push('hub-attempt', String(context.attempt));
    if (context.isOwnerGone) headers.push('hub-owner-gone', '1');
    return headers;
  }
}

/** The path on a worker's internal port that serves a route. */
export function internalPath(key: RouteKey): string {
  return `/internal/servers/${hostedKey(key)}/mcp`;
}
