import type { Consumer, HostedServers, LoadAttempt, LoadJob, LoadQueue, LoadReplica, Log } from '@mcp-hub/application';

export interface WorkerJobsOptions {
  loaderTypes: readonly string[];
  /** Of one server of that type. */
  weightOf: (loaderType: string) => number;
  /** In units of weight, all servers together. */
  capacity: number;
  /** Loads of one type that run at the same time. */
  concurrency: number;
}

/**
 * Takes load jobs of the types that this worker offers, while it has room: full, it stops listening, and goes on when
 * something was retired. Loads in progress count, so capacity is exceeded by no more than the jobs in hand. A server
 * that is being reloaded does not: a full worker could never load what takes its place.
 */
export class WorkerJobs {
  private consumers: Consumer[] = [];
  private isPaused = false;
  private loading = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly queue: LoadQueue,
    private readonly loadReplica: Pick<LoadReplica, 'execute'>,
    private readonly hosted: Pick<HostedServers, 'occupied'>,
    private readonly log: Log,
    private readonly options: WorkerJobsOptions,
  ) {}

  async start(): Promise<void> {
    for (const type of this.options.loaderTypes) {
      const consumer = await this.queue.consume(type, this.options.concurrency, (job, attempt) =>
        this.run(job, attempt),
      );
      this.consumers.push(consumer);
      if (this.isPaused) await consumer.pause();
    }
    this.timer = setInterval(() => void this.adjust(), 1_000);
    this.timer.unref();
  }

  /** No new jobs; those in hand are given back. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.consumers.map((consumer) => consumer.close()));
    this.consumers = [];
  }

  private async run(job: LoadJob, attempt: LoadAttempt): Promise<void> {
    const weight = this.options.weightOf(job.loaderType);
    this.loading += weight;
    try {
      await this.adjust();
      await this.loadReplica.execute(job, attempt);
    } finally {
      this.loading -= weight;
      await this.adjust();
    }
  }

  private async adjust(): Promise<void> {
    const { occupied } = this.hosted;
    const isFull = occupied + this.loading >= this.options.capacity;
    if (isFull === this.isPaused) return;
    this.isPaused = isFull;
    this.log.info(isFull ? 'worker.full' : 'worker.has_room', { hosted: occupied, capacity: this.options.capacity });
    try {
      await Promise.all(this.consumers.map((consumer) => (isFull ? consumer.pause() : consumer.resume())));
    } catch (error) {
      this.isPaused = !isFull;
      this.log.warn('worker.not_adjusted', { error });
    }
  }
}
