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
  | { kind: 'drop_directory'; id: string; generation: number }
  | { kind: 'load'; job: LoadJob }
  | { kind: 'remove_route'; route: RouteRecord }
  | { kind: 'purge'; id: string; generation: number };

/**
 * What must be done so that one server's actual state becomes the desired one. Pure: the same view gives the same
 * repairs, and doing one twice is harmless.
 *
 * @param record not older than `actual`: what is newer than the record counts as left over from a former store
 */
export function planRepairs(record: ServerRecord, actual: ActualState, now: number, defaults: RetryDefaults): Repair[] {
  if (record.desired === 'deleted' && now - Date.parse(record.updatedAt) > tombstoneMs) {
    return [{ kind: 'purge', id: record.id, generation: record.generation }];
  }
  const repairs = directoryRepairs(record, actual, now);
  const routes = actual.routesOf(record.id);
  for (const route of routes) {
    const isLeftOver = !actual.isAlive(route.worker) || route.generation > record.generation;
    if (isLeftOver) repairs.push({ kind: 'remove_route', route });
  }
  if (record.desired !== 'enabled') return repairs;

  const live = routes.filter((route) => actual.isAlive(route.worker) && route.state !== 'draining');
  for (let replica = 1; replica <= record.entry.replicas; replica++) {
    const serving = live.filter((route) => route.replica === replica && route.generation <= record.generation);
    const isNewest = serving.some((route) => route.generation === record.generation);
    // One that serves and was never reported healthy: its worker reports when it gets the job.
    if (isNewest ? !isReportedHealthy(record, replica) : isDue(record, replica, now)) {
      push(loadJobOf(record, replica, defaults));
    }
    if (serving.length === 0) push(fallbackJobOf(record, replica, defaults));
  }
  return repairs;

  function push(job: LoadJob | undefined): void {
    if (job) repairs.push({ kind: 'load', job });
  }
}

function directoryRepairs(record: ServerRecord, actual: ActualState, now: number): Repair[] {
  const wanted = directoryRecordOf(record, now);
  const written = actual.directoryRecord(record.id);
  if (written && isSameDirectoryRecord(wanted, written)) return [];
  const write: Repair = { kind: 'write_directory', record: wanted };
  if (!written || written.generation <= record.generation) return [write];
  return [{ kind: 'drop_directory', id: record.id, generation: written.generation }, write];
}

function isReportedHealthy(record: ServerRecord, replica: number): boolean {
  const report = record.reports.find((item) => item.replica === replica);
  return (
    report?.generation === record.generation && report.outcome === 'healthy' && report.capabilitiesHash !== undefined
  );
}

/** A failed generation is left alone until its `nextRetryAt`, or for good where it has none. */
function isDue(record: ServerRecord, replica: number, now: number): boolean {
  const report = record.reports.find((item) => item.replica === replica);
  if (report?.generation !== record.generation || report.outcome !== 'failed') return true;
  const nextRetryAt = report.failure?.nextRetryAt;
  return nextRetryAt !== undefined && Date.parse(nextRetryAt) <= now;
}

/**
 * What must be done about a server that the store has never heard of, or has purged: the directory is told that it is
 * deleted, so that workers retire it, and forgets it when nothing is left.
 */
export function orphanRepairs(id: string, actual: ActualState, now: number): Repair[] {
  const routes = actual.routesOf(id);
  const written = actual.directoryRecord(id);
  const repairs: Repair[] = routes
    .filter((route) => !actual.isAlive(route.worker))
    .map((route) => ({ kind: 'remove_route', route }));
  const newest = Math.max(0, ...routes.map((route) => route.generation));
  if (written?.state === 'deleted' && written.generation >= newest) {
    const isOver = routes.length === 0 && now - written.revision > tombstoneMs;
    if (isOver) repairs.push({ kind: 'drop_directory', id, generation: written.generation });
    return repairs;
  }
  const generation = Math.max(newest, written?.generation ?? 0) + 1;
  const record: DirectoryRecord = {
    id,
    name: written?.name ?? id,
    generation,
    revision: now,
    state: 'deleted',
    replicas: 0,
    sessionRecovery: 'strict',
    limits: {},
  };
  return [...repairs, { kind: 'write_directory', record }];
}
