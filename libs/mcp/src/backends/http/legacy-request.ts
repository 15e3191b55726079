import { rpcError, type RpcMessage, type RpcRequest } from '../../wire/json-rpc.js';
import { errorCode } from '../../wire/protocol.js';
import type { Timers } from '../../wire/timers.js';
import { LostRequest } from '../lost-request.js';
import { lossOf } from './answer-loss.js';
import type { AnswerEnd, AnswerReceiver } from './http-answer.js';
import { headerOf, type HttpExchange, type HttpHeaders } from './http-send.js';
import { readSessionId, type HttpSession } from './http-session.js';
import { ReconnectDelay } from './reconnect-delay.js';

/** What a request needs of the transport that it belongs to. */
export interface LegacyRequestHost {
  readonly maxBytes: number;
  readonly timers: Timers;
  post(request: LegacyRequest, session: HttpSession): HttpExchange;
  /** Asks for what came after an event of the stream of a request. */
  resume(session: HttpSession, lastEventId: string, receiver: AnswerReceiver): HttpExchange;
  /** @returns the session to repeat the request in, which the server did not execute; undefined where it must not be */
  sessionInstead(of: HttpSession, end: Refusal): Promise<HttpSession | undefined>;
}

export type Refusal = Extract<AnswerEnd, { kind: 'refused' }>;

export interface LegacyRequestListener {
  /** All that comes on the request's streams, its answer last. */
  onMessage(message: RpcMessage, request: LegacyRequest): void;
  /** Once, unless it is aborted before. @param loss where there is no answer */
  onSettled(request: LegacyRequest, loss?: LostRequest): void;
  /** The server has ended the stream before the answer, to be asked for the rest later. */
  onStreamClosed?(): void;
}

/** How often in a row it may fail to get back to a stream. */
const maxFailures = 6;
/** For a server to end the stream of an answer that it has given. */
const lingerMs = 5_000;

/**
 * One request of the legacy era over HTTP, until its answer is there: the POST and, where its stream breaks off and the
 * server gave event ids, the GETs that take it up again (2025-11-25, "Resumability and redelivery").
 */
export class LegacyRequest implements AnswerReceiver {
  /** That the server gave with the answer. */
  sessionId: string | undefined;
  readonly #host: LegacyRequestHost;
  readonly #listener: LegacyRequestListener;
  #session: HttpSession | undefined;
  #exchange: HttpExchange | undefined;
  #lastEventId: string | undefined;
  #delay: ReconnectDelay | undefined;
  #stopTimer: (() => void) | undefined;
  #isRepeated = false;
  #isResumed = false;
  #isDone = false;

  constructor(
    readonly message: RpcRequest,
    /** Of its caller. */
    readonly headers: Readonly<Record<string, string>>,
    host: LegacyRequestHost,
    listener: LegacyRequestListener,
  ) {
    this.#host = host;
    this.#listener = listener;
  }

  start(session: HttpSession): void {
    if (this.#isDone) return;
    this.#session = session;
    this.#exchange = this.#host.post(this, session);
  }

  /** Its answer is not waited for any more. */
  abort(): void {
    this.#isDone = true;
    this.#stopTimer?.();
    this.#exchange?.abort();
  }

  /** Its answer took too long. */
  expire(): void {
    this.#settle(new LostRequest('The server did not answer in time.', { outcome: 'unknown', reason: 'timeout' }));
  }

  /** Its answer came some other way. */
  answered(isLast = false): void {
    if (this.#isDone) return;
    this.#isDone = true;
    if (!isLast) this.#stopTimer = this.#host.timers.after(lingerMs, () => this.#exchange?.abort());
    this.#listener.onSettled(this);
  }

  onHead(status: number, headers: HttpHeaders): void {
    if (status < 300) this.sessionId ??= readSessionId(headerOf(headers, 'mcp-session-id'));
  }

  onMessage(message: RpcMessage, isLast: boolean): void {
    if (this.#isDone) return;
    if ('method' in message) {
      this.#listener.onMessage(message, this);
      return;
    }
    // The answer to a body that the server could not make out.
    const isNameless = 'error' in message && message.id === null;
    this.#listener.onMessage(isNameless ? { ...message, id: this.message.id } : message, this);
    if (isNameless || message.id === this.message.id) this.answered(isLast);
  }

  onStrange(id: unknown): void {
    if (id === this.message.id) this.#settle(lossOf({ kind: 'done', isStream: false }, this.#host.maxBytes));
  }

  onEventId(id: string): void {
    this.#lastEventId = id;
    this.#delay?.worked();
  }

  onRetry(ms: number): void {
    this.#delay ??= new ReconnectDelay();
    this.#delay.ask(ms);
  }

  onEnd(end: AnswerEnd): void {
    if (end.kind === 'tooLarge') this.#exchange?.abort();
    if (this.#isDone) {
      this.#stopTimer?.();
      return;
    }
    if (this.#isResumed) this.#onResumeEnd(end);
    else if (end.kind === 'refused') this.#onRefusal(end);
    else this.#lose(end);
  }

  #onRefusal(end: Refusal): void {
    const session = this.#session;
    if (!session || this.#isRepeated) {
      this.#refuse(end);
      return;
    }
    this.#isRepeated = true;
    this.#host.sessionInstead(session, end).then(
      (fresh) => {
        if (this.#isDone) return;
        if (fresh) this.start(fresh);
        else this.#refuse(end);
      },
      (loss: unknown) => {
        this.#settle(loss as LostRequest);
      },
    );
  }

  #refuse(end: Refusal): void {
    const { error, status } = end;
    if (!error || status === 401 || status === 403) {
      this.#settle(lossOf(end, this.#host.maxBytes));
      return;
    }
    if (this.#isDone) return;
    this.#isDone = true;
    this.#exchange?.abort();
    this.#listener.onMessage(rpcError(this.message.id, error.code, error.message, error.data), this);
    this.#listener.onSettled(this);
  }

  /** The answer is over without a result: it may have more to say. */
  #lose(end: AnswerEnd): void {
    const isResumable = (end.kind === 'done' || end.kind === 'broken') && end.isStream;
    if (!isResumable || this.#lastEventId === undefined) {
      this.#settle(lossOf(end, this.#host.maxBytes));
      return;
    }
    if (end.kind === 'done') this.#listener.onStreamClosed?.();
    this.#comeBack();
  }

  #onResumeEnd(end: AnswerEnd): void {
    this.#delay ??= new ReconnectDelay();
    const isPolled = end.kind === 'done' && end.isStream;
    if (!isPolled) this.#delay.failed();
    // 409: the server has not noticed yet that the last stream is gone.
    const isOver = end.kind === 'refused' && end.status < 500 && end.status !== 409 && end.status !== 429;
    if (isOver || end.kind === 'tooLarge' || this.#delay.failures > maxFailures) {
      const loss = lossOf({ kind: 'done', isStream: true }, this.#host.maxBytes);
      this.#settle(end.kind === 'tooLarge' ? lossOf(end, this.#host.maxBytes) : loss);
    } else this.#comeBack();
  }

  #comeBack(): void {
    this.#delay ??= new ReconnectDelay();
    this.#isResumed = true;
    this.#stopTimer = this.#host.timers.after(this.#delay.ms, () => {
      const session = this.#session;
      if (this.#isDone || !session || this.#lastEventId === undefined) return;
      this.#exchange = this.#host.resume(session, this.#lastEventId, this);
    });
  }

  #settle(loss: LostRequest): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#exchange?.abort();
    this.#listener.onSettled(this, loss);
  }
}

/** Whether an error is what servers say where they do not know a session, as the SDK's servers and their examples do. */
export function mayMeanUnknownSession({ status, error, errorId }: Refusal): boolean {
  if (status === 404) return true;
  const isNameless = errorId === null || errorId === undefined;
  return status === 400 && (error === undefined || (isNameless && error.code === errorCode.hub));
}
