import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { refusedUrlReason, type EgressPolicy, type Issue, type ServerEntry } from '@mcp-hub/domain';
import {
  AnnounceDesiredState,
  ApplyReport,
  BlobExchange,
  BlobStore,
  ChangeDesiredState,
  Clock,
  Ids,
  ImportEntries,
  LoadQueue,
  Log,
  PublishServer,
  ReadServers,
  ReconcileDesiredState,
  RegistryStore,
  RouteTable,
  RouteView,
  SecretBox,
  StoreEntry,
  UpdateServer,
  type Messaging,
  type RetryDefaults,
} from '@mcp-hub/application';
import type { HubConfig } from '@mcp-hub/platform';
import { HubStatusController } from './hub-status.controller.js';
import { LoadOutcomes } from './load-outcomes.js';
import type { EndpointOf } from './present-server.js';
import { PublishController } from './publish.controller.js';
import { ReconcilerLoop } from './reconciler-loop.js';
import { RegistryRuntime } from './registry-runtime.js';
import { RegistrySettings } from './registry-settings.js';
import { ServersController } from './servers.controller.js';
import { WriteAccess } from './write-access.js';

export interface RegistryModuleOptions {
  config: HubConfig;
  /** The hub's own version. */
  version: string;
  /** Exports the ports' adapters, Clock, Ids, Log and the RouteView. */
  adapters: DynamicModule;
  endpointOf: EndpointOf;
}

/** The leadership of the reconciler changes hands after so long without a sign of life. */
const leadershipMs = 6_000;

/** The registry's REST API, its report handler and its reconciler. */
@Module({})
export class RegistryModule {
  static forRoot(options: RegistryModuleOptions): DynamicModule {
    return {
      module: RegistryModule,
      imports: [options.adapters],
      controllers: [ServersController, PublishController, HubStatusController],
      providers: providersFor(options),
      exports: [RegistryRuntime],
    };
  }
}

class Announcement {
  constructor(
    readonly messaging: Messaging,
    readonly retryDefaults: RetryDefaults,
  ) {}
}

function providersFor({ config, version, endpointOf }: RegistryModuleOptions): FactoryProvider[] {
  const retryDefaults: RetryDefaults = {
    attempts: config.loader.retryAttempts,
    delayMs: config.loader.retryDelayMs,
  };
  const box =
    config.secrets.keys.length > 0 ? new SecretBox(config.secrets.keys.map((key) => Buffer.from(key))) : undefined;
  return [
    {
      provide: Announcement,
      inject: [RouteTable, LoadQueue, BlobStore, BlobExchange],
      useFactory: (routes: RouteTable, queue: LoadQueue, blobs: BlobStore, exchange: BlobExchange) =>
        new Announcement({ routes, queue, blobs, exchange }, retryDefaults),
    },
    {
      provide: AnnounceDesiredState,
      inject: [Announcement, Clock, Log],
      useFactory: ({ messaging }: Announcement, clock: Clock, log: Log) =>
        new AnnounceDesiredState(messaging, clock, retryDefaults, log),
    },
    {
      provide: StoreEntry,
      inject: [BlobStore],
      useFactory: (blobs: BlobStore) => new StoreEntry(blobs, box, (entry) => egressIssues(entry, config.egress)),
    },
    {
      provide: PublishServer,
      inject: [RegistryStore, StoreEntry, AnnounceDesiredState, Clock],
      useFactory: (store: RegistryStore, storeEntry: StoreEntry, announce: AnnounceDesiredState, clock: Clock) =>
        new PublishServer(store, storeEntry, announce, clock),
    },
    {
      provide: UpdateServer,
      inject: [RegistryStore, StoreEntry, AnnounceDesiredState, Clock],
      useFactory: (store: RegistryStore, storeEntry: StoreEntry, announce: AnnounceDesiredState, clock: Clock) =>
        new UpdateServer(store, storeEntry, announce, clock),
    },
    {
      provide: ChangeDesiredState,
      inject: [RegistryStore, AnnounceDesiredState, Clock],
      useFactory: (store: RegistryStore, announce: AnnounceDesiredState, clock: Clock) =>
        new ChangeDesiredState(store, announce, clock),
    },
    {
      provide: ReadServers,
      inject: [RegistryStore, BlobStore, RouteView],
      useFactory: (store: RegistryStore, blobs: BlobStore, view: RouteView) => new ReadServers(store, blobs, view),
    },
    {
      provide: RegistrySettings,
      useFactory: () =>
        new RegistrySettings(
          { name: config.name, version, environment: config.environment },
          config.loader.timeoutMs,
          endpointOf,
        ),
    },
    {
      provide: LoadOutcomes,
      inject: [ReadServers, RouteView, RegistrySettings],
      useFactory: (servers: ReadServers, view: RouteView, settings: RegistrySettings) =>
        new LoadOutcomes(servers, view, settings),
    },
    {
      provide: WriteAccess,
      inject: [RegistryStore],
      useFactory: (store: RegistryStore) => new WriteAccess(store, config.registry.namespace),
    },
    {
      provide: ReconcilerLoop,
      inject: [RegistryStore, RouteView, Announcement, Clock, Ids, Log],
      useFactory: (
        store: RegistryStore,
        view: RouteView,
        { messaging }: Announcement,
        clock: Clock,
        ids: Ids,
        log: Log,
      ) =>
        new ReconcilerLoop(
          new ReconcileDesiredState(
            store,
            view,
            messaging,
            { id: ids.next(), clock, ids, log },
            { retryDefaults, leaseMs: leadershipMs },
          ),
          view,
          log,
        ),
    },
    {
      provide: RegistryRuntime,
      inject: [RegistryStore, RouteView, Announcement, PublishServer, ReconcilerLoop, Clock, Log],
      useFactory: (
        store: RegistryStore,
        view: RouteView,
        { messaging }: Announcement,
        publish: PublishServer,
        reconciler: ReconcilerLoop,
        clock: Clock,
        log: Log,
      ) =>
        new RegistryRuntime(
          {
            ...messaging,
            store,
            view,
            reconciler,
            log,
            applyReport: new ApplyReport(store, messaging, clock, retryDefaults, log),
            importEntries: new ImportEntries(publish),
          },
          config.seed.importOnStartup ? config.seed.filePath : undefined,
        ),
    },
  ];
}

/** URLs that name a forbidden address are refused at publish (hosting.md, "Egress"). */
function egressIssues(entry: ServerEntry, policy: EgressPolicy): Issue[] {
  const urls: [path: string, url: string | undefined][] = [
    ['openapi_config.url', entry.openapi_config?.url],
    ['openapi_config.base_url', entry.openapi_config?.base_url],
    ...entry.remotes.map((remote, index): [string, string] => [`remotes[${index}].url`, remote.url]),
    ['auth_config.oauth2_config.token_url', oauthTokenUrl(entry)],
  ];
  return urls.flatMap(([path, url]) => {
    const isLiteral = url !== undefined && /^https?:/i.test(url) && !url.includes('${');
    const reason = isLiteral ? refusedUrlReason(url, policy) : undefined;
    return reason === undefined ? [] : [{ path, message: reason, code: 'egress_refused' }];
  });
}

function oauthTokenUrl(entry: ServerEntry): string | undefined {
  return entry.auth_config?.type === 'oauth2' ? entry.auth_config.oauth2_config.token_url : undefined;
}
