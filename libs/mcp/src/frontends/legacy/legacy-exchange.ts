import type { ServerResponse } from 'node:http';
import type { InputRequest, JsonObject } from '@mcp-hub/application';
import { InputRefusal } from '../../input-refusal.js';
import type { Beating } from '../../wire/heartbeat.js';
import { sendEmpty, sendJson } from '../../wire/http-answer.js';
import type { RpcMessage, RpcRequest } from '../../wire/json-rpc.js';
import { errorCode } from '../../wire/protocol.js';
import type { ReadyResult } from '../../wire/ready-result.js';
import { SseResponse } from '../../wire/sse-response.js';
import type { EndpointRequest } from '../endpoint-options.js';
import type { EndpointParts } from '../endpoint-parts.js';
import { askClient, type ClientExchange } from './client-exchange.js';
import type { EventStream } from './event-stream.js';
import type { LegacySession } from './legacy-session.js';
import { canBeTold, hasFeature } from './revision-features.js';
import type { SessionStreams } from './session-streams.js';

export interface LegacyExchangeOptions {
  parts: EndpointParts;
  session: LegacySession<SessionStreams>;
  res: ServerResponse;
  request: EndpointRequest;
  /** Those of the POST. */
  requests: readonly RpcRequest[];
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
export class LegacyExchange implements ClientExchange, Beating {
  readonly #options: LegacyExchangeOptions;
  readonly #answers: (RpcMessage | ReadyResult)[] = [];
  #stream: EventStream | undefined;
  #beats = 0;
  #isFinished = false;
  /** Of the last answer. */
  #retryAfter: number | undefined;

  constructor(options: LegacyExchangeOptions) {
    this.#options = options;
    options.parts.heartbeat.add(this);
    if (options.prefersStream) this.#open();
  }

  get canAsk(): boolean {
    return this.#options.canStream;
  }

  get canResume(): boolean {
    return this.#options.canStream && hasFeature(this.#options.session.version, 'primingEvents');
  }

  closeStream(): void {
    if (!this.#isFinished) this.#open().disconnect();
  }

  notify(method: string, params: JsonObject): void {
    const { canStream, session } = this.#options;
    if (canStream && canBeTold(method, session.version)) this.#open().send({ jsonrpc: '2.0', method, params });
  }

  ask(input: InputRequest, signal: AbortSignal): Promise<JsonObject | InputRefusal> {
    const { session, parts, canStream } = this.#options;
    if (!canStream) {
      return Promise.resolve(
        new InputRefusal({ code: errorCode.methodNotFound, message: "The client can't be asked." }),
      );
    }
    return askClient(input, signal, {
      session,
      parts,
      send: (message) => {
        this.#open().send(message);
      },
    });
  }

  answer(message: RpcMessage | ReadyResult, retryAfter?: number): void {
    this.#retryAfter = retryAfter;
    if (this.#stream) this.#stream.send(message);
    else this.#answers.push(message);
  }

  /** All requests of the POST are answered; one without an answer was cancelled, and gets none. */
  finish(): void {
    const { parts, session, res, isBatch } = this.#options;
    parts.heartbeat.remove(this);
    this.#isFinished = true;
    if (this.#stream) session.outlet.closeStream(this.#stream);
    else if (this.#answers.length === 0) sendEmpty(res, 202);
    else if (isBatch) sendJson(res, 200, this.#answers);
    else if (this.#retryAfter === undefined) sendJson(res, 200, this.#answers[0]);
    else sendJson(res, 503, this.#answers[0], { 'retry-after': String(this.#retryAfter) });
  }

  beat(): void {
    this.#beats += 1;
    // Not at the first beat: it may come right after the start.
    if (this.#beats > 1 && this.#options.canStream) this.#open();
  }

  #open(): EventStream {
    if (this.#stream) return this.#stream;
    const { parts, session, res, request, requests } = this.#options;
    parts.heartbeat.remove(this);
    const stream = session.outlet.openStream(request.callId, requests);
    this.#stream = stream;
    if (!res.destroyed) stream.connect(new SseResponse(res, parts.heartbeat, () => undefined), 0);
    for (const message of this.#answers.splice(0)) stream.send(message);
    return stream;
  }
}
