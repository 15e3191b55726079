import { Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import {
  BlobExchange,
  Clock,
  Ids,
  LoadQueue,
  Log,
  routeResyncMs,
  RouteTable,
  RouteView,
  workerLeaseMs,
} from '@mcp-hub/application';
import { RandomIds, SystemClock, type HubConfig } from '@mcp-hub/platform';
import { BullmqLoadQueue } from '@mcp-hub/queue-bullmq';
import { RedisBlobExchange, RedisRouteTable, redisNamespace } from '@mcp-hub/routes-redis';
import { StoreMongoModule } from '@mcp-hub/store-mongo';

/** The ports of registry-api: MongoDB and Redis. */
@Module({})
export class AdaptersModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly queue: LoadQueue,
    private readonly routes: RouteTable,
    private readonly exchange: RedisBlobExchange,
  ) {}

  static forRoot(config: HubConfig, log: Log): DynamicModule {
    const clock = new SystemClock();
    const redis = { url: config.queue.url, namespace: redisNamespace, log };
    return {
      module: AdaptersModule,
      imports: [
        StoreMongoModule.forRoot({
          uri: config.database.url,
          databaseName: config.database.databaseName,
          collectionName: config.database.collectionName,
          clock,
        }),
      ],
      providers: [
        { provide: Clock, useValue: clock },
        { provide: Ids, useClass: RandomIds },
        { provide: Log, useValue: log },
        { provide: LoadQueue, useFactory: () => new BullmqLoadQueue(redis) },
        { provide: RouteTable, useFactory: () => new RedisRouteTable(redis) },
        { provide: RedisBlobExchange, useFactory: () => new RedisBlobExchange(redis) },
        { provide: BlobExchange, useExisting: RedisBlobExchange },
        {
          provide: RouteView,
          inject: [RouteTable],
          useFactory: (routes: RouteTable) =>
            new RouteView(routes, clock, { leaseMs: workerLeaseMs, resyncMs: routeResyncMs }),
        },
      ],
      exports: [StoreMongoModule, Clock, Ids, Log, LoadQueue, RouteTable, BlobExchange, RouteView],
    };
  }

  onModuleInit(): void {
    // Not waited for: the service answers, and says that it is not ready, while this connects.
    this.exchange.start().catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.queue.close(), this.routes.close(), this.exchange.close()]);
  }
}
