import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
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
import { RedisBlobExchange, RedisRouteTable, RedisSessionStore } from '@mcp-hub/routes-redis';

/** Before all keys in Redis; hubs that share a server use databases of their own (`redis://host/1`). */
const redisNamespace = 'mcp-hub';

/** The ports of a worker: Redis only. It never reads the database. */
@Module({})
export class AdaptersModule implements OnApplicationShutdown {
  constructor(
    private readonly queue: LoadQueue,
    private readonly routes: RouteTable,
  ) {}

  static forRoot(config: HubConfig, log: Log): DynamicModule {
    const clock = new SystemClock();
    const redis = { url: config.queue.url, namespace: redisNamespace, clock, log };
    return {
      module: AdaptersModule,
      providers: [
        { provide: Clock, useValue: clock },
        { provide: Ids, useClass: RandomIds },
        { provide: Log, useValue: log },
        { provide: LoadQueue, useFactory: () => new BullmqLoadQueue(redis) },
        { provide: RouteTable, useFactory: () => new RedisRouteTable(redis) },
        { provide: BlobExchange, useFactory: () => new RedisBlobExchange(redis) },
        { provide: SessionStore, useFactory: () => new RedisSessionStore(redis) },
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

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.queue.close(), this.routes.close()]);
  }
}
