import type { BlobExchange, BlobStore } from '../ports/blob-store.port.js';
import type { Clock } from '../ports/clock.port.js';
import type { LoadJob, LoadQueue } from '../ports/load-queue.port.js';
import type { Log } from '../ports/log.port.js';
import type { ServerRecord } from '../ports/registry-store.port.js';
import type { RouteTable } from '../ports/route-table.port.js';
import { directoryRecordOf } from './directory-record.js';
import { loadJobOf, type RetryDefaults } from './load-jobs.js';

/** How long a document stays with the exchange without being renewed. */
export const exchangeTtlMs = 10 * 60_000;

export interface Messaging {
  routes: RouteTable;
  queue: LoadQueue;
  blobs: BlobStore;
  exchange: BlobExchange;
}

/**
 * Tells workers and gateways what is wanted of a server now. Only a hint that makes things faster: the entry is stored
 * already, and what gets lost here the reconciler sends again. So a failure is logged, never thrown.
 */
export class AnnounceDesiredState {
  constructor(
    private readonly messaging: Messaging,
    private readonly clock: Clock,
    private readonly retryDefaults: RetryDefaults,
    private readonly log: Log,
  ) {}

  async execute(record: ServerRecord): Promise<void> {
    try {
      await this.messaging.routes.putDirectory(directoryRecordOf(record, this.clock.now()));
      if (record.desired !== 'enabled') return;
      for (let replica = 1; replica <= record.entry.replicas; replica++) {
        const job = loadJobOf(record, replica, this.retryDefaults);
        if (job) await enqueueWithBlobs(this.messaging, job);
      }
    } catch (error) {
      this.log.warn('server.announce_failed', { serverId: record.id, generation: record.generation, error });
    }
  }
}

/** The document first, then the job that names it. */
export async function enqueueWithBlobs(messaging: Messaging, job: LoadJob): Promise<void> {
  if (job.specHash !== undefined) await lendBlob(messaging, job.specHash);
  await messaging.queue.enqueue(job);
}

/** Makes sure that workers find a blob. @returns false where it is not in the store either: the load tells */
export async function lendBlob(
  { blobs, exchange }: Pick<Messaging, 'blobs' | 'exchange'>,
  hash: string,
): Promise<boolean> {
  if (await exchange.renew(hash, exchangeTtlMs)) return true;
  const content = await blobs.get(hash);
  if (content) await exchange.put(content, exchangeTtlMs);
  return content !== undefined;
}
