import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Ids, Log, routeResyncMs, RouteTable, RouteView, workerLeaseMs } from '@mcp-hub/application';
import { RandomIds, SystemClock, type HubConfig } from '@mcp-hub/platform';
import { RedisRouteTable, redisNamespace } from '@mcp-hub/routes-redis';

/** The ports of a gateway: the RouteTable is all it reads. */
@Module({})
export class AdaptersModule implements OnApplicationShutdown {
  constructor(private readonly routes: RouteTable) {}

  static forRoot(config: HubConfig, log: Log): DynamicModule {
    const clock = new SystemClock();
    return {
      module: AdaptersModule,
      providers: [
        { provide: Ids, useClass: RandomIds },
        { provide: Log, useValue: log },
        {
          provide: RouteTable,
          useFactory: () => new RedisRouteTable({ url: config.queue.url, namespace: redisNamespace, log }),
        },
        {
          provide: RouteView,
          inject: [RouteTable],
          useFactory: (routes: RouteTable) =>
            new RouteView(routes, clock, { leaseMs: workerLeaseMs, resyncMs: routeResyncMs }),
        },
      ],
      exports: [Ids, Log, RouteTable, RouteView],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.routes.close();
  }
}
