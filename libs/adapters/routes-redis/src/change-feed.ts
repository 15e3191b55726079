import type { Log, RouteEvent } from '@mcp-hub/application';
import type { RedisConnection } from './redis-connection.js';

const resubscribeMs = 1_000;

/** The subscription to the changes: on a connection of its own, made again whenever that comes back. */
export class ChangeFeed {
  private hasSubscription = false;
  private readonly waiters = new Set<() => void>();

  constructor(
    private readonly connection: RedisConnection,
    private readonly channel: string,
    onChange: (event: RouteEvent) => void,
    private readonly onState: () => void,
    private readonly log: Log | undefined,
  ) {
    connection.onReady(() => void this.subscribe());
    connection.onLost(() => this.setSubscription(false));
    connection.onMessage((_, message) => onChange(JSON.parse(message) as RouteEvent));
  }

  /** Whether every change from now on will be told, as long as the connection holds. */
  get isSubscribed(): boolean {
    return this.hasSubscription && this.connection.isReady;
  }

  /** Resolves when first subscribed. @throws DependencyUnavailable where it is closed before */
  async start(): Promise<void> {
    await this.connection.start();
    while (!this.isSubscribed) {
      await new Promise<void>((resolve) => this.waiters.add(resolve));
      await this.connection.start();
    }
  }

  async close(): Promise<void> {
    await this.connection.close();
    this.wake();
  }

  private async subscribe(): Promise<void> {
    try {
      await this.connection.run((redis) => redis.subscribe(this.channel));
      this.setSubscription(true);
    } catch (error) {
      // A connection that was lost again subscribes when it is back.
      if (!this.connection.isReady) return;
      this.log?.warn('routes.subscribe_failed', { error });
      setTimeout(() => void this.subscribe(), resubscribeMs).unref();
    }
  }

  private setSubscription(isThere: boolean): void {
    this.hasSubscription = isThere;
    this.onState();
    this.wake();
  }

  private wake(): void {
    const waiters = [...this.waiters];
    this.waiters.clear();
    for (const waiter of waiters) waiter();
  }
}
