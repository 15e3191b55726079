import { AnswerCheck } from './answer-check.js';
import type { Caller, CallerEvents } from './caller.js';
import { EventConnection, type StreamedEvent } from './event-connection.js';
import { HttpConnection } from './http-connection.js';
import type { Target } from './target.js';
import {
  initializedNotification,
  initializeRequest,
  legacyCall,
  legacyVersions,
  type RepeatedRequest,
} from './wire-requests.js';

/**
 * A client of the HTTP+SSE transport (2024-11-05): an event stream on one connection, on which the answers come, and
 * what it sends on another.
 */
export class HttpSseCaller implements Caller {
  readonly #target: Target;
  readonly #check: AnswerCheck;
  readonly #events: CallerEvents;
  readonly #stream: EventConnection;
  #messages: { path: string; connection: HttpConnection } | undefined;
  #request: RepeatedRequest | undefined;
  #sentAt = performance.now();
  #isStopped = false;
  #open = 1;

  constructor(target: Target, events: CallerEvents) {
    this.#target = target;
    this.#events = events;
    this.#check = new AnswerCheck(target.call);
    this.#stream = new EventConnection(target, [], {
      onEvent: (event) => this.#receive(event),
      onFailure: (reason) => this.#fail(reason),
      onClose: () => this.#closed(),
    });
  }

  stop(): void {
    this.#isStopped = true;
  }

  #receive({ type, data }: StreamedEvent): void {
    if (type === 'endpoint') this.#connect(data);
    else if (this.#request) this.#count(data, this.#request);
    else this.#begin();
  }

  #connect(endpoint: string): void {
    const { pathname, search } = new URL(endpoint, 'http://127.0.0.1');
    const path = `${pathname}${search}`;
    this.#open += 1;
    const connection = new HttpConnection(this.#target.port, {
      onConnect: () => connection.send(initializeRequest({ ...this.#target, path }, legacyVersions['http-sse'])),
      onAnswer: ({ status, body }) => {
        if (status >= 300) this.#fail(`POST: ${status}: ${body.toString('utf8', 0, 300)}`);
      },
      onFailure: (reason) => this.#fail(reason),
      onClose: () => this.#closed(),
    });
    this.#messages = { path, connection };
  }

  /** What came first is the answer to `initialize`. */
  #begin(): void {
    if (!this.#messages) return;
    const { path, connection } = this.#messages;
    const endpoint = { ...this.#target, path };
    connection.send(initializedNotification(endpoint, []));
    this.#request = legacyCall(endpoint, []);
    this.#send(this.#request);
  }

  #count(data: string, request: RepeatedRequest): void {
    const answer = { status: 200, contentType: 'application/json', body: Buffer.from(data) };
    this.#events.onAnswer(performance.now() - this.#sentAt, this.#check.failureOf(answer, request.id));
    if (this.#isStopped) this.#end();
    else this.#send(request);
  }

  #send(request: RepeatedRequest): void {
    this.#sentAt = performance.now();
    this.#messages?.connection.send(request.next());
  }

  #fail(reason: string): void {
    this.#events.onAnswer(performance.now() - this.#sentAt, reason);
    this.#end();
  }

  #end(): void {
    this.#stream.end();
    this.#messages?.connection.end();
  }

  #closed(): void {
    this.#open -= 1;
    if (this.#open === 0) this.#events.onEnd();
  }
}
