import type { JsonObject } from '@mcp-hub/application';
import { rpcError, type RpcId, type RpcMessage, type RpcRequest } from '../../wire/json-rpc.js';
import { systemTimers, type Timers } from '../../wire/timers.js';
import { LostRequest } from '../lost-request.js';
import { NotSent } from '../not-sent.js';
import type { RawMessageExtra, RawTransport } from '../raw-transport.js';
import { answeredId } from '../stdio-transport.js';
import { lossOf } from './answer-loss.js';
import type { HttpExchange } from './http-send.js';
import { HttpWire, type HttpTransportOptions } from './http-wire.js';
import { OneWayPosts } from './one-way-posts.js';
import { ReconnectDelay } from './reconnect-delay.js';
import { SessionMemory } from './session-memory.js';
import { SseConnection } from './sse-connection.js';

export interface SseTransportOptions extends HttpTransportOptions {
  timers?: Timers;
}

/** For a server to say where messages go, and to shake hands again. */
const connectMs = 30_000;

interface WaitingRequest {
  method: string;
  resolve(): void;
  reject(loss: LostRequest): void;
}

/**
 * HTTP with SSE (2024-11-05): one stream for all that the server says, and a POST for each message to it. When the
 * stream breaks, what is in flight is lost; a new one is opened then, and shaken hands on as on the first one. It never
 * closes by itself: a server that can't be reached may come back.
 */
export class SseTransport implements RawTransport {
  onmessage?: RawTransport['onmessage'];
  onclose?: RawTransport['onclose'];
  onerror?: RawTransport['onerror'];
  readonly #wire: HttpWire;
  readonly #url: string;
  readonly #timers: Timers;
  readonly #memory = new SessionMemory();
  readonly #waiting = new Map<RpcId, WaitingRequest>();
  readonly #posting = new Set<HttpExchange>();
  readonly #oneWay: OneWayPosts;
  readonly #delay = new ReconnectDelay();
  #connection: SseConnection | undefined;
  /** The same, once hands are shaken on it. */
  #ready: SseConnection | undefined;
  #connecting: Promise<SseConnection> | undefined;
  #stopTimer: (() => void) | undefined;
  #internalCount = 0;
  #isClosed = false;

  constructor(options: SseTransportOptions) {
    this.#wire = new HttpWire(options);
    this.#url = options.url;
    this.#timers = options.timers ?? systemTimers;
    this.#oneWay = new OneWayPosts({
      timers: this.#timers,
      maxBytes: this.#wire.maxBytes,
      onMessage: (message) => {
        this.#receive(message);
      },
    });
  }

  async start(): Promise<void> {
    // The stream is opened for the first message.
  }

  /** Resolves when a request is answered, anything else when the server has taken it. @throws LostRequest */
  async send(message: RpcMessage, extra?: RawMessageExtra): Promise<void> {
    if (this.#isClosed) throw new NotSent('The connection is closed.');
    if ('method' in message && message.method === 'notifications/cancelled') {
      this.#waiting.delete(message.params?.['requestId'] as RpcId);
      // What was in flight on another connection is over.
      if (!this.#ready?.isOpen) return;
    }
    const connection = this.#ready?.isOpen ? this.#ready : await this.#connected();
    this.#memory.note(message);
    if ('method' in message && 'id' in message) await this.#request(message, connection, extra?.headers);
    else await this.#tell(message, connection);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopTimer?.();
    this.#connection?.close();
    this.#oneWay.close();
    for (const exchange of this.#posting) exchange.abort();
    this.#posting.clear();
    this.#waiting.clear();
    this.onclose?.();
  }

  #request(message: RpcRequest, connection: SseConnection, headers: RawMessageExtra['headers'] = {}): Promise<void> {
    const { id, method } = message;
    return new Promise((resolve, reject) => {
      const exchange = connection.post(message, headers, {
        onMessage: (received) => {
          this.#receive(received);
        },
        onEnd: (end) => {
          this.#posting.delete(exchange);
          if (end.kind === 'done') return;
          exchange.abort();
          if (end.kind === 'refused' && end.error) {
            this.#receive(rpcError(id, end.error.code, end.error.message, end.error.data));
          } else if (this.#waiting.delete(id)) reject(lossOf(end, this.#wire.maxBytes));
        },
      });
      this.#posting.add(exchange);
      this.#waiting.set(id, { method, resolve, reject });
    });
  }

  #tell(message: RpcMessage, connection: SseConnection): Promise<void> {
    return this.#oneWay.post((receiver) => connection.post(message, {}, receiver));
  }

  #receive(message: RpcMessage): void {
    if ('method' in message || message.id === null) {
      this.onmessage?.(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (waiting?.method === 'initialize' && 'result' in message) this.#memory.learn(message.result);
    this.onmessage?.(message);
    waiting?.resolve();
  }

  /** @throws LostRequest where there is no connection to be had */
  #connected(): Promise<SseConnection> {
    this.#stopTimer?.();
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(): Promise<SseConnection> {
    const connection = new SseConnection({
      wire: this.#wire,
      url: this.#url,
      onMessage: (message) => {
        this.#receive(message);
      },
      onOversized: (head, tail) => {
        this.#onOversized(head, tail);
      },
      onClosed: (loss) => {
        this.#onClosed(connection, loss);
      },
    });
    this.#connection = connection;
    const stopTimer = this.#timers.after(connectMs, () => {
      connection.expire();
    });
    try {
      await connection.open();
      if (this.#memory.initialize) await this.#restore(this.#memory.initialize, connection);
    } catch (error) {
      connection.close();
      this.#delay.failed();
      if (this.#memory.initialize) this.#comeBack();
      throw error instanceof LostRequest ? error.ofWaiting() : error;
    } finally {
      stopTimer();
    }
    this.#delay.worked();
    this.#ready = connection;
    return connection;
  }

  async #restore(initialize: JsonObject, connection: SseConnection): Promise<void> {
    await this.#ask('initialize', initialize, connection);
    await this.#tell({ jsonrpc: '2.0', method: 'notifications/initialized' }, connection);
    for (const { method, params } of this.#memory.restoring()) await this.#ask(method, params, connection);
    for (const change of this.#memory.missedChanges()) this.onmessage?.(change);
  }

  #ask(method: string, params: JsonObject, connection: SseConnection): Promise<void> {
    const id = `hub-${(this.#internalCount += 1)}`;
    return this.#request({ jsonrpc: '2.0', id, method, params }, connection);
  }

  #onClosed(connection: SseConnection, loss: LostRequest): void {
    if (this.#connection !== connection || this.#isClosed) return;
    this.onerror?.(loss);
    for (const waiting of this.#waiting.values()) waiting.reject(loss);
    this.#waiting.clear();
    // Who connects finds out, and comes back.
    if (this.#ready !== connection) return;
    this.#delay.failed();
    this.#comeBack();
  }

  /** What the server says of itself must not wait for somebody to call it. */
  #comeBack(): void {
    if (this.#isClosed) return;
    this.#stopTimer?.();
    this.#stopTimer = this.#timers.after(this.#delay.ms, () => {
      this.#connected().catch((error: unknown) => this.onerror?.(error as Error));
    });
  }

  #onOversized(head: string, tail: string): void {
    const loss = lossOf({ kind: 'tooLarge' }, this.#wire.maxBytes);
    this.onerror?.(loss);
    const id = answeredId(head, tail);
    if (id === undefined) return;
    this.#waiting.get(id)?.reject(loss);
    this.#waiting.delete(id);
  }
}
