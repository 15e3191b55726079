import type { RpcMessage } from '../../wire/json-rpc.js';
import { HttpAnswer, type AnswerReceiver } from './http-answer.js';
import type { HttpExchange, HttpRequest, HttpSend } from './http-send.js';
import { StreamFlood } from './stream-flood.js';

export interface HttpTransportOptions {
  /** The server's endpoint, absolute. */
  url: string;
  send: HttpSend;
  /** Of every request: credentials and the like. */
  headers?: Readonly<Record<string, string>>;
  /** Of one message of the server; default 32 MiB (hosting.md, "Supervision"). */
  maxMessageBytes?: number;
}

/** By lower-case name; later ones replace earlier ones. */
type Headers = Readonly<Record<string, string>>;

/** Requests to one server: all that the transports have in common of HTTP. */
export class HttpWire {
  readonly maxBytes: number;
  readonly #url: string;
  readonly #send: HttpSend;
  readonly #headers: Headers;
  readonly #flood = new StreamFlood();

  constructor({ url, send, headers = {}, maxMessageBytes = 32 * 1024 * 1024 }: HttpTransportOptions) {
    this.maxBytes = maxMessageBytes;
    this.#url = url;
    this.#send = send;
    const given = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
    // Without it, any coding would do.
    this.#headers = Object.fromEntries([...given, ['accept-encoding', 'identity']]);
  }

  /** All headers of a POST: requests that have the same can share them. */
  postHeaders(callers: Headers, own: Headers): Headers {
    return {
      ...this.#headers,
      ...callers,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...own,
    };
  }

  /** @param headers of `postHeaders` */
  post(message: RpcMessage, headers: Headers, receiver: AnswerReceiver, url = this.#url): HttpExchange {
    const request = { url, method: 'POST' as const, headers, body: JSON.stringify(message) };
    return this.#exchange(request, receiver);
  }

  /** Opens an event stream. */
  get(headers: Headers, receiver: AnswerReceiver): HttpExchange {
    const all = { ...this.#headers, ...headers, accept: 'text/event-stream' };
    return this.#exchange({ url: this.#url, method: 'GET', headers: all }, receiver);
  }

  delete(headers: Headers, receiver: AnswerReceiver): HttpExchange {
    const request = { url: this.#url, method: 'DELETE' as const, headers: { ...this.#headers, ...headers } };
    return this.#exchange(request, receiver);
  }

  #exchange(request: HttpRequest, receiver: AnswerReceiver): HttpExchange {
    const answer = new HttpAnswer(this.maxBytes, receiver, this.#flood);
    return answer.broughtBy(this.#send(request, answer));
  }
}

/** Whether there is nothing in it: then what is shared serves. */
export function isEmpty(headers: Headers): boolean {
  for (const _ in headers) return false;
  return true;
}
