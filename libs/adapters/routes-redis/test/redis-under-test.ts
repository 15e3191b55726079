import type { ServerUnderTest } from '@mcp-hub/application/testing';
import { startRedis, startTcpProxy, type RunningServer, type TcpProxy } from '@mcp-hub/test-servers';
import { Redis } from 'ioredis';

/** A Redis server of its own behind a proxy, for tests that take it away or make it lose everything. */
export class RedisUnderTest implements ServerUnderTest {
  private constructor(
    private readonly server: RunningServer,
    private readonly proxy: TcpProxy,
  ) {}

  static async start(): Promise<RedisUnderTest> {
    const server = await startRedis();
    return new RedisUnderTest(server, await startTcpProxy(server.port));
  }

  /** By way of the proxy. */
  get url(): string {
    return `redis://127.0.0.1:${this.proxy.port}`;
  }

  async drop(): Promise<void> {
    this.proxy.drop();
  }

  async restore(): Promise<void> {
    await this.proxy.restore();
  }

  /** Everything takes so much longer, each way. */
  slow(ms: number): void {
    this.proxy.delay(ms);
  }

  /** A client of the server itself, not by way of the proxy. */
  client(): Redis {
    return new Redis(this.server.url);
  }

  /** Connections stay open and nothing answers, until `thaw`. */
  freeze(): void {
    this.server.pause();
  }

  thaw(): void {
    this.server.resume();
  }

  /** The scripts are lost too, as when another server takes over. */
  async lose(): Promise<void> {
    const redis = this.client();
    await redis.flushall();
    await redis.script('FLUSH');
    await redis.quit();
  }

  async stop(): Promise<void> {
    await this.proxy.close();
    await this.server.stop();
  }
}
