import type { DirectoryRecord, RouteKey, RouteRecord, WorkerRecord } from '../ports/route-table.port.js';
import type { SessionRecord } from '../ports/session-store.port.js';
import type { LoadJob, WorkerReport } from '../ports/load-queue.port.js';
import { aReplicaReport, aServerEntry, builtAt } from './builders.js';

export function aDirectoryRecord(overrides: Partial<DirectoryRecord> = {}): DirectoryRecord {
  const id = overrides.id ?? 'weather';
  return {
    id,
    name: `${id} server`,
    generation: 1,
    revision: 1,
    state: 'enabled',
    replicas: 1,
    sessionRecovery: 'transparent',
    limits: {},
    ...overrides,
  };
}

/** A worker that offers the openapi and module loaders; `name` and `url` follow the incarnation. */
export function aWorkerRecord(overrides: Partial<WorkerRecord> = {}): WorkerRecord {
  const incarnation = overrides.incarnation ?? 'worker-1';
  return {
    incarnation,
    name: `the ${incarnation}`,
    url: `http://${incarnation}.example:9000`,
    capacity: 10,
    loaders: ['openapi', 'module'],
    isDraining: false,
    ...overrides,
  };
}

export function aRouteKey(overrides: Partial<RouteKey> = {}): RouteKey {
  return { serverId: 'weather', generation: 1, replica: 1, ...overrides };
}

/** A healthy route of `worker-1`; `target` follows the worker. */
export function aRouteRecord(overrides: Partial<RouteRecord> = {}): RouteRecord {
  const worker = overrides.worker ?? 'worker-1';
  return {
    ...aRouteKey(),
    worker,
    state: 'healthy',
    target: { kind: 'http', url: `http://${worker}.example:9000/weather/1/1` },
    since: builtAt,
    ...overrides,
  };
}

/** The session of a client that `worker-1` serves. */
export function aSessionRecord(overrides: Partial<SessionRecord> = {}): SessionRecord {
  return {
    serverId: 'weather',
    owner: 'worker-1',
    version: '2025-11-25',
    initialize: {
      protocolVersion: '2025-11-25',
      capabilities: { roots: {}, experimental: [] },
      clientInfo: { name: 'a client', version: '1' },
    },
    subscriptions: [],
    caller: 'alice',
    ...overrides,
  };
}

/** A job of the openapi loader that is tried once; `entry` follows the server's id. */
export function aLoadJob(overrides: Partial<LoadJob> = {}): LoadJob {
  const serverId = overrides.serverId ?? 'weather';
  return {
    serverId,
    generation: 1,
    replica: 1,
    entry: aServerEntry({ id: serverId }),
    loaderType: 'openapi',
    attempts: 1,
    retryDelayMs: 20,
    afterSequence: 0,
    priorFailures: 0,
    ...overrides,
  };
}

export function aWorkerReport(serverId = 'weather'): WorkerReport {
  const entry = aServerEntry({ id: serverId });
  return { kind: 'replica', report: aReplicaReport({ serverId }), stored: { entry } };
}
