import type { JsonObject } from '@mcp-hub/application';
import { isObject, type RpcId, type RpcMessage, type RpcNotification, type RpcRequest } from '../../wire/json-rpc.js';
import { errorCode, modernVersions } from '../../wire/protocol.js';
import { systemTimers, type Timers } from '../../wire/timers.js';
import type { LostRequest } from '../lost-request.js';
import { hubEnvelope } from '../modern-params.js';
import { NotSent } from '../not-sent.js';
import type { RawMessageExtra, RawTransport } from '../raw-transport.js';
import type { AnswerReceiver } from './http-answer.js';
import type { HttpExchange } from './http-send.js';
import { headerValue } from '../../wire/header-value.js';
import { HttpWire, type HttpTransportOptions } from './http-wire.js';
import { ModernRequest } from './modern-request.js';
import { OneWayPosts } from './one-way-posts.js';
import { ParamHeaders } from './param-headers.js';
import { SubscriptionStream } from './subscription-stream.js';

export interface ModernHttpTransportOptions extends HttpTransportOptions {
  timers?: Timers;
}

interface OpenRequest {
  abort(): void;
}

/** Beyond this the list of tools is not followed, to learn of headers. */
const maxPages = 100;

/**
 * Streamable HTTP of the modern era (2026-07-28): each request is a POST of its own, with what it is about in headers;
 * `notifications/cancelled` closes it. Subscriptions are opened again when they break. It never closes by itself: a
 * server that can't be reached may come back.
 */
export class ModernHttpTransport implements RawTransport {
  onmessage?: RawTransport['onmessage'];
  onclose?: RawTransport['onclose'];
  onerror?: RawTransport['onerror'];
  readonly #wire: HttpWire;
  readonly #timers: Timers;
  readonly #requests = new Map<RpcId, OpenRequest>();
  readonly #oneWay: OneWayPosts;
  readonly #paramHeaders = new ParamHeaders();
  #learning: Promise<void> | undefined;
  #internalCount = 0;
  #isClosed = false;

  constructor(options: ModernHttpTransportOptions) {
    this.#wire = new HttpWire(options);
    this.#timers = options.timers ?? systemTimers;
    this.#oneWay = new OneWayPosts({
      timers: this.#timers,
      maxBytes: this.#wire.maxBytes,
      onMessage: (message) => this.onmessage?.(message),
    });
  }

  async start(): Promise<void> {
    // There is no connection before the first message.
  }

  /** Resolves when a request is answered, a notification when the server has taken it. @throws LostRequest */
  send(message: RpcMessage, extra?: RawMessageExtra): Promise<void> {
    if (this.#isClosed) return Promise.reject(new NotSent('The connection is closed.'));
    // A server of this era asks nothing of its client, so there is nothing to answer.
    if (!('method' in message)) return Promise.resolve();
    if (!('id' in message)) {
      if (message.method !== 'notifications/cancelled') return this.#tell(message);
      this.#cancel(message.params?.['requestId'] as RpcId);
      return Promise.resolve();
    }
    if (message.method === 'subscriptions/listen') {
      this.#subscribe(message);
      return Promise.resolve();
    }
    return this.#request(message, extra?.headers);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const request of this.#requests.values()) request.abort();
    this.#requests.clear();
    this.#oneWay.close();
    this.onclose?.();
  }

  #cancel(id: RpcId): void {
    this.#requests.get(id)?.abort();
    this.#requests.delete(id);
  }

  #tell(message: RpcNotification): Promise<void> {
    return this.#oneWay.post((receiver) => this.#send(message, undefined, receiver));
  }

  #request(message: RpcRequest, headers: RawMessageExtra['headers'], isRepeated = false): Promise<void> {
    return new Promise((resolve, reject) => {
      let repeated: Promise<void> | undefined;
      this.#post(message, headers, {
        onMessage: (received) => {
          if (message.method === 'tools/list' && 'result' in received) this.#paramHeaders.learn(received.result);
          if (!isRepeated && isHeaderMismatch(message, received)) {
            repeated = this.#repeat(message, received, headers);
          } else this.onmessage?.(received, { relatedRequestId: message.id });
        },
        onSettled: (loss) => {
          if (loss) reject(loss);
          else resolve(repeated);
        },
      });
    });
  }

  /** The server wants headers that are not known here: its tools are not those that were listed last. */
  async #repeat(message: RpcRequest, refusal: RpcMessage, headers: RawMessageExtra['headers']): Promise<void> {
    const before = JSON.stringify(this.#paramHeaders.of(message.params ?? {}));
    // The call can be cancelled meanwhile.
    const waiting = { abort: () => undefined };
    this.#requests.set(message.id, waiting);
    this.#learning ??= this.#learnTools().finally(() => {
      this.#learning = undefined;
    });
    await this.#learning.catch((error: unknown) => this.onerror?.(error as Error));
    if (this.#requests.get(message.id) !== waiting) return;
    this.#requests.delete(message.id);
    const after = JSON.stringify(this.#paramHeaders.of(message.params ?? {}));
    if (after !== before) return this.#request(message, headers, true);
    this.onmessage?.(refusal, { relatedRequestId: message.id });
  }

  async #learnTools(): Promise<void> {
    let cursor: unknown;
    for (let page = 0; page < maxPages; page += 1) {
      const { nextCursor } = await this.#listTools(cursor === undefined ? {} : { cursor });
      if (typeof nextCursor !== 'string' || nextCursor === cursor) return;
      cursor = nextCursor;
    }
  }

  /** A request of the transport's own. @throws LostRequest */
  #listTools(params: JsonObject): Promise<JsonObject> {
    const id = `hub-${(this.#internalCount += 1)}`;
    const message: RpcRequest = {
      jsonrpc: '2.0',
      id,
      method: 'tools/list',
      params: { ...params, _meta: hubEnvelope },
    };
    return new Promise((resolve, reject) => {
      let result: JsonObject = {};
      this.#post(message, undefined, {
        onMessage: (received) => {
          if ('result' in received) result = received.result;
        },
        onSettled: (loss) => {
          if (loss) reject(loss);
          else {
            this.#paramHeaders.learn(result);
            resolve(result);
          }
        },
      });
    });
  }

  #post(
    message: RpcRequest,
    headers: RawMessageExtra['headers'],
    listener: { onMessage(message: RpcMessage): void; onSettled(loss?: LostRequest): void },
  ): void {
    const request = new ModernRequest({
      message,
      maxBytes: this.#wire.maxBytes,
      timers: this.#timers,
      post: (receiver) => this.#send(message, headers, receiver),
      onMessage: (received) => {
        // Before it is told: whoever hears of the answer may look.
        if (!('method' in received)) this.#requests.delete(message.id);
        listener.onMessage(received);
      },
      onSettled: (loss) => {
        if (loss) this.#requests.delete(message.id);
        listener.onSettled(loss);
      },
    });
    this.#requests.set(message.id, request);
    request.start();
  }

  #subscribe(message: RpcRequest): void {
    const stream = new SubscriptionStream({
      timers: this.#timers,
      post: (receiver) => this.#send(message, undefined, receiver),
      onMessage: (received) => {
        this.onmessage?.(received);
      },
      onEnded: () => this.#requests.delete(message.id),
      onError: (error) => this.onerror?.(error),
    });
    this.#requests.set(message.id, stream);
    stream.start();
  }

  #send(
    message: RpcRequest | RpcNotification,
    headers: RawMessageExtra['headers'],
    receiver: AnswerReceiver,
  ): HttpExchange {
    const { method, params = {} } = message;
    const name = nameIn(method, params);
    const own: Record<string, string> = { 'mcp-protocol-version': modernVersions[0], 'mcp-method': method };
    if (name !== undefined) own['mcp-name'] = headerValue(name);
    if (method === 'tools/call') Object.assign(own, this.#paramHeaders.of(params));
    return this.#wire.post(message, this.#wire.postHeaders(headers ?? {}, own), receiver);
  }
}

function nameIn(method: string, params: JsonObject): string | undefined {
  if (method !== 'tools/call' && method !== 'prompts/get' && method !== 'resources/read') return undefined;
  const name = params[method === 'resources/read' ? 'uri' : 'name'];
  return typeof name === 'string' ? name : undefined;
}

function isHeaderMismatch({ method }: RpcRequest, received: RpcMessage): boolean {
  return method === 'tools/call' && 'error' in received && isObject(received.error)
    ? received.error.code === errorCode.headerMismatch
    : false;
}
