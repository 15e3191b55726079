import { ClusterKeys } from '@mcp-hub/application';
import { GatewayModule, GatewayRuntime } from '@mcp-hub/feature-gateway';
import {
  configOrExit,
  createHttpApp,
  createLogger,
  isLoopbackName,
  Readiness,
  runService,
  untilAborted,
  type RunningHttpApp,
} from '@mcp-hub/platform';
import { AdaptersModule } from './adapters.module.js';

const { config } = await configOrExit({ form: 'split', service: 'runtime-gateway' }, process);
const log = createLogger({ level: config.api.logLevel, name: 'runtime-gateway' });
const readiness = new Readiness();
let http: RunningHttpApp | undefined;
let runtime: GatewayRuntime | undefined;

await runService({
  log,
  // A call in hand gets its answer, or is told how it stands, before its connection is cut.
  stopWithinMs: 40_000,
  async start(signal) {
    const module = GatewayModule.forRoot({
      config,
      adapters: AdaptersModule.forRoot(config, log),
      keys: new ClusterKeys(config.cluster.secrets.map((secret) => Buffer.from(secret))),
      isBoundToLoopback: isLoopbackName(config.gateway.host),
    });
    http = await createHttpApp(module, {
      log,
      host: config.gateway.host,
      port: config.gateway.port,
      section: 'gateway',
      readiness,
      lingerMs: 5_000,
      closeWithinMs: 30_000,
      rawHandlers: [(req, res) => runtime?.handle(req, res) ?? false],
    });
    log.info('service.listening', { url: http.url });
    const gateway = http.app.get(GatewayRuntime);
    runtime = gateway;
    gateway.registerReadiness(readiness);
    await untilAborted(gateway.start(), signal);
    log.info('service.ready', { url: http.url });
  },
  async stop() {
    runtime?.drain(25_000);
    await http?.close();
    await runtime?.close();
  },
});
