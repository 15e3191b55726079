import type { DesiredState, Limits, ServerFailure } from '@mcp-hub/domain';

/** What gateways and workers know of a server without any other service. One record for every server. */
export interface DirectoryRecord {
  id: string;
  name: string;
  generation: number;
  /** Orders writes of one generation; the larger wins. */
  revision: number;
  state: DesiredState;
  replicas: number;
  sessionRecovery: 'transparent' | 'strict';
  limits: Limits;
  /** The last failure of the newest generation, while it stands. */
  failure?: ServerFailure;
}

export interface WorkerRecord {
  /** Random at every start of a process. */
  incarnation: string;
  /** The name an operator gave, or the stack printed. */
  name: string;
  /** Where its internal port is reached; undefined in one process. */
  url?: string;
  /** In units of weight. */
  capacity: number;
  loaders: readonly string[];
  /** No new work: it is leaving. */
  isDraining: boolean;
}

export interface RouteKey {
  serverId: string;
  generation: number;
  /** 1-based. */
  replica: number;
}

/** `{http, url}` of a worker's internal port, or a handle that the worker in this very process knows. */
export type RouteTarget = { kind: 'http'; url: string } | { kind: 'local'; handle: string };

export interface RouteRecord extends RouteKey {
  /** The worker's incarnation. */
  worker: string;
  state: 'healthy' | 'degraded' | 'draining';
  target: RouteTarget;
  /** RFC 3339. */
  since: string;
  /** Why it is `degraded`: it serves, but does not answer as it should. */
  failure?: ServerFailure;
}

export interface RouteSnapshot {
  /** Changes after registry-api has rewritten the directory; undefined where it never did (or all was lost). */
  epoch: string | undefined;
  directory: DirectoryRecord[];
  /** Those with a live lease. */
  workers: WorkerRecord[];
  routes: RouteRecord[];
}

export type RouteEvent =
  | { kind: 'directory'; record: DirectoryRecord }
  | { kind: 'worker'; record: WorkerRecord }
  | { kind: 'worker_gone'; incarnation: string }
  | { kind: 'route'; route: RouteRecord }
  | { kind: 'route_gone'; key: RouteKey; worker: string }
  | { kind: 'epoch'; epoch: string }
  /** The feed may have missed something: read the snapshot again. */
  | { kind: 'connected' }
  | { kind: 'disconnected' };

/** `served`: a live worker has a route for the key already, and it is not draining. */
export type ClaimOutcome = 'granted' | 'held' | 'served';

/**
 * The actual state: which worker serves what, under leases that workers renew. All of it can be lost with its server
 * and is then written again by those who own it.
 *
 * Methods that talk to the server throw `DependencyUnavailable('routes')` where it does not answer within 2 s.
 */
export abstract class RouteTable {
  abstract start(): Promise<void>;
  abstract close(): Promise<void>;
  abstract ping(): Promise<void>;

  /** @returns false, changing nothing, where a record with a larger (generation, revision) is there. */
  abstract putDirectory(record: DirectoryRecord): Promise<boolean>;
  /** Writes all records (each by the rule of `putDirectory`), then a new epoch. */
  abstract rewriteDirectory(records: readonly DirectoryRecord[], epoch: string): Promise<void>;
  /** Forgets a record that is still at `generation`. */
  abstract dropDirectory(id: string, generation: number): Promise<void>;

  /** Adds or changes the worker and starts its lease. */
  abstract announceWorker(worker: WorkerRecord, leaseMs: number): Promise<void>;
  /** @returns false where the worker is not known (its lease ran out, or all was lost): announce it, and its routes, again. */
  abstract renewWorker(incarnation: string, leaseMs: number): Promise<boolean>;
  /** Removes the worker with its lease, routes and claims. */
  abstract retireWorker(incarnation: string): Promise<void>;
  /** The incarnations with a live lease: O(workers), for frequent polling. */
  abstract liveWorkers(): Promise<Set<string>>;

  /** Replaces what is there for (server, generation, replica), unless that is another live worker's and not draining: then false. */
  abstract putRoute(route: RouteRecord): Promise<boolean>;
  /** Removes the route if it is still that worker's. */
  abstract removeRoute(key: RouteKey, worker: string): Promise<boolean>;

  /** Who may load: granted to one at a time until released or its lease runs out; again to its holder (renewal). */
  abstract claim(key: RouteKey, worker: string, leaseMs: number): Promise<ClaimOutcome>;
  abstract releaseClaim(key: RouteKey, worker: string): Promise<void>;

  /** Leadership by lease, renewed by calling again. Two leaders for a moment are possible, and must be harmless. */
  abstract lead(role: string, holder: string, leaseMs: number): Promise<boolean>;

  /** Everything. Routes of workers without a lease are included: the reader judges by `workers`. */
  abstract read(): Promise<RouteSnapshot>;

  /**
   * The change feed. Order holds per key; events may be lost (hence `connected` and periodic `read`), never invented.
   * A lease that runs out makes no event.
   * @returns stops it
   */
  abstract watch(listener: (event: RouteEvent) => void): () => void;
  abstract isConnected(): boolean;
}
