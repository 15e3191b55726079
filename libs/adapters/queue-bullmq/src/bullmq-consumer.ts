import type { Consumer, LoadAttempt, Log } from '@mcp-hub/application';
import { HubError, LoadFailed } from '@mcp-hub/domain';
import { UnrecoverableError, WaitingError, Worker, type Job } from 'bullmq';
import type { ConsumerRedis } from './consumer-redis.js';

export interface ConsumerOptions<T> {
  queueName: string;
  prefix: string;
  redis: ConsumerRedis;
  concurrency: number;
  handler: (message: T, attempt: LoadAttempt) => Promise<void>;
  /** @param failures ≥ 1 */
  retryDelayMs: (message: T, failures: number) => number;
  lockDurationMs: number;
  stalledIntervalMs: number;
  closeTimeoutMs: number;
  log: Log | undefined;
}

/** After the handlers' time, for giving back their jobs. */
const goodbyeMs = 1_000;

/** Takes the messages of one BullMQ queue. */
export class BullmqConsumer<T> implements Consumer {
  private readonly worker: Worker<T, void>;
  private readonly inHand = new Map<AbortController, Promise<void>>();
  private isPaused = false;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: ConsumerOptions<T>) {
    const { queueName, prefix, redis, concurrency, lockDurationMs, stalledIntervalMs, log } = options;
    redis.open();
    this.worker = new Worker<T, void>(queueName, (job, token) => this.process(job, token ?? ''), {
      connection: redis,
      prefix,
      concurrency,
      lockDuration: lockDurationMs,
      stalledInterval: stalledIntervalMs,
      // How often a job may be in the hands of a worker that dies: that is for those who enqueue to judge.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: goodbyeMs,
      settings: {
        backoffStrategy: (failures, _type, _error, job) => options.retryDelayMs((job as Job<T>).data, failures),
      },
    });
    this.worker.on('error', (error) => {
      // While Redis is away, the connection of those who enqueue has said so already.
      if (redis.status === 'ready' && !this.closing) log?.warn('queue.consumer_error', { queue: queueName, error });
    });
  }

  async pause(): Promise<void> {
    this.isPaused = true;
    await this.worker.pause(true);
  }

  async resume(): Promise<void> {
    if (this.closing) return;
    this.isPaused = false;
    await this.worker.resume();
  }

  close(): Promise<void> {
    this.closing ??= this.letGo();
    return this.closing;
  }

  private async letGo(): Promise<void> {
    for (const abort of this.inHand.keys()) abort.abort();
    const closed = this.worker.close();
    await withinTime(Promise.allSettled(this.inHand.values()), this.options.closeTimeoutMs);
    // Without Redis nothing can be given back: then the jobs are delivered again when their locks run out.
    await withinTime(closed, goodbyeMs);
  }

  private async process(job: Job<T, void>, token: string): Promise<void> {
    // A worker that waited for a job when it was told to stop still brings that one.
    if (this.isPaused || this.closing) return giveBack(job, token);
    const abort = new AbortController();
    const { signal } = abort;
    const attempt = job.attemptsMade + 1;
    const isLast = attempt >= (job.opts.attempts ?? 1);
    const handled = this.options.handler(job.data, { attempt, isLast, signal });
    this.inHand.set(abort, handled);
    try {
      await settledOrLetGo(handled, signal, this.options.closeTimeoutMs);
    } catch (error) {
      const isFinal = error instanceof LoadFailed && !error.isTransient;
      if (signal.aborted && !isFinal) return await giveBack(job, token);
      // Redis keeps what is thrown here: no message, no stack.
      const reason = error instanceof HubError ? error.code : 'handler_failed';
      throw isFinal ? new UnrecoverableError(reason) : new Error(reason);
    } finally {
      this.inHand.delete(abort);
    }
  }
}

/** Another consumer gets it, next, and it does not count as an attempt. */
async function giveBack(job: Job, token: string): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

/** Rejects where the handler is not done some time after the abort. */
async function settledOrLetGo(handled: Promise<void>, signal: AbortSignal, patienceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const letGo = new Promise<never>((_, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        timer = setTimeout(() => reject(new Error('The handler did not end in time.')), patienceMs);
      },
      { once: true },
    );
  });
  try {
    await Promise.race([handled, letGo]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when `work` does, and after `timeoutMs` at the latest. */
async function withinTime(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([work, timeIsUp]);
  clearTimeout(timer);
}
