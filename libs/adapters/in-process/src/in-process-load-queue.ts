import {
  LoadQueue,
  type Consumer,
  type LoadHandler,
  type LoadJob,
  type ReportHandler,
  type WorkerReport,
  retryDelayMs,
} from '@mcp-hub/application';
import { DependencyUnavailable, LoadFailed } from '@mcp-hub/domain';
import { InProcessChannel } from './in-process-channel.js';

export interface InProcessLoadQueueOptions {
  /** How long a consumer that closes waits for a handler before another gets its job. Default 10 s. */
  closeTimeoutMs?: number;
  /** Before a report is brought again; doubles, with jitter, up to 30 s. Default 1 s. */
  reportRetryDelayMs?: number;
  /** In [0, 1). Default `Math.random`. */
  random?: () => number;
}

const longestReportDelayMs = 30_000;
/** A report that nobody could take for about a day is given up. */
const reportAttempts = 3_000;

/** The queue of a hub that is one process. What waits is lost with the process; the reconciler makes up for it. */
export class InProcessLoadQueue extends LoadQueue {
  private readonly jobs = new Map<string, InProcessChannel<LoadJob>>();
  private readonly reports: InProcessChannel<WorkerReport>;
  private readonly closeTimeoutMs: number;
  private readonly random: () => number;
  private isClosed = false;

  constructor(options: InProcessLoadQueueOptions = {}) {
    super();
    this.closeTimeoutMs = options.closeTimeoutMs ?? 10_000;
    this.random = options.random ?? Math.random;
    const reportRetryDelayMs = options.reportRetryDelayMs ?? 1_000;
    this.reports = new InProcessChannel<WorkerReport>(
      {
        attempts: () => reportAttempts,
        delayMs: (_, failures) =>
          Math.min(longestReportDelayMs, retryDelayMs(reportRetryDelayMs, failures, this.random)),
        isFinal: () => false,
      },
      this.closeTimeoutMs,
    );
  }

  async start(): Promise<void> {
    this.isClosed = false;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.jobs.values(), this.reports].map((channel) => channel.close()));
  }

  async ping(): Promise<void> {
    this.assertOpen();
  }

  async enqueue(job: LoadJob): Promise<void> {
    this.assertOpen();
    this.channelOf(job.loaderType).push(job, JSON.stringify([job.serverId, job.generation, job.replica]));
  }

  async consume(loaderType: string, concurrency: number, handler: LoadHandler): Promise<Consumer> {
    return this.channelOf(loaderType).consume(concurrency, handler);
  }

  async report(report: WorkerReport): Promise<void> {
    this.assertOpen();
    this.reports.push(report);
  }

  async consumeReports(handler: ReportHandler): Promise<Consumer> {
    return this.reports.consume(1, (report) => handler(report));
  }

  private channelOf(loaderType: string): InProcessChannel<LoadJob> {
    const known = this.jobs.get(loaderType);
    if (known) return known;
    const channel = new InProcessChannel<LoadJob>(
      {
        attempts: (job) => job.attempts,
        delayMs: (job, failures) => retryDelayMs(job.retryDelayMs, failures, this.random),
        isFinal: (error) => error instanceof LoadFailed && !error.isTransient,
      },
      this.closeTimeoutMs,
    );
    this.jobs.set(loaderType, channel);
    return channel;
  }

  private assertOpen(): void {
    if (this.isClosed) throw new DependencyUnavailable('queue');
  }
}
