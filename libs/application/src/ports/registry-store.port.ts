import type { DesiredState, ServerEntry, ServerFailure } from '@mcp-hub/domain';

/** A version of an entry that a worker can load: small, since the inline document is a blob named by hash. */
export interface StoredEntry {
  /** Without the inline `spec`; literal secrets are sealed. */
  entry: ServerEntry;
  /** The blob that holds `openapi_config.spec`, where the entry has one. */
  specHash?: string;
}

/** What a worker last reported of one replica. */
export interface ReplicaReport {
  serverId: string;
  generation: number;
  /** 1-based. */
  replica: number;
  /** Orders the reports of one generation and replica: the larger one is newer. */
  sequence: number;
  /** The worker's incarnation. */
  worker: string;
  /** RFC 3339. */
  at: string;
  outcome: 'healthy' | 'failed';
  /** Present exactly when the outcome is `failed`. */
  failure?: ServerFailure;
  /** How often in a row this generation has failed; spaces `nextRetryAt`. */
  failures: number;
  /** The blob with the capability lists, present when healthy. */
  capabilitiesHash?: string;
}

export interface ServerRecord extends StoredEntry {
  id: string;
  desired: DesiredState;
  /** Raised by every change of what should run; never goes back, not even when an id is published again. */
  generation: number;
  /** RFC 3339. */
  createdAt: string;
  updatedAt: string;
  /** The newest generation that was healthy: it is what failover loads until a newer one is healthy. */
  lastHealthy?: StoredEntry & { generation: number; capabilitiesHash?: string };
  /** The newest report of each replica, at most one per replica. */
  reports: ReplicaReport[];
}

export type NewServer = StoredEntry & { id: string; desired: DesiredState; at: string };
export type ServerChange = StoredEntry & { desired: DesiredState; at: string };

export interface ListQuery {
  /** Exclusive; the page starts after this id in UTF-8 byte order. */
  afterId?: string;
  limit: number;
  /** All must be carried. */
  tags?: readonly string[];
  enabled?: boolean;
  /** Tombstones too; default false. */
  includeDeleted?: boolean;
}

/**
 * Holds the entries and what is last known of them. Writes are atomic per server; a write by an outdated reader fails
 * instead of overwriting. Nothing here orders writes of different servers.
 *
 * Every method throws `DependencyUnavailable('database')` where the store does not answer.
 */
export abstract class RegistryStore {
  /** Connects and makes indexes. Idempotent. */
  abstract start(): Promise<void>;
  abstract close(): Promise<void>;
  /** Resolves where the store answers; bounded by 2 s. */
  abstract ping(): Promise<void>;

  /**
   * Adds a server at generation 1, or over a tombstone at the tombstone's generation + 1 (then without reports and
   * without `lastHealthy`). Of concurrent inserts of one id exactly one wins.
   * @throws DuplicateServer
   */
  abstract insert(server: NewServer): Promise<ServerRecord>;

  /** @returns also tombstones; undefined where the id was never used or is purged. */
  abstract find(id: string): Promise<ServerRecord | undefined>;

  /** One page ordered by the UTF-8 bytes of the id. */
  abstract list(query: ListQuery): Promise<ServerRecord[]>;

  /**
   * Replaces entry and desired state and raises the generation by one, if the record is still at `generation`.
   * Reports and `lastHealthy` stay, `createdAt` too. With `desired: 'deleted'` it leaves a tombstone.
   * @throws ServerNotFound where there is none, or only a tombstone
   * @throws GenerationConflict
   */
  abstract replace(id: string, generation: number, change: ServerChange): Promise<ServerRecord>;

  /**
   * Keeps a report, if nothing newer is known: its generation must be ≤ the record's and, for its replica,
   * `(generation, sequence)` larger than the kept one's. A healthy one becomes `lastHealthy` where its generation is
   * not below the one kept there, given `healthyEntry` (what that generation's job carried). Redelivery is harmless.
   * @returns the record when it was kept; undefined when it was late, a duplicate, or its server is gone
   */
  abstract recordReport(report: ReplicaReport, healthyEntry?: StoredEntry): Promise<ServerRecord | undefined>;

  /** Removes a tombstone that is still at `generation`. @returns whether it did */
  abstract purge(id: string, generation: number): Promise<boolean>;

  /** Every blob hash that any record names: what garbage collection must keep. */
  abstract blobHashes(): Promise<Set<string>>;
}
