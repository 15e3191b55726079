import { CallLoss } from '../../call-loss.js';
import { rpcError, type RpcMessage, type RpcRequest } from '../../wire/json-rpc.js';
import { errorCode, type LegacyVersion } from '../../wire/protocol.js';
import type { ReadyResult } from '../../wire/ready-result.js';
import { messageEvent, type SseResponse } from '../../wire/sse-response.js';
import type { EndpointRequest } from '../endpoint-options.js';
import type { EndpointParts } from '../endpoint-parts.js';
import { EventStream, type EventPosition, type EventStreamLimits } from './event-stream.js';
import type { SessionOutlet } from './legacy-session.js';
import { hasFeature } from './revision-features.js';
import { readStreamKey, streamKeyOf } from './stream-key.js';

const standaloneLimits = { maxEvents: 100, maxBytes: 256 * 1024 };
const postLimits = { maxEvents: 1_000, maxBytes: 4 * 1024 * 1024 };
/** How long the events of an answered POST can still be fetched, and of how many of them. */
const replayMs = 60_000;
const maxReplays = 16;

/** Streams that one session may hold open beside those of its calls. */
const maxStandalone = 8;

/** The event streams of a session of Streamable HTTP; there is nothing of them before something is said or a client listens. */
export class SessionStreams implements SessionOutlet {
  readonly #parts: EndpointParts;
  readonly #version: LegacyVersion;
  /** For what belongs to no request of the client; a message goes to one of them, the latest that is connected. */
  #standalone: EventStream[] = [];
  #posts: Map<string, EventStream> | undefined;

  constructor(parts: EndpointParts, version: LegacyVersion) {
    this.#parts = parts;
    this.#version = version;
  }

  get isConnected(): boolean {
    return this.#standalone.some(({ isConnected }) => isConnected);
  }

  /** What belongs to no request; kept where nobody listens yet. */
  send(message: RpcMessage | ReadyResult): void {
    const stream =
      this.#standalone.findLast(({ isConnected }) => isConnected) ?? this.#standalone.at(-1) ?? this.#addStandalone();
    stream.send(message);
  }

  /**
   * Connects a GET: to the stream that it resumes, or to one for what belongs to no request. The stream of a request that
   * is not here any more, or never was, ends with an error for that request: nobody else will answer it.
   */
  connect(connection: SseResponse, resumed: EventPosition | undefined, request: EndpointRequest): void {
    const stream = resumed && this.#find(resumed.key);
    if (stream) {
      stream.connect(connection, resumed.sequence);
      return;
    }
    const lost = resumed && readStreamKey(resumed.key);
    if (lost) {
      const data = this.#parts.calls.lossData(
        { ...request, callId: lost.callId },
        new CallLoss('unknown', 'server_gone'),
      );
      const message = 'The stream of this request is lost; whether the request was executed is unknown.';
      connection.write(messageEvent(JSON.stringify(rpcError(lost.requestId, errorCode.hub, message, data))));
      connection.end();
      return;
    }
    const latest = this.#standalone.at(-1);
    const standalone = latest && !latest.isConnected ? latest : this.#addStandalone();
    if (this.#standalone.length > maxStandalone) this.#standalone.shift()?.finish();
    standalone.connect(connection);
    if (hasFeature(this.#version, 'primingEvents')) standalone.prime();
  }

  /** A stream for the answer to one POST with these requests. */
  openStream(callId: string, requests: readonly RpcRequest[]): EventStream {
    const stream = this.#newStream(streamKeyOf(callId, requests) ?? this.#freshKey('post'), postLimits);
    this.#posts ??= new Map();
    this.#posts.set(stream.key, stream);
    if (hasFeature(this.#version, 'primingEvents')) stream.prime();
    return stream;
  }

  /** Ends a stream of `openStream`; for a while it can still be fetched. */
  closeStream(stream: EventStream): void {
    stream.finish();
    const finished = [...(this.#posts?.values() ?? [])].filter(({ isFinished }) => isFinished);
    for (const old of finished.slice(0, -maxReplays)) this.#forget(old);
    this.#parts.timers.after(replayMs, () => {
      this.#forget(stream);
    });
  }

  close(): void {
    for (const stream of this.#standalone) stream.finish();
    for (const stream of this.#posts?.values() ?? []) stream.finish();
    this.#standalone = [];
    this.#posts = undefined;
  }

  #find(key: string): EventStream | undefined {
    return this.#posts?.get(key) ?? this.#standalone.find((stream) => stream.key === key);
  }

  #forget({ key }: EventStream): void {
    this.#posts?.delete(key);
    if (this.#posts?.size === 0) this.#posts = undefined;
  }

  #addStandalone(): EventStream {
    const stream = this.#newStream(this.#freshKey('get'), standaloneLimits);
    this.#standalone.push(stream);
    return stream;
  }

  /** Unique over the workers that may have the session one after the other. */
  #freshKey(kind: 'post' | 'get'): string {
    return `${kind}-${this.#parts.options.ids.next()}`;
  }

  #newStream(key: string, limits: EventStreamLimits): EventStream {
    return new EventStream(key, limits);
  }
}
