import type { RpcMessage } from '../../wire/json-rpc.js';
import type { Timers } from '../../wire/timers.js';
import { LostRequest } from '../lost-request.js';
import { NotSent } from '../not-sent.js';
import { lossOf } from './answer-loss.js';
import type { AnswerReceiver } from './http-answer.js';
import type { HttpExchange } from './http-send.js';

export interface OneWayPostsOptions {
  timers: Timers;
  maxBytes: number;
  /** What a server says in the answer all the same. */
  onMessage(message: RpcMessage): void;
}

/** A server that asks without end must not be answered without end. */
const maxOpen = 256;
const patienceMs = 30_000;

/** Posts of messages that have no response: notifications, and answers to the server. */
export class OneWayPosts {
  readonly #options: OneWayPostsOptions;
  readonly #open = new Set<HttpExchange>();

  constructor(options: OneWayPostsOptions) {
    this.#options = options;
  }

  /** Resolves when the server has taken it. @throws LostRequest, or NotSent where too many are not taken yet */
  post(send: (receiver: AnswerReceiver) => HttpExchange): Promise<void> {
    if (this.#open.size >= maxOpen) return Promise.reject(new NotSent('The server does not take what it is sent.'));
    return new Promise((resolve, reject) => {
      const { timers, maxBytes } = this.#options;
      const exchange = send({
        onMessage: (message) => {
          this.#options.onMessage(message);
        },
        onEnd: (end) => {
          stopTimer();
          this.#open.delete(exchange);
          if (end.kind !== 'done') exchange.abort();
          if (end.kind === 'done') resolve();
          else reject(lossOf(end, maxBytes));
        },
      });
      this.#open.add(exchange);
      const stopTimer = timers.after(patienceMs, () => {
        this.#open.delete(exchange);
        exchange.abort();
        reject(new LostRequest('The server did not take it in time.', { outcome: 'unknown', reason: 'timeout' }));
      });
    });
  }

  /** Gives up what is not taken yet. */
  close(): void {
    for (const exchange of this.#open) exchange.abort();
    this.#open.clear();
  }
}
