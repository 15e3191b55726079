import { DependencyUnavailable } from '@mcp-hub/domain';
import type { Clock } from '../ports/clock.port.js';
import { SessionStore, type SessionRecord } from '../ports/session-store.port.js';

/** Sessions in memory, and a switch that takes the store away. */
export class FakeSessionStore extends SessionStore {
  /** While true, every method throws. */
  isDown = false;
  readonly #kept = new Map<string, { session: SessionRecord; until: number }>();

  constructor(private readonly clock: Clock) {
    super();
  }

  async put(id: string, session: SessionRecord, ttlMs: number): Promise<void> {
    this.#reach();
    this.#kept.set(id, { session: structuredClone(session), until: this.clock.now() + ttlMs });
  }

  async find(id: string): Promise<SessionRecord | undefined> {
    return structuredClone(this.#live(id)?.session);
  }

  async touch(id: string, ttlMs: number): Promise<boolean> {
    const kept = this.#live(id);
    if (kept) kept.until = this.clock.now() + ttlMs;
    return kept !== undefined;
  }

  async takeOver(id: string, from: string, to: string): Promise<SessionRecord | undefined> {
    const kept = this.#live(id);
    if (kept?.session.owner !== from) return undefined;
    kept.session.owner = to;
    return structuredClone(kept.session);
  }

  async update(id: string, owner: string, change: { logLevel?: string; subscriptions?: string[] }): Promise<boolean> {
    const kept = this.#live(id);
    if (kept?.session.owner !== owner) return false;
    Object.assign(kept.session, structuredClone(change));
    return true;
  }

  async remove(id: string): Promise<boolean> {
    const isThere = this.#live(id) !== undefined;
    this.#kept.delete(id);
    return isThere;
  }

  #live(id: string): { session: SessionRecord; until: number } | undefined {
    this.#reach();
    const kept = this.#kept.get(id);
    return kept && kept.until > this.clock.now() ? kept : undefined;
  }

  #reach(): void {
    if (this.isDown) throw new DependencyUnavailable('sessions');
  }
}
