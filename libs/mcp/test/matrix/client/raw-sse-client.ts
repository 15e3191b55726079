import { eventually } from '../../support/fixtures.js';
import type { Json, RpcFault } from '../servers/script.js';
import { messagesOf } from './event-reader.js';
import type { Answer, Exchange, Input, MatrixClient, RequestOptions } from './matrix-client.js';
import { legacyClientInfo } from './raw-legacy-client.js';

interface Pending {
  exchange: Exchange;
  options: RequestOptions;
  isDone: boolean;
}

/** A client by hand on HTTP+SSE (2024-11-05): all that it hears comes on one stream. */
export class RawSseClient implements MatrixClient {
  readonly era = 'legacy';
  readonly events: Json[] = [];
  hello: Json = {};
  readonly #url: URL;
  readonly #closing = new AbortController();
  readonly #pending = new Map<number, Pending>();
  #endpoint: URL | undefined;
  #lastId = 0;
  #stream: Promise<void> = Promise.resolve();

  private constructor(url: URL) {
    this.#url = url;
  }

  static async connect(url: URL, capabilities: Json): Promise<RawSseClient> {
    const client = new RawSseClient(new URL('/sse', url));
    client.#stream = client.#read().catch(() => undefined);
    await eventually(() => client.#endpoint !== undefined, 'the endpoint for messages');
    const params = { protocolVersion: '2025-11-25', capabilities, clientInfo: legacyClientInfo };
    const { result, error } = await client.request('initialize', params);
    if (!result) throw new Error(`No handshake: ${JSON.stringify(error)}`);
    client.hello = result;
    await client.notify('notifications/initialized');
    return client;
  }

  async request(method: string, params: Json = {}, options: RequestOptions = {}): Promise<Exchange> {
    const { meta, logLevel, signal } = options;
    if (logLevel !== undefined) await this.request('logging/setLevel', { level: logLevel });
    const id = (this.#lastId += 1);
    // Answers come on the stream, which is 200 whatever they are.
    const exchange: Exchange = { status: 200, told: [], asked: [], askedIds: [], legs: [] };
    const pending: Pending = { exchange, options, isDone: false };
    this.#pending.set(id, pending);
    const onAbort = (): void => {
      pending.isDone = true;
      void this.notify('notifications/cancelled', { requestId: id, reason: 'Changed its mind' });
    };
    signal?.addEventListener('abort', onAbort);
    await this.#post({ jsonrpc: '2.0', id, method, params: { ...params, ...(meta && { _meta: meta }) } });
    await eventually(() => pending.isDone, `the answer to ${method}`);
    signal?.removeEventListener('abort', onAbort);
    this.#pending.delete(id);
    return exchange;
  }

  async notify(method: string, params?: Json): Promise<number> {
    return (await this.#post({ jsonrpc: '2.0', method, ...(params && { params }) })).status;
  }

  subscribe(uri: string): Promise<Exchange> {
    return this.request('resources/subscribe', { uri });
  }

  async unsubscribe(uri: string): Promise<void> {
    await this.request('resources/unsubscribe', { uri });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#stream;
  }

  async #read(): Promise<void> {
    const { signal } = this.#closing;
    const response = await fetch(this.#url, { headers: { accept: 'text/event-stream' }, signal });
    for await (const message of messagesOf(response, (path) => (this.#endpoint = new URL(path, this.#url)))) {
      this.#hear(message);
    }
  }

  #hear(message: Json): void {
    const { id, method } = message;
    const answered = method === undefined ? this.#pending.get(Number(id)) : undefined;
    if (answered) {
      Object.assign(answered.exchange, { result: message['result'] as Json, error: message['error'] as RpcFault });
      answered.isDone = true;
      return;
    }
    // The stream does not say which request it belongs to; tests have one at a time.
    const current = [...this.#pending.values()].at(-1);
    if (id === undefined) {
      (current?.exchange.told ?? this.events).push(message);
      current?.options.onTold?.(message);
      return;
    }
    if (typeof method !== 'string' || !current) return;
    const input: Input = { method, params: (message['params'] ?? {}) as Json };
    current.exchange.asked.push(input);
    current.exchange.askedIds.push(id);
    void this.#answer(id, current.options.answer?.(input));
  }

  async #answer(id: unknown, answer: Answer | Promise<Answer>): Promise<void> {
    const body = await answer;
    if (body !== undefined) await this.#post({ jsonrpc: '2.0', id, ...body });
  }

  #post(message: Json): Promise<Response> {
    if (!this.#endpoint) throw new Error('The stream is not open.');
    const headers = { 'content-type': 'application/json', 'mcp-protocol-version': '2025-11-25' };
    return fetch(this.#endpoint, { method: 'POST', headers, body: JSON.stringify(message) });
  }
}
