import { eventually } from '../../support/fixtures.js';
import type { Json, RpcFault } from '../servers/script.js';
import { messagesOf } from './event-reader.js';
import type { Answer, Exchange, Input, MatrixClient, RequestOptions } from './matrix-client.js';

const accept = 'application/json, text/event-stream';
export const legacyClientInfo = { name: 'raw-legacy', version: '1.0.0', 'x-client': 'own' };

/** A client of 2025-11-25 by hand: a session, and a stream for what belongs to no request. */
export class RawLegacyClient implements MatrixClient {
  readonly era = 'legacy';
  readonly events: Json[] = [];
  readonly hello: Json;
  readonly #url: URL;
  readonly #session: string;
  readonly #closing = new AbortController();
  #lastId = 0;
  #stream: Promise<void> = Promise.resolve();

  private constructor(url: URL, session: string, hello: Json) {
    this.#url = url;
    this.#session = session;
    this.hello = hello;
  }

  static async connect(url: URL, capabilities: Json): Promise<RawLegacyClient> {
    const params = { protocolVersion: '2025-11-25', capabilities, clientInfo: legacyClientInfo };
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
    });
    const body = (await response.json()) as { result?: Json };
    if (!body.result) throw new Error(`No handshake: ${JSON.stringify(body)}`);
    const client = new RawLegacyClient(url, response.headers.get('mcp-session-id') ?? '', body.result);
    await client.notify('notifications/initialized');
    await client.#listen();
    return client;
  }

  async request(method: string, params: Json = {}, options: RequestOptions = {}): Promise<Exchange> {
    const { meta, logLevel, answer, signal, onTold } = options;
    if (logLevel !== undefined) await this.request('logging/setLevel', { level: logLevel });
    const id = (this.#lastId += 1);
    const message = { jsonrpc: '2.0', id, method, params: { ...params, ...(meta && { _meta: meta }) } };
    const onAbort = (): void => {
      void this.notify('notifications/cancelled', { requestId: id, reason: 'Changed its mind' });
    };
    signal?.addEventListener('abort', onAbort);
    const response = await this.#post(message);
    const exchange: Exchange = { status: response.status, told: [], asked: [], askedIds: [], legs: [] };
    for await (const one of messagesOf(response)) {
      const asked = one['method'];
      if (typeof asked !== 'string') {
        if (one['id'] === id)
          Object.assign(exchange, { result: one['result'] as Json, error: one['error'] as RpcFault });
      } else if (one['id'] === undefined) {
        exchange.told.push(one);
        onTold?.(one);
      } else {
        const input: Input = { method: asked, params: (one['params'] ?? {}) as Json };
        exchange.asked.push(input);
        exchange.askedIds.push(one['id']);
        void this.#answer(one['id'], answer?.(input));
      }
    }
    signal?.removeEventListener('abort', onAbort);
    return exchange;
  }

  async notify(method: string, params?: Json): Promise<number> {
    const { status } = await this.#post({ jsonrpc: '2.0', method, ...(params && { params }) });
    return status;
  }

  subscribe(uri: string): Promise<Exchange> {
    return this.request('resources/subscribe', { uri });
  }

  async unsubscribe(uri: string): Promise<void> {
    await this.request('resources/unsubscribe', { uri });
  }

  async close(): Promise<void> {
    await fetch(this.#url, { method: 'DELETE', headers: this.#headers });
    this.#closing.abort();
    await this.#stream;
  }

  async #answer(id: unknown, answer: Answer | Promise<Answer>): Promise<void> {
    const body = await answer;
    if (body !== undefined) await this.#post({ jsonrpc: '2.0', id, ...body });
  }

  get #headers(): Record<string, string> {
    return {
      'content-type': 'application/json',
      accept,
      'mcp-session-id': this.#session,
      'mcp-protocol-version': '2025-11-25',
    };
  }

  #post(message: Json): Promise<Response> {
    return fetch(this.#url, { method: 'POST', headers: this.#headers, body: JSON.stringify(message) });
  }

  async #listen(): Promise<void> {
    let isOpen = false;
    const read = async (): Promise<void> => {
      const { signal } = this.#closing;
      const response = await fetch(this.#url, { headers: { ...this.#headers, accept: 'text/event-stream' }, signal });
      isOpen = true;
      for await (const message of messagesOf(response)) this.events.push(message);
    };
    this.#stream = read().catch(() => undefined);
    await eventually(() => isOpen, 'the stream of the session');
  }
}
