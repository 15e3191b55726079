import { AnswerCheck } from './answer-check.js';
import type { Caller, CallerEvents } from './caller.js';
import type { HttpAnswer } from './http-answer.js';
import { HttpConnection } from './http-connection.js';
import type { Target } from './target.js';
import { modernCall, type RepeatedRequest } from './wire-requests.js';

/** A client of 2026-07-28: nothing is opened, each call stands for itself. */
export class ModernCaller implements Caller {
  readonly #connection: HttpConnection;
  readonly #request: RepeatedRequest;
  readonly #check: AnswerCheck;
  readonly #events: CallerEvents;
  #sentAt = performance.now();
  #isStopped = false;

  constructor(target: Target, events: CallerEvents) {
    this.#events = events;
    this.#request = modernCall(target);
    this.#check = new AnswerCheck(target.call);
    this.#connection = new HttpConnection(target.port, {
      onConnect: () => this.#send(),
      onAnswer: (answer) => this.#take(answer),
      onFailure: (reason) => events.onAnswer(performance.now() - this.#sentAt, reason),
      onClose: () => events.onEnd(),
    });
  }

  stop(): void {
    this.#isStopped = true;
  }

  #send(): void {
    this.#sentAt = performance.now();
    this.#connection.send(this.#request.next());
  }

  #take(answer: HttpAnswer): void {
    const failure = this.#check.failureOf(answer, this.#request.id);
    this.#events.onAnswer(performance.now() - this.#sentAt, failure);
    if (this.#isStopped) this.#connection.end();
    else this.#send();
  }
}
