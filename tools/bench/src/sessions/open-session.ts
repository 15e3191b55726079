import { failureOf } from '../load/answer-check.js';
import { EventConnection } from '../load/event-connection.js';
import { exchange } from '../load/exchange.js';
import { headerOf, type HttpAnswer } from '../load/http-answer.js';
import type { Target } from '../load/target.js';
import {
  httpRequest,
  initializedNotification,
  initializeRequest,
  legacyCall,
  legacyVersions,
  sessionHeaders,
} from '../load/wire-requests.js';

/** A session of a client of 2025-11-25 that does nothing. */
export class OpenSession {
  readonly #target: Target;
  readonly #headers: readonly string[];
  #stream: EventConnection | undefined;
  #lost: string | undefined;

  private constructor(target: Target, headers: readonly string[]) {
    this.#target = target;
    this.#headers = headers;
  }

  /** @param withStream it has an event stream open, as clients of the SDKs have @throws Error where it is not opened */
  static async open(target: Target, withStream: boolean): Promise<OpenSession> {
    const answer = await exchange(target.port, initializeRequest(target, legacyVersions.session));
    const id = headerOf(answer.head, 'mcp-session-id');
    if (id === undefined) throw new Error(`initialize: ${told(answer)}`);
    const session = new OpenSession(target, sessionHeaders(id));
    const noted = await exchange(target.port, initializedNotification(target, session.#headers));
    if (noted.status >= 300) throw new Error(`notifications/initialized: ${told(noted)}`);
    if (withStream) session.#listen();
    return session;
  }

  /** Why its stream is not open any more; undefined while it is, and where there is none. */
  get lost(): string | undefined {
    return this.#lost;
  }

  /** Makes one call. @returns why it was no success, if it was none */
  async call(): Promise<string | undefined> {
    const request = legacyCall(this.#target, this.#headers);
    const answer = await exchange(this.#target.port, request.next());
    return failureOf(answer, request.id, this.#target.call);
  }

  /** @throws Error where it is not there any more */
  async close(): Promise<void> {
    this.#stream?.end();
    const answer = await exchange(this.#target.port, httpRequest(this.#target, 'DELETE', this.#headers));
    if (answer.status >= 300) throw new Error(`DELETE: ${told(answer)}`);
  }

  #listen(): void {
    this.#stream = new EventConnection(this.#target, this.#headers, {
      onEvent: () => undefined,
      onFailure: (reason) => (this.#lost = reason),
      onClose: () => undefined,
    });
  }
}

function told({ status, body }: HttpAnswer): string {
  return `${status}: ${body.toString('utf8', 0, 300)}`;
}
