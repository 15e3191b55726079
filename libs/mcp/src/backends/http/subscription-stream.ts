import type { RpcMessage } from '../../wire/json-rpc.js';
import type { Timers } from '../../wire/timers.js';
import type { AnswerEnd, AnswerReceiver } from './http-answer.js';
import type { HttpExchange } from './http-send.js';
import { ReconnectDelay } from './reconnect-delay.js';

export interface SubscriptionStreamOptions {
  post(receiver: AnswerReceiver): HttpExchange;
  onMessage(message: RpcMessage): void;
  /** The server does not serve it. */
  onEnded(): void;
  onError(error: Error): void;
  timers: Timers;
}

/**
 * A request `subscriptions/listen` (2026-07-28), which is answered when the subscription is over. What breaks, or is
 * ended by a server that has acknowledged it, is asked for again.
 */
export class SubscriptionStream implements AnswerReceiver {
  readonly #options: SubscriptionStreamOptions;
  readonly #delay = new ReconnectDelay();
  #exchange: HttpExchange | undefined;
  #stopTimer: (() => void) | undefined;
  #isAcknowledged = false;
  #isOver = false;

  constructor(options: SubscriptionStreamOptions) {
    this.#options = options;
  }

  start(): void {
    this.#exchange = this.#options.post(this);
  }

  abort(): void {
    this.#isOver = true;
    this.#stopTimer?.();
    this.#exchange?.abort();
  }

  onMessage(message: RpcMessage): void {
    if (this.#isOver) return;
    if ('method' in message) {
      this.#isAcknowledged = true;
      this.#delay.worked();
      this.#options.onMessage(message);
    } else if ('error' in message || !this.#isAcknowledged) this.#end();
  }

  onOversizedEnd(): void {
    this.#options.onError(new Error('The server sent a message that is too large; it is left out.'));
  }

  onRetry(ms: number): void {
    this.#delay.ask(ms);
  }

  onEnd(end: AnswerEnd): void {
    if (this.#isOver) return;
    if (end.kind !== 'done') this.#exchange?.abort();
    const isRefused = end.kind === 'refused' && end.status < 500 && end.status !== 429 && !this.#isAcknowledged;
    if (end.kind === 'tooLarge' || isRefused || (end.kind === 'done' && !end.isStream)) {
      this.#end();
      return;
    }
    if (end.kind === 'broken') this.#options.onError(end.error);
    this.#delay.failed();
    this.#stopTimer = this.#options.timers.after(this.#delay.ms, () => {
      if (!this.#isOver) this.start();
    });
  }

  #end(): void {
    this.abort();
    this.#options.onEnded();
  }
}
