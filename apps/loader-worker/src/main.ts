import { ClusterKeys } from '@mcp-hub/application';
import { LoadingModule, WorkerRuntime } from '@mcp-hub/feature-loading';
import { moduleFaults, registeredLoaders } from '@mcp-hub/loaders';
import {
  configOrExit,
  createHttpApp,
  createLogger,
  RandomIds,
  Readiness,
  runService,
  untilAborted,
  workerUrl,
  type RunningHttpApp,
} from '@mcp-hub/platform';
import { AdaptersModule } from './adapters.module.js';

const { config, variables } = await configOrExit({ form: 'split', service: 'loader-worker' }, process);
const log = createLogger({ level: config.api.logLevel, name: 'loader-worker' });
const readiness = new Readiness();
let url = '';
let http: RunningHttpApp | undefined;
let runtime: WorkerRuntime | undefined;

await runService({
  log,
  isHostedFault: moduleFaults(config.loader.moduleRoots),
  // Draining takes as long as calls in flight may go on.
  stopWithinMs: 40_000,
  async start(signal) {
    const module = LoadingModule.forRoot({
      config,
      variables,
      adapters: AdaptersModule.forRoot(config, log),
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
      }),
      incarnation: new RandomIds().next(),
      targetOf: () => ({ kind: 'http', url }),
    });
    http = await createHttpApp(module, {
      log,
      host: config.worker.host,
      port: config.worker.port,
      section: 'worker',
      readiness,
      // Gateways that have not heard so far that this worker is gone are told so, instead of being cut off.
      lingerMs: 500,
      rawHandlers: [(req, res) => runtime?.handle(req, res) ?? false],
    });
    url = workerUrl(config.worker, http.port);
    log.info('service.listening', { url: http.url });
    const worker = http.app.get(WorkerRuntime);
    runtime = worker;
    worker.registerReadiness(readiness);
    await untilAborted(worker.start(url), signal);
    log.info('service.ready', { url });
  },
  async stop() {
    await runtime?.close();
    await http?.close();
  },
});
