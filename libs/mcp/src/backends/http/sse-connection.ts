import type { RpcMessage } from '../../wire/json-rpc.js';
import { LostRequest } from '../lost-request.js';
import { lossOf } from './answer-loss.js';
import type { AnswerEnd, AnswerReceiver } from './http-answer.js';
import type { HttpExchange } from './http-send.js';
import type { HttpWire } from './http-wire.js';

export interface SseConnectionOptions {
  wire: HttpWire;
  /** The stream's own, absolute. */
  url: string;
  onMessage(message: RpcMessage): void;
  onOversized(head: string, tail: string): void;
  /** It was open, and is not any more. */
  onClosed(loss: LostRequest): void;
}

/** One stream of HTTP with SSE (2024-11-05), which is a session of its own: where to post is the first that it says. */
export class SseConnection implements AnswerReceiver {
  readonly #options: SseConnectionOptions;
  #exchange: HttpExchange | undefined;
  #settle: { resolve: () => void; reject: (loss: LostRequest) => void } | undefined;
  #endpoint: string | undefined;
  #isOver = false;

  constructor(options: SseConnectionOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#endpoint !== undefined && !this.#isOver;
  }

  /** Resolves when messages can be posted. @throws LostRequest */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#exchange = this.#options.wire.get({}, this);
    });
  }

  /** It took too long until it could be used. */
  expire(): void {
    if (!this.#isOver) this.#fail(notOpened('The server did not shake hands in time.'));
  }

  /** @returns the exchange */
  post(message: RpcMessage, headers: Readonly<Record<string, string>>, receiver: AnswerReceiver): HttpExchange {
    const { wire } = this.#options;
    return wire.post(message, wire.postHeaders(headers, {}), receiver, this.#endpoint);
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#exchange?.abort();
    this.#settle?.reject(notOpened('The connection is closed.'));
  }

  onMessage(message: RpcMessage): void {
    if (!this.#isOver) this.#options.onMessage(message);
  }

  onEvent(type: string, data: string): void {
    if (type !== 'endpoint' || this.#isOver || this.#endpoint !== undefined) return;
    const { url } = this.#options;
    const endpoint = URL.canParse(data, url) ? new URL(data, url) : undefined;
    // It would be sent what is for this server alone.
    if (endpoint?.origin !== new URL(url).origin) {
      this.#fail(notOpened('The server names a place for messages that is not its own.'));
      return;
    }
    this.#endpoint = endpoint.href;
    this.#settle?.resolve();
    this.#settle = undefined;
  }

  onOversizedEnd(head: string, tail: string): void {
    if (!this.#isOver) this.#options.onOversized(head, tail);
  }

  onEnd(end: AnswerEnd): void {
    if (this.#isOver) return;
    if (end.kind === 'done' && end.isStream) {
      this.#fail(
        this.#endpoint === undefined
          ? notOpened('The server ended the stream before it said where messages go.')
          : new LostRequest('The server ended the connection.', { outcome: 'unknown', reason: 'server_gone' }),
      );
    } else {
      const loss = lossOf(end, this.#options.wire.maxBytes);
      // Before that nothing was posted.
      this.#fail(this.#endpoint === undefined ? loss.ofWaiting() : loss);
    }
  }

  #fail(loss: LostRequest): void {
    this.#isOver = true;
    this.#exchange?.abort();
    if (this.#settle) this.#settle.reject(loss);
    else this.#options.onClosed(loss);
  }
}

function notOpened(message: string): LostRequest {
  return new LostRequest(message, { outcome: 'not_executed', reason: 'upstream_error' });
}
