import { DependencyUnavailable } from '@mcp-hub/domain';
import { LoadQueue, type Consumer, type LoadJob, type WorkerReport } from '../ports/load-queue.port.js';

const idle: Consumer = { pause: async () => {}, resume: async () => {}, close: async () => {} };

/** A `LoadQueue` that delivers nothing, for tests: it keeps what it is given. */
export class RecordingQueue extends LoadQueue {
  readonly jobs: LoadJob[] = [];
  readonly reports: WorkerReport[] = [];
  isAway = false;

  async start(): Promise<void> {}
  async close(): Promise<void> {}
  async ping(): Promise<void> {
    this.answer();
  }
  async enqueue(job: LoadJob): Promise<void> {
    this.answer();
    this.jobs.push(structuredClone(job));
  }
  async consume(): Promise<Consumer> {
    return idle;
  }
  async report(report: WorkerReport): Promise<void> {
    this.answer();
    this.reports.push(structuredClone(report));
  }
  async consumeReports(): Promise<Consumer> {
    return idle;
  }

  private answer(): void {
    if (this.isAway) throw new DependencyUnavailable('queue');
  }
}
