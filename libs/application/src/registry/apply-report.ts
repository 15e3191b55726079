import type { WorkerReport } from '../ports/load-queue.port.js';
import type { RegistryStore } from '../ports/registry-store.port.js';
import type { Clock } from '../ports/clock.port.js';
import type { Log } from '../ports/log.port.js';
import { enqueueWithBlobs, lendBlob, type Messaging } from './announce-desired-state.js';
import { directoryRecordOf } from './directory-record.js';
import { fallbackJobOf, loadJobOf, type RetryDefaults } from './load-jobs.js';

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
    const { capabilitiesHash } = report.report;
    if (capabilitiesHash !== undefined) await this.moveBlob(capabilitiesHash);
    const record = await this.store.recordReport(report.report, report.stored);
    if (!record) {
      this.log.debug('report.late', { serverId: report.report.serverId, generation: report.report.generation });
      return;
    }
    await this.messaging.routes.putDirectory(directoryRecordOf(record, this.clock.now()));
  }

  /** From the exchange, where a worker put it, into the store. */
  private async moveBlob(hash: string): Promise<void> {
    if (await this.messaging.blobs.has(hash)) return;
    const content = await this.messaging.exchange.get(hash);
    if (content) await this.messaging.blobs.put(content);
    else this.log.warn('blob.lost', { hash });
  }

  private async sendBlobAgain(id: string, generation: number, replica: number, hash: string): Promise<void> {
    const record = await this.store.find(id);
    if (record?.desired !== 'enabled') return;
    const job =
      generation === record.generation
        ? loadJobOf(record, replica, this.retryDefaults)
        : fallbackJobOf(record, replica, this.retryDefaults);
    if (job?.generation !== generation) return;
    await lendBlob(this.messaging, hash);
    await enqueueWithBlobs(this.messaging, job);
  }
}
