import { isObject, kindOf, type RpcErrorObject, type RpcMessage } from '../../wire/json-rpc.js';
import { ByteParts } from './byte-parts.js';
import { headerOf, type HttpExchange, type HttpHeaders, type HttpReceiver } from './http-send.js';
import { SseParser } from './sse-parser.js';
import type { StreamFlood } from './stream-flood.js';

/** How an answer ended. Messages in it, errors with a status beside 2xx apart, were told before. */
export type AnswerEnd =
  /** `text` where it was neither JSON nor an event stream: what it was. */
  | { kind: 'done'; isStream: boolean; strange?: string }
  /** `error` where the body is a JSON-RPC error; its id is `errorId`. */
  | { kind: 'refused'; status: number; headers: HttpHeaders; error?: RpcErrorObject; errorId?: unknown }
  | { kind: 'tooLarge' }
  | { kind: 'broken'; error: Error; isStream: boolean };

export interface AnswerReceiver {
  onHead?(status: number, headers: HttpHeaders): void;
  /** @param isLast whether the answer ends with it, as far as it can be told */
  onMessage(message: RpcMessage, isLast: boolean): void;
  /** What has the id of a request, and is no message. */
  onStrange?(id: unknown): void;
  /** An event of another type than `message`. */
  onEvent?(type: string, data: string): void;
  onEventId?(id: string): void;
  onRetry?(ms: number): void;
  /** An event of a stream was too large, and is left out; without this, the answer ends. */
  onOversizedEnd?(head: string, tail: string): void;
  /** Once, last. The exchange is to be aborted then, unless it is `done`. */
  onEnd(end: AnswerEnd): void;
}

/** An error's body is read to learn the error, not for its content. */
const maxStrangeBytes = 64 * 1024;

type Mode = 'unread' | 'json' | 'stream' | 'strange';

/** Reads what a server answers to an MCP request over HTTP: JSON or an event stream (MCP, "Streamable HTTP"). */
export class HttpAnswer implements HttpReceiver {
  readonly #maxBytes: number;
  readonly #receiver: AnswerReceiver;
  readonly #flood: StreamFlood | undefined;
  #exchange: HttpExchange | undefined;
  #mode: Mode = 'unread';
  #status = 0;
  #headers: HttpHeaders = {};
  readonly #body = new ByteParts();
  #size = 0;
  #parser: SseParser | undefined;
  #isEnded = false;

  constructor(maxBytes: number, receiver: AnswerReceiver, flood?: StreamFlood) {
    this.#maxBytes = maxBytes;
    this.#receiver = receiver;
    this.#flood = flood;
  }

  /** What brings it, to be held up where the server says too much. @returns the exchange */
  broughtBy(exchange: HttpExchange): HttpExchange {
    this.#exchange = exchange;
    return exchange;
  }

  get isStream(): boolean {
    return this.#mode === 'stream';
  }

  onHead(status: number, headers: HttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    const coding = headerOf(headers, 'content-encoding') ?? 'identity';
    this.#mode = coding === 'identity' ? modeOf(status, headerOf(headers, 'content-type')) : 'strange';
    if (this.#mode === 'stream') this.#parser = this.#newParser();
    this.#receiver.onHead?.(status, headers);
  }

  onData(chunk: Buffer): void {
    if (this.#isEnded) return;
    if (this.#parser) {
      this.#parser.push(chunk);
      this.#flood?.came(chunk.length, this.#exchange);
      return;
    }
    this.#size += chunk.length;
    if (this.#mode === 'strange') {
      if (this.#size > maxStrangeBytes) this.#endStrange();
    } else if (this.#size > this.#maxBytes) {
      this.#end({ kind: 'tooLarge' });
    } else {
      this.#body.add(chunk);
    }
  }

  onEnd(): void {
    if (this.#isEnded) return;
    if (this.#mode === 'stream') this.#end({ kind: 'done', isStream: true });
    else if (this.#mode === 'json') this.#endJson();
    else this.#endStrange();
  }

  onError(error: Error): void {
    this.#end({ kind: 'broken', error, isStream: this.isStream });
  }

  #newParser(): SseParser {
    const receiver = this.#receiver;
    return new SseParser(this.#maxBytes, {
      onEvent: (type, data) => {
        if (type === 'message') this.#parse(data);
        else receiver.onEvent?.(type, data);
      },
      onId: (id) => receiver.onEventId?.(id),
      onRetry: (ms) => receiver.onRetry?.(ms),
      onOversized: () => {
        if (!receiver.onOversizedEnd) this.#end({ kind: 'tooLarge' });
      },
      onOversizedEnd: (head, tail) => receiver.onOversizedEnd?.(head, tail),
    });
  }

  #parse(text: string): void {
    if (this.#isEnded) return;
    const value = parsed(text);
    for (const message of Array.isArray(value) ? (value as unknown[]) : [value]) {
      const kind = kindOf(message);
      if (this.#mode === 'stream') this.#flood?.told(kind === 'result' || kind === 'error');
      if (kind !== undefined) this.#receiver.onMessage(message as RpcMessage, this.#mode === 'json');
      else if (isObject(message) && message['method'] === undefined) this.#receiver.onStrange?.(message['id']);
    }
  }

  #endJson(): void {
    const text = this.#body.take().toString('utf8');
    if (this.#status < 300) {
      this.#parse(text);
      this.#end({ kind: 'done', isStream: false });
      return;
    }
    const value = parsed(text);
    const isError = kindOf(value) === 'error' && isObject(value);
    this.#end({
      kind: 'refused',
      status: this.#status,
      headers: this.#headers,
      ...(isError && { error: value['error'] as RpcErrorObject, errorId: value['id'] }),
    });
  }

  #endStrange(): void {
    if (this.#status >= 200 && this.#status < 300) {
      const type = headerOf(this.#headers, 'content-type') ?? (this.#size === 0 ? 'nothing' : 'no content type');
      this.#end({ kind: 'done', isStream: false, strange: type.slice(0, 100) });
    } else {
      this.#end({ kind: 'refused', status: this.#status, headers: this.#headers });
    }
  }

  #end(end: AnswerEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#body.take();
    this.#parser = undefined;
    this.#receiver.onEnd(end);
  }
}

function modeOf(status: number, contentType = ''): Mode {
  const type = contentType.toLowerCase();
  if (type.startsWith('application/json')) return 'json';
  return type.startsWith('text/event-stream') && status < 300 ? 'stream' : 'strange';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It is no message then, which whoever waits for one is told.
    return undefined;
  }
}
