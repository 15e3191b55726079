import type { Log } from '@mcp-hub/application';
import { DependencyUnavailable } from '@mcp-hub/domain';
import { Redis } from 'ioredis';
import { endConnection } from './end-connection.js';
import { reconnectDelayMs } from './reconnect-delay.js';

/**
 * The connection of those who enqueue, report and ping. It comes back by itself; meanwhile its commands fail after a
 * bounded time, and are not kept for later.
 */
export class ProducerConnection {
  readonly redis: Redis;
  private readonly closed = new AbortController();
  private isLossKnown = false;

  constructor(
    url: string,
    private readonly timeoutMs: number,
    private readonly log: Log | undefined,
  ) {
    this.redis = new Redis(url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: timeoutMs,
      // Without an answer for so long the connection counts as dead.
      socketTimeout: timeoutMs,
      retryStrategy: reconnectDelayMs,
    });
    // Every command that waits for the connection listens. Zero would be no limit, but BullMQ counts on from it.
    this.redis.setMaxListeners(100_000);
    this.redis.on('ready', () => {
      this.isLossKnown = false;
      this.log?.info('redis.connected', { dependency: 'queue' });
    });
    this.redis.on('close', () => this.noteLoss(undefined));
    this.redis.on('error', (error) => this.noteLoss(error));
  }

  /** Resolves when first connected, and keeps trying until then. @throws DependencyUnavailable where it is closed before */
  async start(): Promise<void> {
    if (this.redis.status === 'wait' && !this.closed.signal.aborted) {
      // A failed attempt is followed by the next one.
      this.redis.connect().catch(() => undefined);
    }
    try {
      await this.whenReady(this.closed.signal);
    } catch (error) {
      throw new DependencyUnavailable('queue', { cause: error });
    }
  }

  async close(): Promise<void> {
    if (this.closed.signal.aborted) return;
    this.closed.abort(new Error('The connection was closed.'));
    if (this.redis.status === 'ready') await this.redis.quit().catch(() => undefined);
    endConnection(this.redis);
  }

  /** @throws DependencyUnavailable where the work is not done in time, or fails */
  async run<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const time = new AbortController();
    const timer = setTimeout(() => time.abort(new Error(`No answer within ${this.timeoutMs} ms.`)), this.timeoutMs);
    try {
      if (this.redis.status !== 'ready') await this.whenReady(AbortSignal.any([time.signal, this.closed.signal]));
      return await Promise.race([work(this.redis), aborted(time.signal)]);
    } catch (error) {
      throw new DependencyUnavailable('queue', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  private async whenReady(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { redis } = this;
    if (redis.status === 'ready') return;
    await new Promise<void>((resolve, reject) => {
      const onReady = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        redis.off('ready', onReady);
        reject(signal.reason as Error);
      };
      redis.once('ready', onReady);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  private noteLoss(error: unknown): void {
    if (this.isLossKnown || this.closed.signal.aborted) return;
    this.isLossKnown = true;
    this.log?.warn('redis.lost', { dependency: 'queue', ...(error ? { error } : {}) });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
