import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { hostedKey, type RouteKey } from '@mcp-hub/application';
import { Agent } from 'undici';
import type { HttpSsePath } from './server-path.js';
import { SentRequest, type AnswerTo } from './sent-request.js';

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

/** The caller's signals are the only deadlines; a pooled connection is closed before the worker would close it. */
const connections = { keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0, connectTimeout: 5_000 };

/** Sends clients' requests to workers' internal ports on pooled keep-alive connections. */
export class WorkerRequests {
  private readonly calls = new Agent(connections);
  /** A pool of their own for streams that are open for long: a connection is looked for among all that are busy. */
  private readonly streams = new Agent(connections);

  constructor(private readonly credential: string) {}

  /** Sends a request of a client, whose body is whole or comes as a stream; told of what comes of it. */
  send(
    client: IncomingMessage,
    key: RouteKey,
    workerUrl: string,
    context: WorkerRequestContext,
    body: Buffer | Readable | undefined,
    answerTo: AnswerTo,
  ): SentRequest {
    const isLong = client.method === 'GET' || client.headers['mcp-method'] === 'subscriptions/listen';
    const sent = new SentRequest(answerTo);
    (isLong ? this.streams : this.calls).dispatch(
      {
        origin: workerUrl,
        method: client.method as 'POST',
        path: internalPath(key, context.httpSse),
        headers: this.headersFor(client, context, body),
        ...(body !== undefined && { body }),
      },
      sent,
    );
    return sent;
  }

  /**
   * Asks a worker, on a connection of its own, what became of a request that was sent to it, and has it refused should it
   * still arrive. Never rejects, and takes a second at most.
   *
   * @param ageMs since the request was begun
   */
  disown(workerUrl: string, incarnation: string, context: WorkerRequestContext, ageMs: number): Promise<CallFate> {
    const { callId, delivery } = context;
    return new Promise((resolve) => {
      const question = request(new URL(`/internal/workers/${incarnation}/calls/${callId}/disown`, workerUrl), {
        agent: false,
        method: 'POST',
        headers: {
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
    for (const agent of [this.calls, this.streams]) void agent.destroy();
  }

  /** As a list of names and values, which is sent as it is. */
  private headersFor(
    client: IncomingMessage,
    context: WorkerRequestContext,
    body: Buffer | Readable | undefined,
  ): string[] {
    const headers: string[] = [];
    const { headers: given } = client;
    for (const name in given) {
      const value = given[name];
      if (value === undefined || dropped.has(name) || name.startsWith('hub-')) continue;
      // MCP has bodies in POST only, and the length of one that is there in full is known.
      if (name === 'content-length' && (body === undefined || Buffer.isBuffer(body))) continue;
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
