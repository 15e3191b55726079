import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import {
  BlobExchange,
  BlobStore,
  Clock,
  Ids,
  LoadQueue,
  Log,
  RegistryStore,
  routeResyncMs,
  RouteTable,
  RouteView,
  SessionStore,
  workerLeaseMs,
} from '@mcp-hub/application';
import {
  InProcessBlobExchange,
  InProcessLoadQueue,
  InProcessRouteTable,
  InProcessSessionStore,
} from '@mcp-hub/in-process';
import { RandomIds, SystemClock, type HubConfig } from '@mcp-hub/platform';
import { openSqlite, SqliteBlobStore, SqliteRegistryStore } from '@mcp-hub/store-sqlite';

/** The same ports as in the split form, with nothing outside of this process but an SQLite file. */
@Module({})
export class AdaptersModule implements OnApplicationShutdown {
  constructor(
    private readonly store: RegistryStore,
    private readonly blobs: BlobStore,
    private readonly queue: LoadQueue,
    private readonly routes: RouteTable,
  ) {}

  static forRoot(config: HubConfig, log: Log): DynamicModule {
    const clock = new SystemClock();
    const database = openSqlite({ url: config.database.type === 'memory' ? ':memory:' : config.database.url });
    return {
      module: AdaptersModule,
      providers: [
        { provide: Clock, useValue: clock },
        { provide: Ids, useClass: RandomIds },
        { provide: Log, useValue: log },
        { provide: RegistryStore, useFactory: () => new SqliteRegistryStore(database) },
        { provide: BlobStore, useFactory: () => new SqliteBlobStore(database, clock) },
        { provide: LoadQueue, useFactory: () => new InProcessLoadQueue() },
        { provide: RouteTable, useFactory: () => new InProcessRouteTable({ clock }) },
        { provide: BlobExchange, useFactory: () => new InProcessBlobExchange({ clock }) },
        { provide: SessionStore, useFactory: () => new InProcessSessionStore({ clock }) },
        {
          provide: RouteView,
          inject: [RouteTable],
          useFactory: (routes: RouteTable) =>
            new RouteView(routes, clock, { leaseMs: workerLeaseMs, resyncMs: routeResyncMs }),
        },
      ],
      exports: [
        Clock,
        Ids,
        Log,
        RegistryStore,
        BlobStore,
        LoadQueue,
        RouteTable,
        BlobExchange,
        SessionStore,
        RouteView,
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.queue.close(), this.routes.close()]);
    await Promise.all([this.store.close(), this.blobs.close()]);
  }
}
