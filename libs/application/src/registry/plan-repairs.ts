import type { LoadJob } from '../ports/load-queue.port.js';
import type { ServerRecord } from '../ports/registry-store.port.js';
import type { DirectoryRecord, RouteRecord } from '../ports/route-table.port.js';
import { directoryRecordOf, isSameDirectoryRecord } from './directory-record.js';
import { fallbackJobOf, loadJobOf, type RetryDefaults } from './load-jobs.js';

/** How long a tombstone stays, so that a worker which was away learns that the server is gone. */
export const tombstoneMs = 24 * 3_600_000;

/** Actual state as the RouteTable shows it. */
export interface ActualState {
  directoryRecord(id: string): DirectoryRecord | undefined;
  routesOf(id: string): RouteRecord[];
  isAlive(worker: string): boolean;
}

export type Repair =
  | { kind: 'write_directory'; record: DirectoryRecord }
  | { kind: 'load'; job: LoadJob }
  | { kind: 'remove_route'; route: RouteRecord }
  | { kind: 'purge'; id: string; generation: number };

/**
 * What must be done so that one server's actual state becomes the desired one. Pure: the same view gives the same
 * repairs, and doing one twice is harmless.
 */
export function planRepairs(
  record: ServerRecord,
  actual: ActualState,
  now: number,
  defaults: RetryDefaults,
): Repair[] {
  const repairs: Repair[] = [];
  if (record.desired === 'deleted' && now - Date.parse(record.updatedAt) > tombstoneMs) {
    return [{ kind: 'purge', id: record.id, generation: record.generation }];
  }
  const wanted = directoryRecordOf(record, now);
  const written = actual.directoryRecord(record.id);
  if (!written || !isSameDirectoryRecord(wanted, written)) repairs.push({ kind: 'write_directory', record: wanted });

  const routes = actual.routesOf(record.id);
  for (const route of routes) if (!actual.isAlive(route.worker)) repairs.push({ kind: 'remove_route', route });
  if (record.desired !== 'enabled') return repairs;

  const live = routes.filter((route) => actual.isAlive(route.worker) && route.state !== 'draining');
  for (let replica = 1; replica <= record.entry.replicas; replica++) {
    const serving = live.filter((route) => route.replica === replica);
    if (serving.some((route) => route.generation === record.generation)) continue;
    if (isDue(record, replica, now)) push(loadJobOf(record, replica, defaults));
    if (serving.length === 0) push(fallbackJobOf(record, replica, defaults));
  }
  return repairs;

  function push(job: LoadJob | undefined): void {
    if (job) repairs.push({ kind: 'load', job });
  }
}

/** A failed generation is left alone until its `nextRetryAt`, or for good where it has none. */
function isDue(record: ServerRecord, replica: number, now: number): boolean {
  const report = record.reports.find((item) => item.replica === replica);
  if (report?.generation !== record.generation || report.outcome !== 'failed') return true;
  const nextRetryAt = report.failure?.nextRetryAt;
  return nextRetryAt !== undefined && Date.parse(nextRetryAt) <= now;
}

/** Routes of a server that the store has never heard of: the directory is told that it is deleted. */
export function orphanRepairs(id: string, routes: readonly RouteRecord[], now: number): Repair[] {
  const generation = Math.max(...routes.map((route) => route.generation)) + 1;
  return [
    {
      kind: 'write_directory',
      record: {
        id,
        name: id,
        generation,
        revision: now,
        state: 'deleted',
        replicas: 0,
        sessionRecovery: 'strict',
        limits: {},
      },
    },
  ];
}
