import type { ServerRecord } from '../ports/registry-store.port.js';
import type { DirectoryRecord } from '../ports/route-table.port.js';
import { failureOf } from './server-status-view.js';

/** What gateways and workers are told of a server. `revision` is the time of the write in ms. */
export function directoryRecordOf(record: ServerRecord, revision: number): DirectoryRecord {
  const failure = record.desired === 'enabled' ? reportedFailure(record) : undefined;
  return {
    id: record.id,
    name: record.entry.name,
    generation: record.generation,
    revision,
    state: record.desired,
    replicas: record.entry.replicas,
    sessionRecovery: record.entry.session_recovery,
    limits: record.entry.limits ?? {},
    ...(failure ? { failure } : {}),
  };
}

/** Whether the two say the same, whenever they were written. */
export function isSameDirectoryRecord(a: DirectoryRecord, b: DirectoryRecord): boolean {
  return JSON.stringify({ ...a, revision: 0 }) === JSON.stringify({ ...b, revision: 0 });
}

function reportedFailure(record: ServerRecord): DirectoryRecord['failure'] {
  const failure = failureOf(record, []);
  return failure?.stage === 'waiting' ? undefined : failure;
}
