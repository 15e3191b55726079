import { Redis, type RedisOptions } from 'ioredis';
import { endConnection } from './end-connection.js';
import { reconnectDelayMs } from './reconnect-delay.js';

/**
 * The connection of all consumers of a queue. BullMQ duplicates it for each of them, to wait there for jobs; the copies
 * are kept track of, since BullMQ can't be made to close them while Redis is away. Commands wait for the connection,
 * for what a handler is done with must not be lost with it.
 */
export class ConsumerRedis extends Redis {
  private readonly copies = new Set<Redis>();

  constructor(url: string) {
    super(url, { lazyConnect: true, maxRetriesPerRequest: null, retryStrategy: reconnectDelayMs });
    this.on('error', ignoreConnectionError);
  }

  /** Starts connecting, unless it did; whoever uses it waits by themselves. */
  open(): void {
    if (this.status === 'wait') this.connect().catch(ignoreConnectionError);
  }

  override duplicate(override?: Partial<RedisOptions>): Redis {
    const copy = super.duplicate({ ...override, lazyConnect: false });
    copy.on('error', ignoreConnectionError);
    copy.on('end', () => this.copies.delete(copy));
    this.copies.add(copy);
    return copy;
  }

  /** Ends all connections now; commands that wait fail. */
  destroy(): void {
    for (const connection of [...this.copies, this]) endConnection(connection);
  }
}

// The producer's connection, to the same server, reports its loss. A failed attempt is followed by the next one.
function ignoreConnectionError(): void {}
