import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import {
  BlobExchange,
  Clock,
  HostedServers,
  Ids,
  LoadQueue,
  LoadReplica,
  Log,
  RouteTable,
  RouteView,
  SecretBox,
  SessionStore,
  workerLeaseMs,
  WorkerPresence,
  type ClusterKeys,
  type Loader,
  type RouteKey,
  type RouteTarget,
} from '@mcp-hub/application';
import { CallLedger, systemTimers, type McpEndpoint } from '@mcp-hub/mcp';
import type { HubConfig } from '@mcp-hub/platform';
import { endpointFactory } from './endpoint-factory.js';
import { InternalPort } from './internal-port.js';
import { entryRevealer } from './reveal-entry.js';
import { WorkerJobs } from './worker-jobs.js';
import { WorkerRuntime } from './worker-runtime.js';

export interface LoadingModuleOptions {
  config: HubConfig;
  /** Exports the ports' adapters, Clock, Ids, Log and the RouteView. */
  adapters: DynamicModule;
  keys: ClusterKeys;
  loaders: readonly Loader[];
  /** Random at every start of the process. */
  incarnation: string;
  /** What references in entries resolve from. */
  variables: Readonly<Record<string, string>>;
  /** How gateways reach a hosted server: over HTTP, or inside of this process. */
  targetOf: (key: RouteKey) => RouteTarget;
}

/** How long calls in flight may go on after their server was retired. */
const drainMs = 10_000;
const claimLeaseMs = 10_000;
/** Loads of one type at the same time. */
const loadConcurrency = 4;

/** The worker: takes load jobs, hosts MCP servers, serves them to gateways. */
@Module({})
export class LoadingModule {
  static forRoot(options: LoadingModuleOptions): DynamicModule {
    return {
      module: LoadingModule,
      imports: [options.adapters],
      providers: [runtimeProvider(options)],
      exports: [WorkerRuntime],
    };
  }
}

function runtimeProvider(options: LoadingModuleOptions): FactoryProvider {
  const { config, keys, incarnation } = options;
  return {
    provide: WorkerRuntime,
    inject: [LoadQueue, RouteTable, RouteView, BlobExchange, SessionStore, Clock, Ids, Log],
    useFactory: (
      queue: LoadQueue,
      routes: RouteTable,
      view: RouteView,
      exchange: BlobExchange,
      sessions: SessionStore,
      clock: Clock,
      ids: Ids,
      log: Log,
    ) => {
      const loaders = new Map(
        options.loaders
          .filter(({ type }) => config.worker.loaders.includes(type))
          .map((loader) => [loader.type, loader]),
      );
      const hosted = new HostedServers<McpEndpoint>(
        routes,
        view,
        { clock, log },
        { incarnation, targetOf: options.targetOf, drainMs },
      );
      const loadReplica = new LoadReplica<McpEndpoint>(
        {
          routes,
          view,
          queue,
          exchange,
          hosted,
          loaders,
          clock,
          timers: systemTimers,
          log,
          revealEntry: entryRevealer(secretBoxOf(config), {
            variables: options.variables,
            allowEnv: config.secrets.allowEnv,
            hubVariables: config.secrets.hubVariables,
          }),
          makeEndpoint: endpointFactory({ config, keys, incarnation, sessions, view, hosted, clock, ids, log }),
        },
        { incarnation, timeoutMs: config.loader.timeoutMs, claimLeaseMs },
      );
      const presence = new WorkerPresence(
        routes,
        hosted,
        log,
        {
          incarnation,
          name: config.worker.name,
          capacity: config.worker.capacity,
          loaders: [...loaders.keys()],
          isDraining: false,
        },
        workerLeaseMs,
      );
      const jobs = new WorkerJobs(queue, loadReplica, hosted, log, {
        loaderTypes: [...loaders.keys()],
        weightOf: (type) => loaders.get(type)?.weight ?? 1,
        capacity: config.worker.capacity,
        concurrency: loadConcurrency,
      });
      const ledger = new CallLedger(clock);
      const port = new InternalPort(hosted, keys.internalCredential, { incarnation, ledger, log });
      return new WorkerRuntime({ queue, routes, view, hosted, presence, jobs, port, log });
    },
  };
}

function secretBoxOf(config: HubConfig): SecretBox | undefined {
  const { keys } = config.secrets;
  return keys.length > 0 ? new SecretBox(keys.map((key) => Buffer.from(key))) : undefined;
}
