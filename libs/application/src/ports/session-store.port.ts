/** What it takes to revive a legacy session on another worker. */
export interface SessionRecord {
  serverId: string;
  /** The worker incarnation that serves it. */
  owner: string;
  /** The negotiated protocol revision. */
  version: string;
  /** The client's `initialize` params, as sent. */
  initialize: Record<string, unknown>;
  logLevel?: string;
  /** Resource URIs. */
  subscriptions: string[];
  /** Who opened it; only this caller may use it. */
  caller: string;
}

/**
 * Keeps legacy sessions so that they outlive their worker: written on change, read only at a revival.
 * Throws `DependencyUnavailable('sessions')` where it does not answer within 2 s.
 */
export abstract class SessionStore {
  abstract put(id: string, session: SessionRecord, ttlMs: number): Promise<void>;
  abstract find(id: string): Promise<SessionRecord | undefined>;
  /** Keeps it for another `ttlMs`. @returns false where it is gone */
  abstract touch(id: string, ttlMs: number): Promise<boolean>;
  /** Compare-and-set of the owner: of several workers that try, one wins. @returns the session when won */
  abstract takeOver(id: string, from: string, to: string): Promise<SessionRecord | undefined>;
  /** Changes the log level or the subscriptions, if `owner` still owns it. @returns whether it does */
  abstract update(id: string, owner: string, change: { logLevel?: string; subscriptions?: string[] }): Promise<boolean>;
  /** @returns whether there was one */
  abstract remove(id: string): Promise<boolean>;
}
