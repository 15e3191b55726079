import { refusedUrlReason, type EgressPolicy } from '@mcp-hub/domain';
import {
  headerOf,
  NotSent,
  type HttpExchange,
  type HttpHeaders,
  type HttpReceiver,
  type HttpRequest,
} from '@mcp-hub/mcp';
import { Agent, type Dispatcher } from 'undici';
import { EgressRefused } from './egress.errors.js';
import { guardedLookup, resolveBySystem, type ResolveHost } from './guarded-lookup.js';
import { networkFailure } from './network-failure.js';

export interface GuardedHttpOptions {
  policy: EgressPolicy;
  /** How host names become addresses; the system's resolver where undefined. */
  resolveHost?: ResolveHost;
}

interface Target {
  origin: string;
  path: string;
}

/** What requests say of who sends them, unless they say it themselves. */
export const userAgent = 'mcp-hub-registry';

const longestRedirectChain = 5;
/** A redirect's body is read to keep its connection; a larger one is not worth it. */
const maxRedirectBytes = 64 * 1024;
const keptTargets = 16;

/**
 * The same guard as `GuardedFetch`, for streams and without work that each request would repeat (hosting.md, "Egress").
 * Redirects are followed within the origin: what keeps the method (307, 308), and any of a GET.
 */
export class GuardedHttp {
  readonly #policy: EgressPolicy;
  readonly #agent: Agent;
  /** By URL: a server has few. */
  readonly #targets = new Map<string, Target>();

  constructor({ policy, resolveHost = resolveBySystem }: GuardedHttpOptions) {
    this.#policy = policy;
    // The caller's patience is the only deadline; streams may be silent for long.
    this.#agent = new Agent({
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { lookup: guardedLookup(policy, resolveHost) },
    });
  }

  /** An `HttpSend`. */
  readonly send = (request: HttpRequest, receiver: HttpReceiver): HttpExchange => {
    const exchange = new GuardedExchange(this.#agent, request, receiver, (url) => this.#targetOf(url));
    exchange.start(request.url);
    return exchange;
  };

  /** Ends connections and what is under way on them. Idempotent. */
  async close(): Promise<void> {
    if (!this.#agent.destroyed) await this.#agent.destroy();
  }

  /** @throws EgressRefused */
  #targetOf(url: string): Target {
    const known = this.#targets.get(url);
    if (known) return known;
    const refusal = refusedUrlReason(url, this.#policy);
    if (refusal !== undefined) throw new EgressRefused(`${refusal} The operator decides by the egress settings.`);
    const { origin, pathname, search } = new URL(url);
    const target = { origin, path: `${pathname}${search}` };
    if (this.#targets.size >= keptTargets) this.#targets.clear();
    this.#targets.set(url, target);
    return target;
  }
}

/** One request with the redirects that it is sent on. */
class GuardedExchange implements HttpExchange, Dispatcher.DispatchHandler {
  readonly #agent: Agent;
  readonly #request: HttpRequest;
  readonly #receiver: HttpReceiver;
  readonly #targetOf: (url: string) => Target;
  #url = '';
  #hops = 0;
  #next: string | undefined;
  #skippedBytes = 0;
  #controller: Dispatcher.DispatchController | undefined;
  #isOver = false;
  #isAborted = false;

  constructor(agent: Agent, request: HttpRequest, receiver: HttpReceiver, targetOf: (url: string) => Target) {
    this.#agent = agent;
    this.#request = request;
    this.#receiver = receiver;
    this.#targetOf = targetOf;
  }

  start(url: string): void {
    this.#url = url;
    this.#controller = undefined;
    try {
      const { origin, path } = this.#targetOf(url);
      const { method, headers, body } = this.#request;
      const all = headers['user-agent'] === undefined ? { 'user-agent': userAgent, ...headers } : headers;
      this.#agent.dispatch({ origin, path, method, headers: all, ...(body !== undefined && { body }) }, this);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    if (!this.#isOver) this.#controller?.resume();
  }

  abort(): void {
    this.#isAborted = true;
    if (this.#isOver) return;
    this.#isOver = true;
    this.#controller?.abort(new Error('The request was given up.'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error('The request was given up.'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: HttpHeaders): void {
    if (this.#isOver || status < 200) return;
    this.#next = this.#redirectOf(status, headers);
    if (this.#next === undefined) this.#receiver.onHead(status, headers);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    if (this.#next === undefined) this.#receiver.onData(chunk);
    else {
      this.#skippedBytes += chunk.length;
      if (this.#skippedBytes > maxRedirectBytes) this.#redirect();
    }
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    if (this.#next !== undefined) this.#redirect();
    else {
      this.#isOver = true;
      this.#receiver.onEnd();
    }
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #redirectOf(status: number, headers: HttpHeaders): string | undefined {
    const { method } = this.#request;
    const keepsMethod = status === 307 || status === 308;
    if (!keepsMethod && !(method === 'GET' && status >= 301 && status <= 303)) return undefined;
    const location = headerOf(headers, 'location');
    if (location === undefined || this.#hops >= longestRedirectChain) return undefined;
    const next = URL.canParse(location, this.#url) ? new URL(location, this.#url) : undefined;
    return next?.origin === new URL(this.#url).origin ? next.href : undefined;
  }

  #redirect(): void {
    const next = this.#next ?? this.#url;
    if (this.#skippedBytes > maxRedirectBytes) {
      this.abort();
      this.#receiver.onError(new Error('The server redirects with too large a body.'));
      return;
    }
    this.#next = undefined;
    this.#skippedBytes = 0;
    this.#hops += 1;
    this.start(next);
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const isSent = this.#controller !== undefined;
    const message = networkFailure(error, isSent);
    const failure = isSent ? new Error(message, { cause: error }) : new NotSent(message, { cause: error });
    // The dispatcher may fail at once, and the receiver must hear of it only after `send` has returned.
    if (isSent) this.#receiver.onError(failure);
    else {
      process.nextTick(() => {
        if (!this.#isAborted) this.#receiver.onError(failure);
      });
    }
  }
}
