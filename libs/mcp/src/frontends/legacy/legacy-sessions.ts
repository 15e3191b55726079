import type { JsonObject, SessionRecord } from '@mcp-hub/application';
import { isLegacyVersion, latestLegacyVersion, type LegacyVersion } from '../../wire/protocol.js';
import type { EndpointParts } from '../endpoint-parts.js';
import type { EndpointRequest } from '../endpoint-options.js';
import { LegacySession, type SessionEnd, type SessionOutlet } from './legacy-session.js';
import { SessionStreams } from './session-streams.js';

/** A session of Streamable HTTP. */
export type StreamableSession = LegacySession<SessionStreams>;

export type SessionLookup =
  | { kind: 'found'; session: StreamableSession }
  /** Never was, is over, is somebody else's, or is lost: the client starts anew. */
  | { kind: 'gone' }
  /** That worker has it. */
  | { kind: 'elsewhere'; owner: string };

const gone: SessionLookup = { kind: 'gone' };
const maxSweepMs = 60_000;
/** A client of HTTP+SSE whose stream broke off may take up its session again for so long. */
const comeBackMs = 60_000;
const httpSseMark = 'sse-';

function isOfHttpSse(id: string): boolean {
  return id.split('.')[1]?.startsWith(httpSseMark) === true;
}

/**
 * The sessions of one server at this worker. The `SessionStore` is written when one changes and read only to revive one
 * whose worker is gone; while it does not answer, sessions live on, and are saved when it is back.
 */
export class LegacySessions {
  readonly #parts: EndpointParts;
  readonly #byId = new Map<string, LegacySession>();
  readonly #revivals = new Map<string, Promise<SessionLookup>>();
  /** Ended here, but the store could not be told yet. */
  readonly #unremoved = new Set<string>();
  readonly #sweepMs: number;
  #stopSweep: (() => void) | undefined;
  #isSweeping = false;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
    this.#sweepMs = Math.min(maxSweepMs, Math.ceil(parts.options.limits.sessionIdleMs / 4));
  }

  get count(): number {
    return this.#byId.size;
  }

  get isFull(): boolean {
    return this.#byId.size >= this.#parts.options.limits.maxSessions;
  }

  /**
   * Opens a session of Streamable HTTP.
   * @param initialize the client's params, as sent
   */
  async open(initialize: JsonObject, { caller }: EndpointRequest): Promise<StreamableSession> {
    const id = this.#issueId(caller, this.#parts.options.ids.next());
    const record = this.#newRecord(initialize, caller);
    const outlet = new SessionStreams(this.#parts, record.version);
    const session = this.#add(new LegacySession(id, record, this.#parts, { isRevived: false, outlet }));
    await this.#save(session);
    return session;
  }

  /** An id for a client of HTTP+SSE that has opened its stream, and will shake hands on it. */
  httpSseId({ caller }: EndpointRequest): string {
    return this.#issueId(caller, `${httpSseMark}${this.#parts.options.ids.next()}`);
  }

  /** Opens a session of HTTP+SSE, with an id of `httpSseId`; one that has this id already ends. It is still to be `saved`. */
  openOn(
    { id, outlet, isRevived }: { id: string; outlet: SessionOutlet; isRevived: boolean },
    initialize: JsonObject,
    { caller }: EndpointRequest,
  ): LegacySession {
    const before = this.#byId.get(id);
    if (before) this.#drop(before, 'by_client', { keepsOutlet: true });
    const record = this.#newRecord(initialize, caller);
    return this.#add(new LegacySession(id, record, this.#parts, { isRevived, outlet }));
  }

  /** Resolves when the store has it, or could not be told. */
  saved(session: LegacySession): Promise<void> {
    return this.#save(session);
  }

  /**
   * A client of HTTP+SSE comes back after its stream broke off, and has a new one, with a new id: what it said in its
   * handshake, its log level and its subscriptions go on. What was in flight does not: this transport has no redelivery.
   * @returns undefined where there is nothing to take up
   */
  async takeUp(
    oldId: string,
    id: string,
    outlet: SessionOutlet,
    { caller }: EndpointRequest,
  ): Promise<LegacySession | undefined> {
    const { serverId, incarnation, sessionIds, sessions, sessionRecovery } = this.#parts.options;
    if (sessionRecovery === 'strict' || !isOfHttpSse(oldId)) return undefined;
    if (!sessionIds.read(oldId, { serverId, caller })) return undefined;
    const record = await sessions.find(oldId);
    if (!record || record.caller !== caller || record.serverId !== serverId) return undefined;
    // Of several that try, one wins.
    if (!isLegacyVersion(record.version) || !(await sessions.remove(oldId))) return undefined;
    const old = this.#byId.get(oldId);
    if (old) this.#drop(old, 'by_client');
    const own = { ...record, owner: incarnation };
    const session = this.#add(new LegacySession(id, own, this.#parts, { isRevived: true, outlet }));
    await this.#save(session);
    return session;
  }

  /** The stream of a session of HTTP+SSE broke off: it ends, and can be taken up for a while. */
  async leave(session: LegacySession): Promise<void> {
    if (this.#byId.get(session.id) !== session) return;
    if (this.#parts.options.sessionRecovery === 'strict') {
      await this.end(session);
      return;
    }
    this.#drop(session, 'by_client');
    // A store that is away forgets it in time.
    await this.#parts.options.sessions.touch(session.id, comeBackMs).catch(() => false);
  }

  /** @throws DependencyUnavailable where it would have to be revived, and the store does not answer */
  find(id: string, request: EndpointRequest): SessionLookup | Promise<SessionLookup> {
    const session = this.#byId.get(id);
    if (session) {
      if (session.caller !== request.caller || !isStreamable(session)) return gone;
      session.lastSeen = this.#parts.options.clock.now();
      return { kind: 'found', session };
    }
    const underWay = this.#revivals.get(id);
    if (underWay) return underWay;
    const revival = this.#revive(id, request).finally(() => this.#revivals.delete(id));
    this.#revivals.set(id, revival);
    return revival;
  }

  /** Tells the store of a change, now or as soon as it answers. */
  changed(session: LegacySession): void {
    session.isUnsaved = true;
    this.#update(session).catch(() => undefined);
  }

  /** Ended by its client. */
  async end(session: LegacySession): Promise<void> {
    this.#drop(session, 'by_client');
    this.#unremoved.add(session.id);
    await this.#remove(session.id).catch(() => undefined);
  }

  /** Closes what is open; the sessions themselves can be revived elsewhere. */
  close(): void {
    for (const session of [...this.#byId.values()]) this.#drop(session);
    this.#stopSweep?.();
    this.#stopSweep = undefined;
  }

  async #revive(id: string, { caller, attempt, isOwnerGone }: EndpointRequest): Promise<SessionLookup> {
    const { serverId, sessionIds, sessions, incarnation, sessionRecovery, isServedBy } = this.#parts.options;
    if (this.#unremoved.has(id) || !sessionIds.read(id, { serverId, caller })) return gone;
    if (sessionRecovery === 'strict' || isOfHttpSse(id)) return gone;
    let record = await sessions.find(id);
    if (!record || record.caller !== caller || record.serverId !== serverId) return gone;
    if (record.owner !== incarnation) {
      const isOwnerAlive = isOwnerGone !== true && attempt < 2 && isServedBy?.(record.owner) === true;
      if (isOwnerAlive) return { kind: 'elsewhere', owner: record.owner };
      record = (await sessions.takeOver(id, record.owner, incarnation)) ?? (await sessions.find(id));
      if (!record) return gone;
      if (record.owner !== incarnation) return { kind: 'elsewhere', owner: record.owner };
    }
    if (!isLegacyVersion(record.version)) return gone;
    const outlet = new SessionStreams(this.#parts, record.version);
    return {
      kind: 'found',
      session: this.#add(new LegacySession(id, record, this.#parts, { isRevived: true, outlet })),
    };
  }

  #issueId(caller: string, random: string): string {
    const { serverId, incarnation, sessionIds } = this.#parts.options;
    return sessionIds.issue({ serverId, incarnation, caller, random });
  }

  #newRecord(initialize: JsonObject, caller: string): SessionRecord & { version: LegacyVersion } {
    const { serverId, incarnation } = this.#parts.options;
    const requested = initialize['protocolVersion'];
    const version = isLegacyVersion(requested) ? requested : latestLegacyVersion;
    return { serverId, owner: incarnation, version, initialize, subscriptions: [], caller };
  }

  #add<Session extends LegacySession>(session: Session): Session {
    this.#byId.set(session.id, session);
    this.#stopSweep ??= this.#parts.timers.every(this.#sweepMs, () => void this.#sweep());
    return session;
  }

  #drop(session: LegacySession, reason: SessionEnd = 'by_worker', { keepsOutlet = false } = {}): void {
    this.#byId.delete(session.id);
    session.close(reason, { keepsOutlet });
  }

  /** Longer than sessions live, so that only those that nobody keeps run out in the store. */
  get #ttlMs(): number {
    return this.#parts.options.limits.sessionIdleMs + 2 * this.#sweepMs;
  }

  /** Failures are left to the sweep: a store that is down must not keep anybody from working. */
  async #save(session: LegacySession): Promise<void> {
    session.isUnsaved = true;
    await this.#put(session).catch(() => undefined);
  }

  async #put(session: LegacySession): Promise<void> {
    await this.#parts.options.sessions.put(session.id, session.record, this.#ttlMs);
    session.isUnsaved = false;
  }

  async #sweep(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    const { clock, limits } = this.#parts.options;
    const now = clock.now();
    for (const session of [...this.#byId.values()]) {
      if (!session.isIdle) session.lastSeen = now;
      if (now - session.lastSeen < limits.sessionIdleMs) continue;
      this.#drop(session);
      this.#unremoved.add(session.id);
    }
    try {
      for (const id of [...this.#unremoved]) await this.#remove(id);
      for (const session of [...this.#byId.values()]) await this.#keep(session);
    } catch {
      // The store does not answer: the next sweep tries again.
    }
    this.#isSweeping = false;
    if (this.#byId.size > 0 || this.#unremoved.size > 0) return;
    this.#stopSweep?.();
    this.#stopSweep = undefined;
  }

  async #keep(session: LegacySession): Promise<void> {
    const { sessions } = this.#parts.options;
    if (session.isUnsaved) await this.#update(session);
    const { lastSeen } = session;
    if (lastSeen === session.lastKept) return;
    if (!(await sessions.touch(session.id, this.#ttlMs))) await this.#put(session);
    session.lastKept = lastSeen;
  }

  async #update(session: LegacySession): Promise<void> {
    const { sessions, incarnation } = this.#parts.options;
    const { subscriptions, logLevel } = session.record;
    const change = logLevel === undefined ? { subscriptions } : { subscriptions, logLevel };
    if (await sessions.update(session.id, incarnation, change)) {
      session.isUnsaved = false;
      return;
    }
    const stored = await sessions.find(session.id);
    // Taken over: the gateway held this worker for dead.
    if (stored && stored.owner !== incarnation) this.#drop(session);
    else await this.#put(session);
  }

  async #remove(id: string): Promise<void> {
    await this.#parts.options.sessions.remove(id);
    this.#unremoved.delete(id);
  }
}

function isStreamable(session: LegacySession): session is StreamableSession {
  return session.outlet instanceof SessionStreams;
}
