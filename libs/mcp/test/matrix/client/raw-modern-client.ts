import { metaKey } from '../../../src/wire/protocol.js';
import { eventually } from '../../support/fixtures.js';
import type { Json, RpcFault } from '../servers/script.js';
import { messagesOf } from './event-reader.js';
import type { Exchange, Input, MatrixClient, RequestOptions } from './matrix-client.js';

const accept = 'application/json, text/event-stream';
export const modernClientInfo = { name: 'raw-modern', version: '1.0.0', 'x-client': 'own' };
const listChanges = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
const maxLegs = 10;

/** A client of 2026-07-28 by hand, with one subscription for the changes of lists. */
export class RawModernClient implements MatrixClient {
  readonly era = 'modern';
  readonly events: Json[] = [];
  hello: Json = {};
  readonly #url: URL;
  readonly #capabilities: Json;
  readonly #subscriptions = new Map<string, AbortController>();
  #lastId = 0;

  private constructor(url: URL, capabilities: Json) {
    this.#url = url;
    this.#capabilities = capabilities;
  }

  static async connect(url: URL, capabilities: Json): Promise<RawModernClient> {
    const client = new RawModernClient(url, capabilities);
    const { result, error } = await client.request('server/discover');
    if (!result) throw new Error(`Not discovered: ${JSON.stringify(error)}`);
    client.hello = result;
    await client.#listen('lists', listChanges);
    return client;
  }

  async request(method: string, params: Json = {}, options: RequestOptions = {}): Promise<Exchange> {
    const exchange: Exchange = { status: 0, told: [], asked: [], askedIds: [], legs: [] };
    let leg = params;
    for (let count = 0; count < maxLegs; count += 1) {
      const { result } = await this.#leg(method, leg, options, exchange);
      if (result?.['resultType'] !== 'input_required') break;
      exchange.legs.push(result);
      const { inputRequests = {}, requestState } = result as {
        inputRequests?: Record<string, Json>;
        requestState?: unknown;
      };
      const inputResponses: Json = {};
      for (const [key, request] of Object.entries(inputRequests)) {
        const input = request as unknown as Input;
        exchange.asked.push(input);
        const answer = await options.answer?.(input);
        if (answer && 'result' in answer) inputResponses[key] = answer.result;
      }
      leg = { ...params, inputResponses, ...(requestState !== undefined && { requestState }) };
    }
    return exchange;
  }

  async notify(method: string, params: Json = {}): Promise<number> {
    const _meta = { ...this.#envelope, ...(params['_meta'] as Json | undefined) };
    const { status } = await this.#post({ jsonrpc: '2.0', method, params: { ...params, _meta } }, method);
    return status;
  }

  async subscribe(uri: string): Promise<undefined> {
    await this.#listen(uri, { resourceSubscriptions: [uri] });
  }

  async unsubscribe(uri: string): Promise<void> {
    this.#subscriptions.get(uri)?.abort();
    this.#subscriptions.delete(uri);
  }

  async close(): Promise<void> {
    for (const subscription of this.#subscriptions.values()) subscription.abort();
  }

  async #leg(method: string, params: Json, options: RequestOptions, exchange: Exchange): Promise<Exchange> {
    const { meta, logLevel, signal, headers, onTold } = options;
    const id = (this.#lastId += 1);
    const _meta = { ...this.#envelope, ...(logLevel !== undefined && { [metaKey.logLevel]: logLevel }), ...meta };
    const body = { jsonrpc: '2.0', id, method, params: { ...params, _meta } };
    const name = (params['name'] ?? params['uri']) as string | undefined;
    exchange.result = undefined as unknown as Json;
    try {
      const response = await this.#post(body, method, { 'mcp-name': name && headerText(name), ...headers }, signal);
      exchange.status = response.status;
      for await (const one of messagesOf(response)) {
        if (one['method'] === undefined) {
          Object.assign(exchange, { result: one['result'] as Json, error: one['error'] as RpcFault });
        } else {
          exchange.told.push(one);
          onTold?.(one);
        }
      }
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    }
    return exchange;
  }

  get #envelope(): Json {
    return {
      [metaKey.protocolVersion]: '2026-07-28',
      [metaKey.clientInfo]: modernClientInfo,
      [metaKey.clientCapabilities]: this.#capabilities,
    };
  }

  #post(
    message: Json,
    method: string,
    headers: Record<string, string | undefined> = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    const all: Record<string, string | undefined> = {
      'content-type': 'application/json',
      accept,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...headers,
    };
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return fetch(this.#url, {
      method: 'POST',
      headers: Object.fromEntries(given),
      body: JSON.stringify(message),
      ...(signal && { signal }),
    });
  }

  async #listen(name: string, notifications: Json): Promise<void> {
    const controller = new AbortController();
    this.#subscriptions.set(name, controller);
    let isAcknowledged = false;
    const params = { notifications };
    const read = this.request('subscriptions/listen', params, {
      signal: controller.signal,
      onTold: (message) => {
        if (message['method'] === 'notifications/subscriptions/acknowledged') isAcknowledged = true;
        else this.events.push(message);
      },
    });
    read.catch(() => undefined);
    await eventually(() => isAcknowledged, 'the subscription to be acknowledged');
  }
}

/** 2026-07-28, "Standard request headers". */
function headerText(text: string): string {
  const isPlain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text);
  return isPlain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}
