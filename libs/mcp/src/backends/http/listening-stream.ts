import type { RpcMessage } from '../../wire/json-rpc.js';
import type { Timers } from '../../wire/timers.js';
import type { AnswerEnd, AnswerReceiver } from './http-answer.js';
import type { HttpExchange } from './http-send.js';
import { ReconnectDelay } from './reconnect-delay.js';

export interface ListeningStreamOptions {
  open(lastEventId: string | undefined, receiver: AnswerReceiver): HttpExchange;
  onMessage(message: RpcMessage): void;
  /** The server had the stream, and does not know of it any more. It is over then, until `start` is called again. */
  onUnknown(status: number): void;
  onError(error: Error): void;
  timers: Timers;
}

/**
 * The stream on which a server of the legacy era says what belongs to no request (2025-11-25, "Listening for Messages
 * from the Server"). It is kept open for good; a server that has none says so once.
 */
export class ListeningStream implements AnswerReceiver {
  readonly #options: ListeningStreamOptions;
  readonly #delay = new ReconnectDelay();
  #exchange: HttpExchange | undefined;
  #stopTimer: (() => void) | undefined;
  #lastEventId: string | undefined;
  #wasOpen = false;
  #isClosed = false;

  constructor(options: ListeningStreamOptions) {
    this.#options = options;
  }

  start(): void {
    this.#lastEventId = undefined;
    this.#open();
  }

  close(): void {
    this.#isClosed = true;
    this.#stopTimer?.();
    this.#exchange?.abort();
  }

  onHead(status: number): void {
    if (status !== 200) return;
    this.#wasOpen = true;
    this.#delay.worked();
  }

  onMessage(message: RpcMessage): void {
    if (!this.#isClosed) this.#options.onMessage(message);
  }

  onEventId(id: string): void {
    this.#lastEventId = id;
  }

  onRetry(ms: number): void {
    this.#delay.ask(ms);
  }

  onOversizedEnd(): void {
    this.#options.onError(new Error('The server sent a message that is too large; it is left out.'));
  }

  onEnd(end: AnswerEnd): void {
    if (this.#isClosed) return;
    switch (end.kind) {
      case 'done':
        if (end.isStream) this.#comeBack();
        return;
      case 'broken':
        this.#options.onError(end.error);
        this.#delay.failed();
        this.#comeBack();
        return;
      case 'refused':
        this.#onRefusal(end.status);
        return;
      case 'tooLarge':
    }
  }

  #onRefusal(status: number): void {
    // 409: the server has not noticed yet that the last stream is gone.
    if (status >= 500 || status === 409 || status === 429) {
      this.#delay.failed();
      this.#comeBack();
    } else if (this.#wasOpen && (status === 404 || status === 400)) {
      this.#options.onUnknown(status);
    }
  }

  #open(): void {
    if (!this.#isClosed) this.#exchange = this.#options.open(this.#lastEventId, this);
  }

  #comeBack(): void {
    this.#stopTimer = this.#options.timers.after(this.#delay.ms, () => {
      this.#open();
    });
  }
}
