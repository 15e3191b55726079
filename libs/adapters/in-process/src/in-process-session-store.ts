import { SessionStore, type Clock, type SessionRecord } from '@mcp-hub/application';
import { ExpiringMap } from './expiring-map.js';

/** Sessions in the memory of this process: they outlive a worker's restart inside it, not the process. */
export class InProcessSessionStore extends SessionStore {
  private readonly sessions: ExpiringMap<SessionRecord>;

  constructor({ clock }: { clock: Clock }) {
    super();
    this.sessions = new ExpiringMap(clock);
  }

  async put(id: string, session: SessionRecord, ttlMs: number): Promise<void> {
    this.sessions.set(id, structuredClone(session), ttlMs);
  }

  async find(id: string): Promise<SessionRecord | undefined> {
    return structuredClone(this.sessions.get(id));
  }

  async touch(id: string, ttlMs: number): Promise<boolean> {
    return this.sessions.extend(id, ttlMs);
  }

  async takeOver(id: string, from: string, to: string): Promise<SessionRecord | undefined> {
    const session = this.sessions.get(id);
    if (session?.owner !== from) return undefined;
    session.owner = to;
    return structuredClone(session);
  }

  async update(id: string, owner: string, change: { logLevel?: string; subscriptions?: string[] }): Promise<boolean> {
    const session = this.sessions.get(id);
    if (session?.owner !== owner) return false;
    Object.assign(session, structuredClone(change));
    return true;
  }

  async remove(id: string): Promise<boolean> {
    return this.sessions.delete(id);
  }
}
