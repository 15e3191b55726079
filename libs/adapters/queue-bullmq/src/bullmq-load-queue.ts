import {
  LoadQueue,
  type Consumer,
  type LoadHandler,
  type LoadJob,
  type Log,
  type ReportHandler,
  type WorkerReport,
  retryDelayMs,
} from '@mcp-hub/application';
import { Queue, type JobsOptions } from 'bullmq';
import { BullmqConsumer, type ConsumerOptions } from './bullmq-consumer.js';
import { ConsumerRedis } from './consumer-redis.js';
import { freeJobId, queueNames } from './job-ids.js';
import { ProducerConnection } from './producer-connection.js';

export interface BullmqLoadQueueOptions {
  /** `redis://` or `rediss://`, with user, password and database number where needed. */
  url: string;
  /** In front of all keys and of the names of the queues (`<namespace>-load-<type>`, `<namespace>-reports`). */
  namespace: string;
  log?: Log;
  /** How long a consumer that closes waits for a handler before another gets its job. Default 10 s. */
  closeTimeoutMs?: number;
  /** Before a report is brought again; doubles, with jitter, up to 30 s. Default 1 s. */
  reportRetryDelayMs?: number;
  /** A killed worker's job is delivered again after this and one more stalled interval at most. Default 10 s. */
  lockDurationMs?: number;
  /** Default 5 s. */
  stalledIntervalMs?: number;
  /** In [0, 1). Default `Math.random`. */
  random?: () => number;
}

/** The port promises an answer or an error within 5 s. */
const timeoutMs = 4_000;
const longestReportDelayMs = 30_000;
/** A report that nobody could take for about a day is given up. */
const reportAttempts = 3_000;
/** BullMQ logs what happens to jobs in a stream that nothing here reads. */
const keptEvents = 100;

/** Nothing is kept of a job that is over, else its id could not be used again. */
const jobOptions = { removeOnComplete: true, removeOnFail: true, stackTraceLimit: 0, backoff: { type: 'custom' } };

/**
 * Load jobs and reports on BullMQ. `start` resolves when Redis is first there, however long that takes, and throws only
 * where the queue is closed before. A worker that closes in order gives its jobs back at once; those of one that was
 * killed are delivered again when their locks have run out. Neither is for anybody to rely on: equal jobs may be
 * enqueued meanwhile.
 */
export class BullmqLoadQueue extends LoadQueue {
  private readonly producer: ProducerConnection;
  private readonly consumerRedis: ConsumerRedis;
  private readonly names: ReturnType<typeof queueNames>;
  private readonly queues = new Map<string, Queue>();
  private readonly consumers = new Set<Consumer>();
  private closing: Promise<void> | undefined;

  constructor(private readonly options: BullmqLoadQueueOptions) {
    super();
    this.producer = new ProducerConnection(options.url, timeoutMs, options.log);
    this.consumerRedis = new ConsumerRedis(options.url);
    this.names = queueNames(options.namespace);
  }

  start(): Promise<void> {
    return this.producer.start();
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  async ping(): Promise<void> {
    await this.producer.run((redis) => redis.ping());
  }

  async enqueue(job: LoadJob): Promise<void> {
    await this.producer.run(async (redis) => {
      const queue = this.queueOf(this.names.load(job.loaderType));
      const jobId = await freeJobId(redis, queue, job);
      if (jobId !== undefined) await queue.add('load', job, { ...jobOptions, jobId, attempts: job.attempts });
    });
  }

  async consume(loaderType: string, concurrency: number, handler: LoadHandler): Promise<Consumer> {
    return this.consumer<LoadJob>(this.names.load(loaderType), {
      concurrency,
      handler,
      retryDelayMs: (job, failures) => retryDelayMs(job.retryDelayMs, failures, this.random),
    });
  }

  async report(report: WorkerReport): Promise<void> {
    await this.producer.run(async () => {
      const options: JobsOptions = { ...jobOptions, attempts: reportAttempts };
      await this.queueOf(this.names.reports).add('report', report, options);
    });
  }

  async consumeReports(handler: ReportHandler): Promise<Consumer> {
    const firstMs = this.options.reportRetryDelayMs ?? 1_000;
    return this.consumer<WorkerReport>(this.names.reports, {
      concurrency: 1,
      handler: (report) => handler(report),
      retryDelayMs: (_, failures) => Math.min(longestReportDelayMs, retryDelayMs(firstMs, failures, this.random)),
    });
  }

  private get random(): () => number {
    return this.options.random ?? Math.random;
  }

  private consumer<T>(
    queueName: string,
    how: Pick<ConsumerOptions<T>, 'concurrency' | 'handler' | 'retryDelayMs'>,
  ): Consumer {
    const { namespace, lockDurationMs, stalledIntervalMs, closeTimeoutMs, log } = this.options;
    const consumer = new BullmqConsumer<T>({
      queueName,
      prefix: namespace,
      redis: this.consumerRedis,
      lockDurationMs: lockDurationMs ?? 10_000,
      stalledIntervalMs: stalledIntervalMs ?? 5_000,
      closeTimeoutMs: closeTimeoutMs ?? 10_000,
      log,
      ...how,
    });
    this.consumers.add(consumer);
    return consumer;
  }

  /** To be called with a connection that is ready: BullMQ's own first steps on it are never repeated. */
  private queueOf(name: string): Queue {
    const known = this.queues.get(name);
    if (known) return known;
    const queue = new Queue(name, {
      connection: this.producer.redis,
      prefix: this.options.namespace,
      skipVersionCheck: true,
      streams: { events: { maxLen: keptEvents } },
    });
    // Its connection is the producer's, which reports its own errors.
    queue.on('error', () => undefined);
    this.queues.set(name, queue);
    return queue;
  }

  private async end(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.close()));
    this.consumerRedis.destroy();
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
    await this.producer.close();
  }
}
