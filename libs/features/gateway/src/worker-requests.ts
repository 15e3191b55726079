import { Agent, request, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { hostedKey, type RouteKey } from '@mcp-hub/application';
import type { HttpSsePath } from './server-path.js';
import { WorkerAddresses, type WorkerAddress } from './worker-address.js';

/** What the gateway tells a worker about a request, beside the request itself. */
export interface WorkerRequestContext {
  /** The authenticated caller. */
  caller: string;
  callId: string;
  /** 2 where the request was sent to another worker before, which was lost. */
  attempt: number;
  /** 1, 2, …: how often it was sent, this time included. */
  delivery: number;
  /** A worker named the owner of the session or the parked call, and that one can't be reached: take it over. */
  isOwnerGone: boolean;
  /** Set for the HTTP+SSE transport. */
  httpSse?: HttpSsePath;
}

/** What is known of a request that was sent and not answered: what its worker says, or why it says nothing. */
export type CallFate =
  /** The worker has executed nothing of it, and will not. */
  | 'not_seen'
  | 'executing'
  | 'finished'
  /** The worker does not know any more. */
  | 'forgotten'
  /** The worker is gone. */
  | 'gone'
  /** The worker does not say. */
  | 'untold';

const fates: ReadonlySet<unknown> = new Set<CallFate>(['not_seen', 'executing', 'finished', 'forgotten']);
/** The client waits meanwhile. */
const askWithinMs = 1_000;

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
      path: internalPath(key, context.httpSse),
      headers: this.headersFor(client, address, context),
    });
  }

  /**
   * Asks a worker, on a connection of its own, what became of a request that was sent to it, and has it refused should it
   * still arrive. Never rejects, and takes a second at most.
   *
   * @param ageMs since the request was begun
   */
  disown(workerUrl: string, incarnation: string, context: WorkerRequestContext, ageMs: number): Promise<CallFate> {
    const { host, port, authority } = this.addresses.of(workerUrl);
    const { callId, delivery } = context;
    return new Promise((resolve) => {
      const question = request({
        agent: false,
        host,
        port,
        method: 'POST',
        path: `/internal/workers/${incarnation}/calls/${callId}/disown`,
        headers: {
          host: authority,
          connection: 'close',
          'content-length': 0,
          'hub-credential': this.credential,
          'hub-delivery': delivery,
          'hub-age-ms': Math.ceil(ageMs),
        },
      });
      const timer = setTimeout(() => {
        resolve('untold');
        question.destroy();
      }, askWithinMs);
      const end = (fate: CallFate): void => {
        clearTimeout(timer);
        resolve(fate);
      };
      question.on('error', () => end('gone'));
      question.once('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', () => end('gone'));
        answer.once('end', () => {
          if (answer.statusCode === 421) end('gone');
          else end(fateIn(Buffer.concat(chunks).toString('utf8')));
        });
      });
      question.end();
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
    headers.push('hub-delivery', String(context.delivery));
    if (context.isOwnerGone) headers.push('hub-owner-gone', '1');
    if (context.httpSse?.kind === 'stream') headers.push('hub-messages-path', context.httpSse.messagesPath);
    if (context.httpSse?.kind === 'message') headers.push('hub-session', context.httpSse.sessionId);
    return headers;
  }
}

function fateIn(text: string): CallFate {
  try {
    const { state } = JSON.parse(text) as { state?: unknown };
    return fates.has(state) ? (state as CallFate) : 'untold';
  } catch {
    // No answer to the question, whatever it is.
    return 'untold';
  }
}

/** The path on a worker's internal port that serves a route. */
export function internalPath(key: RouteKey, httpSse?: HttpSsePath): string {
  const endpoint = httpSse ? (httpSse.kind === 'stream' ? 'sse' : 'messages') : 'mcp';
  return `/internal/servers/${hostedKey(key)}/${endpoint}`;
}
