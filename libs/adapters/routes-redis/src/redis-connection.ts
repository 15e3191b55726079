import { DependencyUnavailable } from '@mcp-hub/domain';
import type { Log } from '@mcp-hub/application';
import { Redis } from 'ioredis';

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, with user, password and database number where needed. */
  url: string;
  /** Named in the errors and logs. */
  dependency: DependencyUnavailable['dependency'];
  log?: Log | undefined;
  /** How long a command may take, the wait for a connection included. */
  timeoutMs: number;
}

const longestReconnectMs = 1_000;
/** A silent connection is found dead after this, plus the time-out of the command that tests it. */
const heartbeatMs = 1_000;

/**
 * One connection that comes back by itself. Commands fail after a bounded time instead of waiting for it, and are not
 * kept for later: whoever gave one up does not find it done afterwards.
 */
export class RedisConnection {
  private readonly redis: Redis;
  private readonly waiters = new Set<() => void>();
  private readonly readyListeners = new Set<() => void>();
  private readonly lostListeners = new Set<() => void>();
  private heartbeat: NodeJS.Timeout | undefined;
  private state: 'new' | 'starting' | 'open' | 'closed' = 'new';
  private hasReportedLoss = false;
  /** Of `performance.now()`; undefined while connected. */
  private awaySince: number | undefined;

  constructor(private readonly options: RedisConnectionOptions) {
    this.redis = new Redis(options.url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      connectTimeout: options.timeoutMs,
      // Without an answer for so long the connection counts as dead.
      socketTimeout: options.timeoutMs,
      retryStrategy: reconnectDelayMs,
    });
    this.redis.on('ready', () => this.whenReady());
    this.redis.on('close', () => this.whenLost());
    this.redis.on('error', (error) => this.reportLoss(error));
  }

  get isReady(): boolean {
    return this.redis.status === 'ready';
  }

  /** Resolves when first connected, and keeps trying until then. @throws DependencyUnavailable where it is closed before */
  async start(): Promise<void> {
    if (this.state === 'new') {
      this.state = 'starting';
      this.awaySince = performance.now();
      // A failed attempt is followed by the next one.
      this.redis.connect().catch(() => undefined);
    }
    while (!this.isReady) {
      if (this.state === 'closed') throw new DependencyUnavailable(this.options.dependency);
      await new Promise<void>((resolve) => this.waiters.add(resolve));
    }
  }

  async close(): Promise<void> {
    if (this.state === 'closed') return;
    this.state = 'closed';
    clearInterval(this.heartbeat);
    if (this.isReady) await this.redis.quit().catch(() => undefined);
    this.redis.disconnect();
    this.wake();
  }

  /** @throws DependencyUnavailable where the answer does not come in time, or is an error */
  async run<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    const { dependency, timeoutMs } = this.options;
    let timer: NodeJS.Timeout | undefined;
    const timeIsUp = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`No answer within ${timeoutMs} ms.`)), this.patienceMs());
    });
    const answer = async () => {
      await this.untilReady(timeIsUp);
      return command(this.redis);
    };
    try {
      return await Promise.race([answer(), timeIsUp]);
    } catch (error) {
      throw new DependencyUnavailable(dependency, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  onReady(listener: () => void): void {
    this.readyListeners.add(listener);
  }

  onLost(listener: () => void): void {
    this.lostListeners.add(listener);
  }

  onMessage(listener: (channel: string, message: string) => void): void {
    this.redis.on('message', listener);
  }

  /** A server that was away for longer than a command may take is not waited for again by every single command. */
  private patienceMs(): number {
    const { timeoutMs } = this.options;
    if (this.awaySince === undefined || performance.now() - this.awaySince < timeoutMs) return timeoutMs;
    return 0;
  }

  /** Throws as soon as the time is up, so that nothing is done that was given up. */
  private async untilReady(timeIsUp: Promise<never>): Promise<void> {
    while (!this.isReady && this.state !== 'closed') {
      let waiter: (() => void) | undefined;
      const woken = new Promise<void>((resolve) => {
        waiter = resolve;
        this.waiters.add(resolve);
      });
      try {
        await Promise.race([woken, timeIsUp]);
      } finally {
        if (waiter) this.waiters.delete(waiter);
      }
    }
  }

  private whenReady(): void {
    if (this.state === 'closed') return;
    this.awaySince = undefined;
    if (this.hasReportedLoss || this.state === 'starting') {
      this.options.log?.info('redis.connected', { dependency: this.options.dependency });
    }
    this.hasReportedLoss = false;
    this.state = 'open';
    this.heartbeat ??= setInterval(() => this.beat(), heartbeatMs).unref();
    this.wake();
    for (const listener of this.readyListeners) listener();
  }

  private whenLost(): void {
    if (this.state === 'closed') return;
    this.awaySince ??= performance.now();
    this.reportLoss(undefined);
    for (const listener of this.lostListeners) listener();
  }

  private beat(): void {
    // An unanswered ping makes the socket time out, which is what reports it.
    if (this.isReady) this.redis.ping().catch(() => undefined);
  }

  private reportLoss(error: unknown): void {
    if (this.hasReportedLoss || this.state === 'closed') return;
    this.hasReportedLoss = true;
    this.options.log?.warn('redis.lost', { dependency: this.options.dependency, ...(error ? { error } : {}) });
  }

  private wake(): void {
    const waiters = [...this.waiters];
    this.waiters.clear();
    for (const waiter of waiters) waiter();
  }
}

/** Soon at first, then ever less often, and not all clients at once. */
function reconnectDelayMs(attempt: number): number {
  return Math.min(longestReconnectMs, 25 * 2 ** Math.min(attempt, 10)) * (0.8 + 0.4 * Math.random());
}
