import { rpcError, type RpcMessage, type RpcRequest } from '../../wire/json-rpc.js';
import type { Timers } from '../../wire/timers.js';
import type { LostRequest } from '../lost-request.js';
import { lossOf } from './answer-loss.js';
import type { AnswerEnd, AnswerReceiver } from './http-answer.js';
import type { HttpExchange } from './http-send.js';

export interface ModernRequestOptions {
  message: RpcRequest;
  maxBytes: number;
  timers: Timers;
  post(receiver: AnswerReceiver): HttpExchange;
  /** All that comes in the answer, the response last. */
  onMessage(message: RpcMessage): void;
  /** Once, unless it is aborted before. @param loss where there is no answer */
  onSettled(loss?: LostRequest): void;
}

/** For a server to end the stream of an answer that it has given. */
const lingerMs = 5_000;

/** One request of the modern era over HTTP, until its answer is there. Closing it is what cancels it (2026-07-28). */
export class ModernRequest implements AnswerReceiver {
  readonly #options: ModernRequestOptions;
  #exchange: HttpExchange | undefined;
  #stopTimer: (() => void) | undefined;
  #isDone = false;

  constructor(options: ModernRequestOptions) {
    this.#options = options;
  }

  start(): void {
    this.#exchange = this.#options.post(this);
  }

  abort(): void {
    this.#isDone = true;
    this.#stopTimer?.();
    this.#exchange?.abort();
  }

  onMessage(message: RpcMessage, isLast: boolean): void {
    if (this.#isDone) return;
    const { id } = this.#options.message;
    const isNameless = 'error' in message && message.id === null;
    const answer = isNameless ? { ...message, id } : message;
    if ('method' in answer || answer.id !== id) {
      this.#options.onMessage(answer);
      return;
    }
    this.#isDone = true;
    if (!isLast) this.#stopTimer = this.#options.timers.after(lingerMs, () => this.#exchange?.abort());
    this.#options.onMessage(answer);
    this.#options.onSettled();
  }

  onStrange(id: unknown): void {
    if (id === this.#options.message.id) this.#lose({ kind: 'done', isStream: false });
  }

  onEnd(end: AnswerEnd): void {
    this.#stopTimer?.();
    if (end.kind !== 'done') this.#exchange?.abort();
    if (this.#isDone) return;
    if (end.kind === 'refused' && end.error && end.status !== 401 && end.status !== 403) {
      this.#isDone = true;
      const { code, message, data } = end.error;
      this.#options.onMessage(rpcError(this.#options.message.id, code, message, data));
      this.#options.onSettled();
    } else this.#lose(end);
  }

  #lose(end: AnswerEnd): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#exchange?.abort();
    this.#options.onSettled(lossOf(end, this.#options.maxBytes));
  }
}
