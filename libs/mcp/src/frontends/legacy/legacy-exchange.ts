import type { ServerResponse } from 'node:http';
import type { InputRequest, JsonObject } from '@mcp-hub/application';
import { InputRefusal } from '../../input-refusal.js';
import type { Beating } from '../../wire/heartbeat.js';
import { sendEmpty, sendJson } from '../../wire/http-answer.js';
import type { RpcError, RpcMessage, RpcResult } from '../../wire/json-rpc.js';
import { errorCode } from '../../wire/protocol.js';
import { SseResponse } from '../../wire/sse-response.js';
import type { EndpointParts } from '../endpoint-parts.js';
import type { EventStream } from './event-stream.js';
import type { LegacySession } from './legacy-session.js';
import { hasPrimingEvents } from './revision-features.js';

export interface LegacyExchangeOptions {
  parts: EndpointParts;
  session: LegacySession;
  res: ServerResponse;
  /** The client takes event streams. */
  canStream: boolean;
  /** It would rather have one than plain JSON, also where there is one answer and nothing else to say. */
  prefersStream: boolean;
  isBatch: boolean;
}

/**
 * The answer to one POST with requests: plain JSON, or a stream of events as soon as anything is to be said before the
 * results, or where the client prefers one. A client that goes away cancels nothing; what comes is kept for it in the
 * stream.
 */
export class LegacyExchange implements Beating {
  readonly #options: LegacyExchangeOptions;
  readonly #answers: RpcMessage[] = [];
  #stream: EventStream | undefined;
  #beats = 0;
  #isFinished = false;

  constructor(options: LegacyExchangeOptions) {
    this.#options = options;
    options.parts.heartbeat.add(this);
    if (options.prefersStream) this.#open();
  }

  get canAsk(): boolean {
    return this.#options.canStream;
  }

  /** Whether a client that loses the stream knows from where to resume it. */
  get canResume(): boolean {
    return this.#options.canStream && hasPrimingEvents(this.#options.session.version);
  }

  /** Ends the connection, not the stream: the client comes back for what is still to be said. */
  closeStream(): void {
    if (!this.#isFinished) this.#open().disconnect();
  }

  notify(method: string, params: JsonObject): void {
    if (this.#options.canStream) this.#open().send({ jsonrpc: '2.0', method, params });
  }

  /** Asks the client; what it refuses, or does not answer before the signal, is an `InputRefusal`. */
  ask({ method, params }: InputRequest, signal: AbortSignal): Promise<JsonObject | InputRefusal> {
    const { session, parts } = this.#options;
    const id = parts.options.ids.next();
    return new Promise((resolve) => {
      const settle = (answer: JsonObject | InputRefusal): void => {
        session.asked.delete(id);
        signal.removeEventListener('abort', onAbort);
        resolve(answer);
      };
      const onAbort = (): void => {
        this.notify('notifications/cancelled', { requestId: id, reason: 'The answer is no longer needed.' });
        settle(new InputRefusal({ code: errorCode.hub, message: 'The client did not answer.' }));
      };
      if (signal.aborted) {
        settle(new InputRefusal({ code: errorCode.hub, message: 'The call was cancelled.' }));
        return;
      }
      signal.addEventListener('abort', onAbort, { once: true });
      session.asked.set(id, (reply: RpcResult | RpcError) => {
        settle('result' in reply ? reply.result : new InputRefusal(reply.error));
      });
      this.#open().send({ jsonrpc: '2.0', id, method, params });
    });
  }

  answer(message: RpcMessage): void {
    if (this.#stream) this.#stream.send(message);
    else this.#answers.push(message);
  }

  /** All requests of the POST are answered; one without an answer was cancelled, and gets none. */
  finish(): void {
    const { parts, session, res, isBatch } = this.#options;
    parts.heartbeat.remove(this);
    this.#isFinished = true;
    if (this.#stream) session.closeStream(this.#stream);
    else if (this.#answers.length === 0) sendEmpty(res, 202);
    else sendJson(res, 200, isBatch ? this.#answers : this.#answers[0]);
  }

  beat(): void {
    this.#beats += 1;
    // Not at the first beat: it may come right after the start.
    if (this.#beats > 1 && this.#options.canStream) this.#open();
  }

  #open(): EventStream {
    if (this.#stream) return this.#stream;
    const { parts, session, res } = this.#options;
    parts.heartbeat.remove(this);
    const stream = session.openStream();
    this.#stream = stream;
    if (!res.destroyed) stream.connect(new SseResponse(res, parts.heartbeat, () => undefined), 0);
    for (const message of this.#answers.splice(0)) stream.send(message);
    return stream;
  }
}
