import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { BlobExchange, type Log } from '@mcp-hub/application';
import { RedisConnection } from './redis-connection.js';

export interface RedisBlobExchangeOptions {
  /** `redis://` or `rediss://`, with user, password and database number where needed. */
  url: string;
  /** In front of all keys. */
  namespace: string;
  log?: Log;
}

/** A blob of 64 MiB that does not compress takes a while on a slow network. */
const timeoutMs = 10_000;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/**
 * Blobs in Redis, compressed, on a connection of its own: a big one does not hold up anything else. `start` waits for
 * Redis as long as it takes; calls throw `DependencyUnavailable('queue')` where it does not answer within 10 s.
 */
export class RedisBlobExchange extends BlobExchange {
  private readonly connection: RedisConnection;

  constructor(private readonly options: RedisBlobExchangeOptions) {
    super();
    this.connection = new RedisConnection({ url: options.url, dependency: 'queue', log: options.log, timeoutMs });
  }

  /** Resolves when first connected. @throws DependencyUnavailable where it is closed before */
  start(): Promise<void> {
    return this.connection.start();
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  async put(content: Uint8Array, ttlMs: number): Promise<string> {
    const hash = createHash('sha256').update(content).digest('hex');
    if (await this.renew(hash, ttlMs)) return hash;
    const compressed = await compress(content);
    await this.connection.run((redis) => redis.set(this.keyOf(hash), compressed, 'PX', ttlMs));
    return hash;
  }

  async get(hash: string): Promise<Uint8Array | undefined> {
    const compressed = await this.connection.run((redis) => redis.getBuffer(this.keyOf(hash)));
    if (!compressed) return undefined;
    const content = await decompress(compressed);
    return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  }

  async renew(hash: string, ttlMs: number): Promise<boolean> {
    return (await this.connection.run((redis) => redis.pexpire(this.keyOf(hash), ttlMs))) === 1;
  }

  private keyOf(hash: string): string {
    return `${this.options.namespace}:blob:${hash}`;
  }
}
