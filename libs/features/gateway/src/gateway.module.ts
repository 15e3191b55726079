import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { Ids, Log, RouteTable, RouteView, type ClusterKeys } from '@mcp-hub/application';
import { SessionIds } from '@mcp-hub/mcp/session-ids';
import { TokenAuth, type HubConfig } from '@mcp-hub/platform';
import { callerCheck } from './caller-check.js';
import { deliverLocally, deliverOverHttp, type LocalHandler } from './delivery.js';
import { GatewayRuntime } from './gateway-runtime.js';
import { ServerGateway } from './server-gateway.js';
import { publicPathOf } from './server-path.js';
import { SessionCount } from './session-count.js';
import { WorkerRequests } from './worker-requests.js';

export interface GatewayModuleOptions {
  config: HubConfig;
  /** Exports RouteTable, RouteView, Ids and Log. */
  adapters: DynamicModule;
  keys: ClusterKeys;
  isBoundToLoopback: boolean;
  /** In one process: serves the routes of this very process. */
  local?: LocalHandler;
}

/** As long as workers keep sessions that nobody uses. */
const sessionIdleMs = 30 * 60_000;

/** The data plane: routes MCP traffic to the workers. */
@Module({})
export class GatewayModule {
  static forRoot(options: GatewayModuleOptions): DynamicModule {
    return {
      module: GatewayModule,
      imports: [options.adapters],
      providers: [runtimeProvider(options)],
      exports: [GatewayRuntime],
    };
  }
}

function runtimeProvider({ config, keys, isBoundToLoopback, local }: GatewayModuleOptions): FactoryProvider {
  return {
    provide: GatewayRuntime,
    inject: [RouteTable, RouteView, Ids, Log],
    useFactory: (routes: RouteTable, view: RouteView, ids: Ids, log: Log) => {
      const [credential = Buffer.alloc(0)] = keys.internalCredential;
      const workers = new WorkerRequests(credential.toString('base64url'));
      const gateway = new ServerGateway(
        view,
        callerCheck(new TokenAuth(config.api.authTokens), config.gateway.authEnabled),
        new SessionIds(keys.sessionSigning),
        local ? deliverLocally(local) : deliverOverHttp(workers),
        {
          ids,
          log,
          sessions: new SessionCount({
            max: config.gateway.maxSessions,
            idleMs: sessionIdleMs,
            now: () => performance.now(),
          }),
          options: {
            loadTimeoutMs: config.loader.timeoutMs,
            maxBodyBytes: config.gateway.maxBodyBytes,
            publicPath: publicPathOf(config.gateway.publicUrl),
            hosts: {
              allowedHosts: config.gateway.allowedHosts,
              ownHosts: config.gateway.publicUrl === undefined ? [] : [new URL(config.gateway.publicUrl).hostname],
              allowedOrigins: config.gateway.allowedOrigins,
              isBoundToLoopback,
              needsToken: config.gateway.authEnabled,
            },
          },
        },
      );
      return new GatewayRuntime(routes, view, gateway, workers);
    },
  };
}
