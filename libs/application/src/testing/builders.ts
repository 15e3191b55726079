import type { ServerEntry } from '@mcp-hub/domain';
import type { ReplicaReport, ServerRecord } from '../ports/registry-store.port.js';

/** The moment at which the things that builders make were made. */
export const builtAt = '2026-01-02T03:04:05.000Z';

/** An entry as `parseServerEntry` leaves it, with nothing to load; `name` follows `id`. */
export function aServerEntry(overrides: Partial<ServerEntry> = {}): ServerEntry {
  const id = overrides.id ?? 'weather';
  return {
    id,
    name: `${id} server`,
    description: 'A server made for a test',
    version_detail: { version: '1.0.0', release_date: builtAt, is_latest: true },
    packages: [],
    remotes: [],
    tags: [],
    enabled: true,
    activation: 'eager',
    replicas: 1,
    session_recovery: 'transparent',
    isolation: 'shared',
    forward_headers: [],
    ...overrides,
  };
}

/** A record as stored at generation 1 and not reported on yet; `id` and `desired` follow `entry` where one is given. */
export function aServerRecord(overrides: Partial<ServerRecord> = {}): ServerRecord {
  const entry = overrides.entry ?? aServerEntry(overrides.id === undefined ? {} : { id: overrides.id });
  return {
    id: entry.id,
    entry,
    desired: entry.enabled ? 'enabled' : 'disabled',
    generation: 1,
    createdAt: builtAt,
    updatedAt: builtAt,
    reports: [],
    ...overrides,
  };
}

/** The first report of replica 1 of generation 1: healthy, or failed with a failure where `outcome` says so. */
export function aReplicaReport(overrides: Partial<ReplicaReport> = {}): ReplicaReport {
  const report: ReplicaReport = {
    serverId: 'weather',
    generation: 1,
    replica: 1,
    sequence: 1,
    worker: 'worker-1',
    at: builtAt,
    outcome: 'healthy',
    failures: 0,
    ...overrides,
  };
  if (report.outcome === 'healthy' || report.failure) return report;
  return {
    ...report,
    failures: overrides.failures ?? 1,
    failure: {
      code: 'crashed',
      message: 'The server exited with code 1.',
      remedy: 'Look at its log.',
      since: report.at,
      stage: 'starting',
    },
  };
}
