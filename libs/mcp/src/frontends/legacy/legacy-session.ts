import type { JsonObject, SessionRecord } from '@mcp-hub/application';
import { isObject, type RpcError, type RpcId, type RpcResult } from '../../wire/json-rpc.js';
import { isLogged } from '../../wire/log-levels.js';
import type { LegacyVersion } from '../../wire/protocol.js';
import type { EndpointParts } from '../endpoint-parts.js';
import type { SseResponse } from '../../wire/sse-response.js';
import { EventStream, type EventPosition, type EventStreamLimits } from './event-stream.js';
import { effectiveCapabilities, hasPrimingEvents } from './revision-features.js';

const standaloneLimits = { maxEvents: 100, maxBytes: 256 * 1024 };
const postLimits = { maxEvents: 1_000, maxBytes: 4 * 1024 * 1024 };
/** How long the events of an answered POST can still be fetched, and of how many of them. */
const replayMs = 60_000;
const maxReplays = 16;

/** Streams that one session may hold open beside those of its calls. */
const maxStandalone = 8;

/** Why a session ends: its client (who waits for nothing any more) or its worker. */
export type SessionEnd = 'by_client' | 'by_worker';

const listChanges = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };

/** A session of the legacy era: what its client said of itself, and what is open between the two. */
export class LegacySession {
  readonly id: string;
  readonly caller: string;
  readonly version: LegacyVersion;
  readonly clientCapabilities: JsonObject;
  readonly clientInfo: JsonObject | undefined;
  /** Until a client sets it, a server decides: all of it. */
  logLevel: string;
  readonly isRevived: boolean;
  /** The client is still to be told that the session was revived. */
  isRevivalUntold: boolean;
  lastSeen: number;
  /** `lastSeen` as of when the store was last told to keep the session. */
  lastKept: number;
  /** Something that the `SessionStore` does not know yet. */
  isUnsaved = false;
  /** Requests of the client in flight, to be cancelled by their id. */
  readonly inFlight = new Map<RpcId, AbortController>();
  /** Requests to the client by their id. */
  readonly asked = new Map<RpcId, (reply: RpcResult | RpcError) => void>();

  readonly #parts: EndpointParts;
  readonly #initialize: JsonObject;
  readonly #setLogLevel: string | undefined;
  /** For what belongs to no request of the client; a message goes to one of them, the latest that is connected. */
  readonly #standalone: EventStream[] = [];
  readonly #postStreams = new Map<string, EventStream>();
  readonly #subscriptions = new Map<string, () => void>();
  readonly #stopListening: () => void;
  #hasSetLevel = false;

  constructor(id: string, record: SessionRecord, parts: EndpointParts, { isRevived }: { isRevived: boolean }) {
    const { capabilities, clientInfo } = record.initialize;
    this.id = id;
    this.caller = record.caller;
    this.version = record.version as LegacyVersion;
    this.clientCapabilities = effectiveCapabilities(isObject(capabilities) ? capabilities : {}, this.version);
    this.clientInfo = isObject(clientInfo) ? clientInfo : undefined;
    this.#setLogLevel = record.logLevel;
    this.logLevel = record.logLevel ?? 'debug';
    this.isRevived = isRevived;
    this.isRevivalUntold = isRevived;
    this.#parts = parts;
    this.#initialize = record.initialize;
    this.lastSeen = parts.options.clock.now();
    this.lastKept = this.lastSeen;
    this.#standalone.push(this.#newStandalone());
    this.#stopListening = parts.options.backend.listen(listChanges, (method, params) => {
      this.#tell(method, params);
    });
    for (const uri of record.subscriptions) this.subscribe(uri);
  }

  get record(): SessionRecord {
    const { serverId, incarnation } = this.#parts.options;
    const logLevel = this.#hasSetLevel ? this.logLevel : this.#setLogLevel;
    return {
      serverId,
      owner: incarnation,
      version: this.version,
      initialize: this.#initialize,
      ...(logLevel !== undefined && { logLevel }),
      subscriptions: [...this.#subscriptions.keys()],
      caller: this.caller,
    };
  }

  /** Nobody waits for anything here. */
  get isIdle(): boolean {
    return this.inFlight.size === 0 && !this.#standalone.some(({ isConnected }) => isConnected);
  }

  setLogLevel(level: string): void {
    this.#hasSetLevel = true;
    this.logLevel = level;
  }

  subscribe(uri: string): void {
    if (this.#subscriptions.has(uri)) return;
    const stop = this.#parts.options.backend.listen({ resourceSubscriptions: [uri] }, (method, params) => {
      // Log messages reach every listener; the session has one for them.
      if (method === 'notifications/resources/updated') this.#tell(method, params);
    });
    this.#subscriptions.set(uri, stop);
  }

  unsubscribe(uri: string): void {
    this.#subscriptions.get(uri)?.();
    this.#subscriptions.delete(uri);
  }

  /** Connects a GET: to the stream that it resumes, or to one for what belongs to no request. */
  connect(connection: SseResponse, resumed: EventPosition | undefined): void {
    const stream = resumed && this.#streamOf(resumed.key);
    if (stream) {
      stream.connect(connection, resumed.sequence);
      return;
    }
    const latest = this.#standalone.at(-1);
    const standalone = latest && !latest.isConnected ? latest : this.#newStandalone();
    if (standalone !== latest) this.#standalone.push(standalone);
    if (this.#standalone.length > maxStandalone) this.#standalone.shift()?.finish();
    standalone.connect(connection);
    if (hasPrimingEvents(this.version)) standalone.prime();
  }

  /** A stream for the answer to one POST. */
  openStream(): EventStream {
    const stream = this.#newStream('post', postLimits);
    this.#postStreams.set(stream.key, stream);
    if (hasPrimingEvents(this.version)) stream.prime();
    return stream;
  }

  /** Ends a stream of `openStream`; for a while it can still be fetched. */
  closeStream(stream: EventStream): void {
    stream.finish();
    const finished = [...this.#postStreams.values()].filter(({ isFinished }) => isFinished);
    for (const old of finished.slice(0, -maxReplays)) this.#postStreams.delete(old.key);
    this.#parts.timers.after(replayMs, () => this.#postStreams.delete(stream.key));
  }

  /** Ends all that is open, and cancels what is in flight. */
  close(reason: SessionEnd): void {
    this.#stopListening();
    for (const stop of this.#subscriptions.values()) stop();
    this.#subscriptions.clear();
    for (const controller of this.inFlight.values()) controller.abort(reason);
    // After the answers that this brings about.
    setImmediate(() => {
      for (const stream of [...this.#standalone, ...this.#postStreams.values()]) stream.finish();
      this.#postStreams.clear();
    });
  }

  #streamOf(key: string): EventStream | undefined {
    return this.#postStreams.get(key) ?? this.#standalone.find((stream) => stream.key === key);
  }

  #newStandalone(): EventStream {
    return this.#newStream('get', standaloneLimits);
  }

  /** The key is unique over the workers that may have the session one after the other. */
  #newStream(kind: 'post' | 'get', limits: EventStreamLimits): EventStream {
    return new EventStream(`${kind}-${this.#parts.options.ids.next()}`, limits);
  }

  #tell(method: string, params: JsonObject): void {
    if (method === 'notifications/message' && !isLogged(params['level'], this.logLevel)) return;
    const stream = this.#standalone.findLast(({ isConnected }) => isConnected) ?? this.#standalone.at(-1);
    stream?.send({ jsonrpc: '2.0', method, params });
  }
}
