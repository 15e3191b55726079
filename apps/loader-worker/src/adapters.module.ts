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
  SessionStore,
  workerLeaseMs,
} from '@mcp-hub/application';
import { RandomIds, SystemClock, type HubConfig } from '@mcp-hub/platform';
import { BullmqLoadQueue } from '@mcp-hub/queue-bullmq';
import { RedisBlobExchange, RedisRouteTable, RedisSessionStore, redisNamespace } from '@mcp-hub/routes-redis';

/** The ports of a worker: Redis only. It never reads the database. */
@Module({})
export class AdaptersModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly queue: LoadQueue,
    private readonly routes: RouteTable,
    private readonly exchange: RedisBlobExchange,
    private readonly sessions: RedisSessionStore,
  ) {}

  static forRoot(config: HubConfig, log: Log): DynamicModule {
    const clock = new SystemClock();
    const redis = { url: config.queue.url, namespace: redisNamespace, log };
    return {
      module: AdaptersModule,
      providers: [
        { provide: Clock, useValue: clock },
        { provide: Ids, useClass: RandomIds },
        { provide: Log, useValue: log },
        { provide: LoadQueue, useFactory: () => new BullmqLoadQueue(redis) },
        { provide: RouteTable, useFactory: () => new RedisRouteTable(redis) },
        { provide: RedisBlobExchange, useFactory: () => new RedisBlobExchange(redis) },
        { provide: BlobExchange, useExisting: RedisBlobExchange },
        { provide: RedisSessionStore, useFactory: () => new RedisSessionStore(redis) },
        { provide: SessionStore, useExisting: RedisSessionStore },
        {
          provide: RouteView,
          inject: [RouteTable],
          useFactory: (routes: RouteTable) =>
            new RouteView(routes, clock, { leaseMs: workerLeaseMs, resyncMs: routeResyncMs }),
        },
      ],
      exports: [Clock, Ids, Log, LoadQueue, RouteTable, BlobExchange, SessionStore, RouteView],
    };
  }

  onModuleInit(): void {
    // Not waited for: the worker answers, and says that it is not ready, while these connect.
    for (const part of [this.exchange, this.sessions]) part.start().catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    const parts = [this.queue, this.routes, this.exchange, this.sessions];
    await Promise.all(parts.map((part) => part.close()));
  }
}
