import type { JsonObject, SessionRecord } from '@mcp-hub/application';
import type { CallController } from '../../wire/call-controller.js';
import { isObject, type RpcError, type RpcId, type RpcMessage, type RpcResult } from '../../wire/json-rpc.js';
import { isLogged } from '../../wire/log-levels.js';
import type { LegacyVersion } from '../../wire/protocol.js';
import type { ReadyResult } from '../../wire/ready-result.js';
import type { EndpointParts } from '../endpoint-parts.js';
import { canBeTold } from './revision-features.js';
import { effectiveCapabilities } from './revision-messages.js';

/** Why a session ends: its client (who waits for nothing any more) or its worker. */
export type SessionEnd = 'by_client' | 'by_worker';

/** How a session's client hears what belongs to none of its requests. */
export interface SessionOutlet {
  /** Somebody listens. */
  readonly isConnected: boolean;
  send(message: RpcMessage | ReadyResult): void;
  close(): void;
}

const listChanges = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };

/** A session of the legacy era, on either of its transports: what its client said of itself, and what is open between the two. */
export class LegacySession<Outlet extends SessionOutlet = SessionOutlet> {
  readonly id: string;
  readonly caller: string;
  readonly version: LegacyVersion;
  readonly clientCapabilities: JsonObject;
  readonly clientInfo: JsonObject | undefined;
  readonly outlet: Outlet;
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
  readonly inFlight = new Map<RpcId, CallController>();
  /** Requests to the client by their id. */
  readonly asked = new Map<RpcId, (reply: RpcResult | RpcError) => void>();

  readonly #parts: EndpointParts;
  readonly #initialize: JsonObject;
  readonly #setLogLevel: string | undefined;
  #subscriptions: Map<string, () => void> | undefined;
  readonly #stopListening: () => void;
  #hasSetLevel = false;

  constructor(
    id: string,
    record: SessionRecord,
    parts: EndpointParts,
    { isRevived, outlet }: { isRevived: boolean; outlet: Outlet },
  ) {
    const { capabilities, clientInfo } = record.initialize;
    this.id = id;
    this.caller = record.caller;
    this.version = record.version as LegacyVersion;
    this.clientCapabilities = effectiveCapabilities(isObject(capabilities) ? capabilities : {}, this.version);
    this.clientInfo = isObject(clientInfo) ? clientInfo : undefined;
    this.outlet = outlet;
    this.#setLogLevel = record.logLevel;
    this.logLevel = record.logLevel ?? 'debug';
    this.isRevived = isRevived;
    this.isRevivalUntold = isRevived;
    this.#parts = parts;
    this.#initialize = record.initialize;
    this.lastSeen = parts.options.clock.now();
    this.lastKept = this.lastSeen;
    const filter = { ...listChanges, caller: { id: this.caller, session: id } };
    this.#stopListening = parts.options.backend.listen(filter, (method, params) => {
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
      subscriptions: [...(this.#subscriptions?.keys() ?? [])],
      caller: this.caller,
    };
  }

  /** Nobody waits for anything here. */
  get isIdle(): boolean {
    return this.inFlight.size === 0 && !this.outlet.isConnected;
  }

  setLogLevel(level: string): void {
    this.#hasSetLevel = true;
    this.logLevel = level;
  }

  subscribe(uri: string): void {
    if (this.#subscriptions?.has(uri)) return;
    const stop = this.#parts.options.backend.listen({ resourceSubscriptions: [uri] }, (method, params) => {
      // Log messages reach every listener; the session has one for them.
      if (method === 'notifications/resources/updated') this.#tell(method, params);
    });
    this.#subscriptions ??= new Map();
    this.#subscriptions.set(uri, stop);
  }

  unsubscribe(uri: string): void {
    this.#subscriptions?.get(uri)?.();
    this.#subscriptions?.delete(uri);
  }

  /** An answer of the client to a request of the server; one that nobody waits for is dropped. */
  answered(reply: RpcResult | RpcError): void {
    if (reply.id !== null) this.asked.get(reply.id)?.(reply);
  }

  /** Ends all that is open, and cancels what is in flight. `keepsOutlet`: another session goes on with that. */
  close(reason: SessionEnd, { keepsOutlet = false } = {}): void {
    this.#stopListening();
    for (const stop of this.#subscriptions?.values() ?? []) stop();
    this.#subscriptions = undefined;
    for (const controller of this.inFlight.values()) controller.abort(reason);
    if (keepsOutlet) return;
    // After the answers that this brings about.
    setImmediate(() => {
      this.outlet.close();
    });
  }

  #tell(method: string, params: JsonObject): void {
    if (method === 'notifications/message' && !isLogged(params['level'], this.logLevel)) return;
    if (canBeTold(method, this.version)) this.outlet.send({ jsonrpc: '2.0', method, params });
  }
}
