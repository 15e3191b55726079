import { AnswerCheck } from './answer-check.js';
import type { Caller, CallerEvents } from './caller.js';
import { headerOf, type HttpAnswer } from './http-answer.js';
import { HttpConnection } from './http-connection.js';
import type { Target } from './target.js';
import {
  httpRequest,
  initializedNotification,
  initializeRequest,
  legacyCall,
  legacyVersions,
  sessionHeaders,
  type RepeatedRequest,
} from './wire-requests.js';

/** A client of 2025-11-25: opens a session, makes its calls in it, and deletes it. */
export class SessionCaller implements Caller {
  readonly #connection: HttpConnection;
  readonly #target: Target;
  readonly #check: AnswerCheck;
  readonly #events: CallerEvents;
  #take: (answer: HttpAnswer) => void = (answer) => this.#open(answer);
  #sentAt = performance.now();
  #isStopped = false;

  constructor(target: Target, events: CallerEvents) {
    this.#target = target;
    this.#events = events;
    this.#check = new AnswerCheck(target.call);
    this.#connection = new HttpConnection(target.port, {
      onConnect: () => this.#connection.send(initializeRequest(target, legacyVersions.session)),
      onAnswer: (answer) => this.#take(answer),
      onFailure: (reason) => events.onAnswer(performance.now() - this.#sentAt, reason),
      onClose: () => events.onEnd(),
    });
  }

  stop(): void {
    this.#isStopped = true;
  }

  #open({ status, head, body }: HttpAnswer): void {
    const sessionId = headerOf(head, 'mcp-session-id');
    if (status !== 200 || sessionId === undefined) {
      this.#fail(`initialize: ${status}: ${body.toString('utf8', 0, 300)}`);
      return;
    }
    const headers = sessionHeaders(sessionId);
    this.#take = (answer) => this.#begin(answer, headers);
    this.#connection.send(initializedNotification(this.#target, headers));
  }

  #begin({ status, body }: HttpAnswer, headers: readonly string[]): void {
    if (status >= 300) {
      this.#fail(`notifications/initialized: ${status}: ${body.toString('utf8', 0, 300)}`);
      return;
    }
    const request = legacyCall(this.#target, headers);
    this.#take = (answer) => this.#count(answer, request, headers);
    this.#send(request);
  }

  #count(answer: HttpAnswer, request: RepeatedRequest, headers: readonly string[]): void {
    const failure = this.#check.failureOf(answer, request.id);
    this.#events.onAnswer(performance.now() - this.#sentAt, failure);
    if (this.#isStopped) this.#close(headers);
    else this.#send(request);
  }

  #send(request: RepeatedRequest): void {
    this.#sentAt = performance.now();
    this.#connection.send(request.next());
  }

  #close(headers: readonly string[]): void {
    this.#take = ({ status }) => {
      // A server need not allow it (405).
      if (status >= 300 && status !== 405) this.#fail(`DELETE: ${status}`);
      else this.#connection.end();
    };
    this.#connection.send(httpRequest(this.#target, 'DELETE', headers));
  }

  #fail(reason: string): void {
    this.#events.onAnswer(performance.now() - this.#sentAt, reason);
    this.#connection.end();
  }
}
