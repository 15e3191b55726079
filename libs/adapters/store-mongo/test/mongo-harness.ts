import { randomUUID } from 'node:crypto';
import { Logger, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BlobStore, RegistryStore } from '@mcp-hub/application';
import { SetClock, type StoreConnection } from '@mcp-hub/application/testing';
import { startTcpProxy, type TcpProxy } from '@mcp-hub/test-servers';
import type {} from '@mcp-hub/test-servers/vitest-mongo';
import mongoose from 'mongoose';
import { StoreMongoModule, type StoreMongoOptions } from '../src/store-mongo.module.js';

Logger.overrideLogger(false);

/** A database of its own for one test, reached by a proxy that can fail. */
export class MongoHarness {
  readonly clock = new SetClock();
  /** What the stores that were opened told of attempts to connect. */
  readonly awaited: unknown[] = [];
  readonly connection: StoreConnection;
  private readonly options: StoreMongoOptions;
  private readonly apps: INestApplicationContext[] = [];

  private constructor(
    private readonly client: mongoose.mongo.MongoClient,
    private readonly proxy: TcpProxy,
    uri: string,
  ) {
    this.connection = connectionThrough(proxy);
    this.options = {
      uri,
      databaseName: `store_mongo_${randomUUID()}`,
      clock: this.clock,
      onAwaited: (awaited) => this.awaited.push(awaited),
    };
  }

  /** @param url of the server, without a database name */
  static async of(url: string): Promise<MongoHarness> {
    const server = new URL(url);
    const proxy = await startTcpProxy(Number(server.port || 27_017));
    server.port = String(proxy.port);
    server.searchParams.set('directConnection', 'true');
    const client = await new mongoose.mongo.MongoClient(url).connect();
    return new MongoHarness(client, proxy, server.href);
  }

  /** The database as it is, past the proxy. */
  get database(): mongoose.mongo.Db {
    return this.client.db(this.options.databaseName);
  }

  /** An application with the module, as a service has it; its stores are not started. */
  async openApp(options: Partial<StoreMongoOptions> = {}): Promise<INestApplicationContext> {
    const module = StoreMongoModule.forRoot({ ...this.options, ...options });
    const app = await NestFactory.createApplicationContext(module);
    this.apps.push(app);
    return app;
  }

  async openRegistry(): Promise<RegistryStore> {
    const store = (await this.openApp()).get(RegistryStore);
    await store.start();
    return store;
  }

  async openBlobs(): Promise<BlobStore> {
    const store = (await this.openApp()).get(BlobStore);
    await store.start();
    return store;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.close()));
    await this.database.dropDatabase();
    await this.client.close();
    await this.proxy.close();
  }
}

function connectionThrough(proxy: TcpProxy): StoreConnection {
  return {
    cut: async () => proxy.drop(),
    stall: async () => proxy.delay(3_600_000),
    async mend() {
      proxy.delay(0);
      // What was held back must not arrive in an hour.
      proxy.drop();
      await proxy.restore();
    },
  };
}
