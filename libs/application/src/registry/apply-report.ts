import type { LoadJob, WorkerReport } from '../ports/load-queue.port.js';
import type { RegistryStore, ReplicaReport, StoredEntry } from '../ports/registry-store.port.js';
import type { Clock } from '../ports/clock.port.js';
import type { Log } from '../ports/log.port.js';
import { lendBlob, type Messaging } from './announce-desired-state.js';
import { directoryRecordOf } from './directory-record.js';
import { fallbackJobOf, loadJobOf, type RetryDefaults } from './load-jobs.js';
import { nextRetryAt } from './retry-time.js';

/** Keeps what a worker reports, by compare-and-set: late and repeated reports change nothing. */
export class ApplyReport {
  constructor(
    private readonly store: RegistryStore,
    private readonly messaging: Messaging,
    private readonly clock: Clock,
    private readonly retryDefaults: RetryDefaults,
    private readonly log: Log,
  ) {}

  async execute(report: WorkerReport): Promise<void> {
    if (report.kind === 'blob_missing') {
      await this.sendBlobAgain(report.serverId, report.generation, report.replica, report.hash);
      return;
    }
    await this.keep(await this.withBlob(report.report), report.stored);
  }

  private async keep(report: ReplicaReport, stored?: StoredEntry): Promise<void> {
    const record = await this.store.recordReport(report, stored);
    if (!record) {
      this.log.debug('report.late', { serverId: report.serverId, generation: report.generation });
      return;
    }
    await this.messaging.routes.putDirectory(directoryRecordOf(record, this.clock.now()));
  }

  /**
   * Moves the capabilities from the exchange, where a worker put them, into the store. Where they got lost the report
   * is kept without them, so that the reconciler asks the worker again.
   */
  private async withBlob(report: ReplicaReport): Promise<ReplicaReport> {
    const { capabilitiesHash, ...rest } = report;
    if (capabilitiesHash === undefined || (await this.messaging.blobs.has(capabilitiesHash))) return report;
    const content = await this.messaging.exchange.get(capabilitiesHash);
    if (content) {
      await this.messaging.blobs.put(content);
      return report;
    }
    this.log.warn('blob.lost', { serverId: report.serverId, hash: capabilitiesHash });
    return rest;
  }

  private async sendBlobAgain(id: string, generation: number, replica: number, hash: string): Promise<void> {
    const record = await this.store.find(id);
    if (record?.desired !== 'enabled') return;
    const job =
      generation === record.generation
        ? loadJobOf(record, replica, this.retryDefaults)
        : fallbackJobOf(record, replica, this.retryDefaults);
    if (job?.generation !== generation || job.specHash !== hash) return;
    if (await lendBlob(this.messaging, hash)) await this.messaging.queue.enqueue(job);
    else await this.keep(this.lostDocument(job));
  }

  /** Sending the job again would only be answered the same way. */
  private lostDocument(job: LoadJob): ReplicaReport {
    const now = this.clock.now();
    const at = new Date(now).toISOString();
    const failures = job.priorFailures + 1;
    this.log.error('blob.not_stored', { serverId: job.serverId, hash: job.specHash });
    return {
      serverId: job.serverId,
      generation: job.generation,
      replica: job.replica,
      sequence: Math.max(now, job.afterSequence + 1),
      worker: '',
      at,
      outcome: 'failed',
      failures,
      failure: {
        code: 'blob_missing',
        message: 'The document of this server is not stored any more.',
        remedy: 'Send it again as openapi_config.spec, by PUT.',
        since: at,
        stage: 'loading',
        nextRetryAt: nextRetryAt(failures, now),
      },
    };
  }
}
