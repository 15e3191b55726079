import { createRequire } from 'node:module';
import {
  configOrExit,
  createHttpApp,
  createLogger,
  Readiness,
  runService,
  TokenAuth,
  untilAborted,
  type RunningHttpApp,
} from '@mcp-hub/platform';
import { RegistryModule, RegistryRuntime } from '@mcp-hub/feature-registry';
import { AdaptersModule } from './adapters.module.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
const { config } = await configOrExit({ form: 'split', service: 'registry-api' }, process);
const log = createLogger({ level: config.api.logLevel, name: 'registry-api' });
const readiness = new Readiness();
let http: RunningHttpApp | undefined;
let runtime: RegistryRuntime | undefined;

await runService({
  log,
  async start(signal) {
    const module = RegistryModule.forRoot({
      config,
      version,
      adapters: AdaptersModule.forRoot(config, log),
      endpointOf: (serverId) => `${config.gateway.publicUrl ?? ''}/servers/${serverId}/mcp`,
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
      lingerMs: 500,
    });
    log.info('service.listening', { url: http.url });
    const registry = http.app.get(RegistryRuntime);
    runtime = registry;
    registry.registerReadiness(readiness);
    await untilAborted(registry.start(), signal);
    log.info('service.ready', { url: http.url });
  },
  async stop() {
    await runtime?.close();
    await http?.close();
  },
});
