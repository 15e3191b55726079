import { createRequire } from 'node:module';
import { BlobStore, ClusterKeys, everyServer, ReadServers, RegistryStore, RouteView } from '@mcp-hub/application';
import { GatewayRuntime } from '@mcp-hub/feature-gateway';
import { WorkerRuntime } from '@mcp-hub/feature-loading';
import { RegistryRuntime } from '@mcp-hub/feature-registry';
import { moduleFaults, registeredLoaders } from '@mcp-hub/loaders';
import {
  configOrExit,
  createHttpApp,
  createLogger,
  isLoopbackName,
  RandomIds,
  Readiness,
  runService,
  TokenAuth,
  untilAborted,
  type HubConfig,
  type RunningHttpApp,
} from '@mcp-hub/platform';
import { Banner, type BannerSource } from './banner.js';
import { StandaloneModule } from './standalone.module.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

export interface StandaloneOptions {
  /** From the command line, by setting key; they win over everything. */
  overrides?: Readonly<Record<string, unknown>>;
  /** Left out: what the arguments of this process say, if anything. */
  configFile?: string;
}

/**
 * Runs the whole hub in this process until SIGINT or SIGTERM: registry, worker and gateway on one port, SQLite and
 * in-process adapters behind them. Logs go to stderr; stdout tells a person where things are.
 */
export async function runStandalone(options: StandaloneOptions = {}): Promise<void> {
  const { config, variables, origins } = await configOrExit({ form: 'standalone', ...options }, process);
  const isLogLevelChosen = origins['api.log_level'] !== undefined && origins['api.log_level'] !== 'default';
  const log = createLogger({
    level: isLogLevelChosen ? config.api.logLevel : 'warn',
    name: 'standalone',
    destination: 'stderr',
  });
  const readiness = new Readiness();
  let http: RunningHttpApp | undefined;
  let worker: WorkerRuntime | undefined;
  let gateway: GatewayRuntime | undefined;
  let registry: RegistryRuntime | undefined;
  let banner: Banner | undefined;

  await runService({
    log,
    isHostedFault: moduleFaults(config.loader.moduleRoots),
    async start(signal) {
      const module = StandaloneModule.forRoot({
        config,
        version,
        log,
        variables,
        keys: new ClusterKeys(config.cluster.secrets.map((secret) => Buffer.from(secret))),
        loaders: registeredLoaders({
          egress: config.egress,
          moduleRoots: config.loader.moduleRoots,
          fileRoots: config.loader.moduleRoots,
          cacheDir: config.loader.cacheDir,
          environment: variables,
          packageRegistries: config.loader.packageRegistries,
          startTimeoutMs: config.loader.timeoutMs,
          ids: new RandomIds(),
          hubUrl: hubUrlOf(config),
        }),
        incarnation: new RandomIds().next(),
        local: (handle, req, res, context) => worker?.serve(handle, req, res, context) ?? Promise.resolve(false),
      });
      http = await createHttpApp(module, {
        log,
        host: config.api.host,
        port: config.api.port,
        section: 'api',
        auth: {
          isEnabled: config.api.authEnabled,
          protectsReads: config.api.authReads,
          tokens: new TokenAuth(config.api.authTokens),
        },
        corsOrigins: config.api.corsOrigins,
        ownHosts: config.gateway.publicUrl === undefined ? [] : [new URL(config.gateway.publicUrl).hostname],
        readiness,
        rawHandlers: [(req, res) => gateway?.handle(req, res) ?? false],
      });
      const { app } = http;
      const parts = {
        registry: app.get(RegistryRuntime, { strict: false }),
        worker: app.get(WorkerRuntime, { strict: false }),
        gateway: app.get(GatewayRuntime, { strict: false }),
      };
      ({ registry, worker, gateway } = parts);
      for (const part of Object.values(parts)) part.registerReadiness(readiness);
      const started = Promise.all([parts.gateway.start(), parts.worker.start(), parts.registry.start()]);
      await untilAborted(started, signal);
      log.info('service.ready', { url: http.url });
      banner = new Banner(process.stdout, bannerSource(app), { url: hubUrlOf(config), name: config.name, version });
      await banner.show();
    },
    async stop() {
      banner?.close();
      await registry?.close();
      await worker?.close();
      // Nothing is left here that could answer.
      await gateway?.close();
      await http?.close();
    },
  });
}

function bannerSource(app: RunningHttpApp['app']): BannerSource {
  const view = app.get(RouteView, { strict: false });
  const reader = new ReadServers(
    app.get(RegistryStore, { strict: false }),
    app.get(BlobStore, { strict: false }),
    view,
  );
  return {
    everyServer: () => everyServer(reader),
    server: (id) => reader.item(id),
    onChange: (listener) => view.onChange(listener),
  };
}

/** As a person on this machine would write it. */
function hubUrlOf({ api }: HubConfig): string {
  const isLocal = isLoopbackName(api.host) || api.host === '0.0.0.0' || api.host === '::';
  return `http://${isLocal ? 'localhost' : api.host}:${api.port}`;
}
