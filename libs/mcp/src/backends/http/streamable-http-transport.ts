import type { JsonObject } from '@mcp-hub/application';
import type { RpcId, RpcMessage, RpcRequest } from '../../wire/json-rpc.js';
import { errorCode } from '../../wire/protocol.js';
import { systemTimers, type Timers } from '../../wire/timers.js';
import { LostRequest } from '../lost-request.js';
import { NotSent } from '../not-sent.js';
import type { RawMessageExtra, RawTransport } from '../raw-transport.js';
import { endSession } from './end-session.js';
import { sessionHeaders, type HttpSession } from './http-session.js';
import { HttpWire, isEmpty, type HttpTransportOptions } from './http-wire.js';
import { LegacyRequest, mayMeanUnknownSession, type LegacyRequestHost, type Refusal } from './legacy-request.js';
import { ListeningStream } from './listening-stream.js';
import { OneWayPosts } from './one-way-posts.js';
import { SessionMemory } from './session-memory.js';

export interface StreamableHttpTransportOptions extends HttpTransportOptions {
  timers?: Timers;
}

/** For an answer to what is asked here, and by nobody else. */
const ownMs = 30_000;

/**
 * Streamable HTTP of the legacy era (2025-03-26 to 2025-11-25): a POST for each message, a session, and a stream for
 * what the server says outside of requests. A session that the server has given up is begun anew, as the first one was,
 * when that is noticed; a request that was refused for that reason is repeated then. It never closes by itself: a server
 * that can't be reached may come back.
 */
export class StreamableHttpTransport implements RawTransport {
  onmessage?: RawTransport['onmessage'];
  onclose?: RawTransport['onclose'];
  onerror?: RawTransport['onerror'];
  readonly #wire: HttpWire;
  readonly #timers: Timers;
  readonly #memory = new SessionMemory();
  readonly #requests = new Map<RpcId, LegacyRequest>();
  readonly #host: LegacyRequestHost;
  readonly #oneWay: OneWayPosts;
  #session: HttpSession = { id: undefined, version: undefined };
  /** Of requests whose callers bring no headers of their own. */
  #shared: { session: HttpSession; headers: Readonly<Record<string, string>> } | undefined;
  #listening: ListeningStream | undefined;
  /** While the server is told that the handshake is over: requests come after that. */
  #greeting: Promise<void> | undefined;
  #renewal: Promise<HttpSession> | undefined;
  #internalCount = 0;
  #isClosed = false;

  constructor(options: StreamableHttpTransportOptions) {
    this.#wire = new HttpWire(options);
    this.#timers = options.timers ?? systemTimers;
    this.#oneWay = new OneWayPosts({
      timers: this.#timers,
      maxBytes: this.#wire.maxBytes,
      onMessage: (message) => {
        this.#deliver(message);
      },
    });
    this.#host = {
      maxBytes: this.#wire.maxBytes,
      timers: this.#timers,
      post: (request, session) => this.#wire.post(request.message, this.#headersOf(session, request.headers), request),
      resume: (session, lastEventId, receiver) =>
        this.#wire.get({ ...sessionHeaders(session), 'last-event-id': lastEventId }, receiver),
      sessionInstead: (of, end) => this.#sessionInstead(of, end),
    };
  }

  /** Whether the server began one when hands were shaken. */
  get hasSession(): boolean {
    return this.#session.id !== undefined;
  }

  async start(): Promise<void> {
    // There is no connection before the first message.
  }

  setProtocolVersion(version: string): void {
    this.#session = { ...this.#session, version };
  }

  /** Resolves when a request is answered, anything else when the server has taken it. @throws LostRequest */
  send(message: RpcMessage, extra?: RawMessageExtra): Promise<void> {
    if (this.#isClosed) return Promise.reject(new NotSent('The connection is closed.'));
    this.#memory.note(message);
    if (!('method' in message)) return this.#tell(message);
    if ('id' in message) return this.#request(message, extra);
    switch (message.method) {
      case 'notifications/initialized':
        return this.#greet(message);
      case 'notifications/cancelled':
        return this.#cancel(message);
      default:
        return this.#tell(message);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listening?.close();
    for (const request of this.#requests.values()) request.abort();
    this.#requests.clear();
    this.#oneWay.close();
    if (this.#session.id !== undefined) await endSession(this.#wire, this.#session, this.#timers);
    this.onclose?.();
  }

  async #request(message: RpcRequest, extra: RawMessageExtra | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = new LegacyRequest(message, extra?.headers ?? noHeaders, this.#host, {
        onMessage: (received, { sessionId }) => {
          if (message.method === 'initialize') this.#onInitialized(received, sessionId);
          this.#deliver(received, message.id);
        },
        onSettled: (_, loss) => {
          this.#requests.delete(message.id);
          if (loss) reject(loss);
          else resolve();
        },
        // Its client is told the same way that it may go, and come back for the rest.
        onStreamClosed: () => extra?.closeSSEStream?.(),
      });
      this.#requests.set(message.id, request);
      if (!this.#greeting) request.start(this.#session);
      else {
        void this.#greeting.then(() => {
          request.start(this.#session);
        });
      }
    });
  }

  #onInitialized(message: RpcMessage, sessionId: string | undefined): void {
    if (!('result' in message)) return;
    this.#session = { id: sessionId, version: undefined };
    this.#memory.learn(message.result);
  }

  #headersOf(session: HttpSession, callers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    if (!isEmpty(callers)) return this.#wire.postHeaders(callers, sessionHeaders(session));
    if (this.#shared?.session !== session) {
      this.#shared = { session, headers: this.#wire.postHeaders(noHeaders, sessionHeaders(session)) };
    }
    return this.#shared.headers;
  }

  #deliver(message: RpcMessage, relatedRequestId?: RpcId): void {
    this.onmessage?.(message, relatedRequestId === undefined ? undefined : { relatedRequestId });
  }

  async #greet(message: RpcMessage): Promise<void> {
    const told = this.#tell(message);
    this.#greeting = told.then(
      () => undefined,
      () => undefined,
    );
    await this.#greeting;
    this.#greeting = undefined;
    this.#listen();
    return told;
  }

  async #cancel(message: Extract<RpcMessage, { method: string }>): Promise<void> {
    const id = message.params?.['requestId'] as RpcId;
    const request = this.#requests.get(id);
    this.#requests.delete(id);
    try {
      await this.#tell(message);
    } finally {
      // Its stream may stay open for ever: a cancelled request is not answered.
      request?.abort();
    }
  }

  /** Posts what has no answer. @throws LostRequest, NotSent */
  #tell(message: RpcMessage, session = this.#session): Promise<void> {
    return this.#oneWay.post((receiver) => this.#wire.post(message, this.#headersOf(session, noHeaders), receiver));
  }

  #listen(): void {
    if (this.#isClosed) return;
    this.#listening?.close();
    const session = this.#session;
    const listening = new ListeningStream({
      timers: this.#timers,
      open: (lastEventId, receiver) =>
        this.#wire.get(
          { ...sessionHeaders(session), ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
          receiver,
        ),
      onMessage: (message) => {
        this.#deliver(message);
        if (!('method' in message) && message.id !== null) this.#requests.get(message.id)?.answered();
      },
      onUnknown: (status) => {
        this.#renewed(session, status === 404).then(
          (fresh) => {
            if (fresh === session) listening.start();
          },
          (error: unknown) => this.onerror?.(error as Error),
        );
      },
      onError: (error) => this.onerror?.(error),
    });
    this.#listening = listening;
    listening.start();
  }

  async #sessionInstead(of: HttpSession, end: Refusal): Promise<HttpSession | undefined> {
    if (of.id === undefined || !mayMeanUnknownSession(end)) return undefined;
    const session = await this.#renewed(of, end.status === 404).catch((error: unknown) => {
      throw error instanceof LostRequest ? error.ofWaiting() : error;
    });
    return session === of ? undefined : session;
  }

  /** @returns a session that stands in for one that is gone; the same one where the server still knows it */
  async #renewed(session: HttpSession, isGone: boolean): Promise<HttpSession> {
    if (this.#session !== session) return this.#session;
    this.#renewal ??= this.#renew(session, isGone).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renew(session: HttpSession, isGone: boolean): Promise<HttpSession> {
    const { initialize } = this.#memory;
    if (!initialize) return session;
    if (!isGone && (await this.#isKnown(session))) return session;
    const [message, sessionId] = await this.#ask('initialize', initialize, { id: undefined, version: undefined });
    if (!('result' in message)) {
      const reason = 'error' in message ? message.error.message : '';
      const text = `The server does not begin a new session: ${reason}`;
      throw new LostRequest(text, { outcome: 'not_executed', reason: 'upstream_error' });
    }
    const version = message.result['protocolVersion'];
    const fresh = { id: sessionId, version: typeof version === 'string' ? version : session.version };
    await this.#tell({ jsonrpc: '2.0', method: 'notifications/initialized' }, fresh);
    for (const { method, params } of this.#memory.restoring()) await this.#ask(method, params, fresh);
    this.#onInitialized(message, sessionId);
    this.#session = fresh;
    this.#listen();
    for (const change of this.#memory.missedChanges()) this.#deliver(change);
    return fresh;
  }

  async #isKnown(session: HttpSession): Promise<boolean> {
    try {
      const [message] = await this.#ask('ping', undefined, session);
      return 'result' in message || ('error' in message && message.error.code === errorCode.methodNotFound);
    } catch (error) {
      if (error instanceof LostRequest && (error.status === 400 || error.status === 404)) return false;
      throw error;
    }
  }

  /** A request of the transport's own. @returns its answer, and the session that came with it. @throws LostRequest */
  #ask(
    method: string,
    params: JsonObject | undefined,
    session: HttpSession,
  ): Promise<[message: RpcMessage, sessionId: string | undefined]> {
    const id = `hub-${(this.#internalCount += 1)}`;
    const message: RpcRequest = { jsonrpc: '2.0', id, method, ...(params && { params }) };
    return new Promise((resolve, reject) => {
      let answer: RpcMessage | undefined;
      const host = { ...this.#host, sessionInstead: () => Promise.resolve(undefined) };
      const request = new LegacyRequest(message, noHeaders, host, {
        onMessage: (received) => {
          if ('method' in received) this.#deliver(received);
          else answer = received;
        },
        onSettled: ({ sessionId }, loss) => {
          stopTimer();
          this.#requests.delete(id);
          if (loss) reject(loss);
          else if (answer) resolve([answer, sessionId]);
        },
      });
      this.#requests.set(id, request);
      const stopTimer = this.#timers.after(ownMs, () => {
        request.expire();
      });
      request.start(session);
    });
  }
}

const noHeaders = {};
