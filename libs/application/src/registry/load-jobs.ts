import { loaderTypeOf } from '@mcp-hub/domain';
import type { LoadJob } from '../ports/load-queue.port.js';
import type { ServerRecord, StoredEntry } from '../ports/registry-store.port.js';

/** Hub-wide defaults of what an entry may set itself (`loader.*`). */
export interface RetryDefaults {
  attempts: number;
  delayMs: number;
}

/** The job that loads one replica of the newest generation. Undefined where there is nothing to load. */
export function loadJobOf(record: ServerRecord, replica: number, defaults: RetryDefaults): LoadJob | undefined {
  return jobFor(record, record, record.generation, replica, defaults);
}

/** The job that loads the last healthy generation, so that something serves while the newest does not. */
export function fallbackJobOf(record: ServerRecord, replica: number, defaults: RetryDefaults): LoadJob | undefined {
  const { lastHealthy } = record;
  if (!lastHealthy || lastHealthy.generation >= record.generation) return undefined;
  const job = jobFor(record, lastHealthy, lastHealthy.generation, replica, defaults);
  return job && { ...job, isFallback: true };
}

function jobFor(
  record: ServerRecord,
  stored: StoredEntry,
  generation: number,
  replica: number,
  defaults: RetryDefaults,
): LoadJob | undefined {
  const { entry, specHash } = stored;
  const loaderType = loaderTypeOf(entry);
  if (!loaderType) return undefined;
  const last = record.reports.find((report) => report.replica === replica);
  return {
    serverId: record.id,
    generation,
    replica,
    entry,
    ...(specHash ? { specHash } : {}),
    loaderType,
    attempts: Math.max(1, entry.retry_attempts ?? defaults.attempts),
    retryDelayMs: entry.retry_delay === undefined ? defaults.delayMs : entry.retry_delay * 1000,
    afterSequence: last?.sequence ?? 0,
    priorFailures: last?.generation === generation && last.outcome === 'failed' ? last.failures : 0,
  };
}
