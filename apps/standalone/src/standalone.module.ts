import { Module, type DynamicModule } from '@nestjs/common';
import { hostedKey, type ClusterKeys, type Loader, type Log } from '@mcp-hub/application';
import { GatewayModule, type LocalHandler } from '@mcp-hub/feature-gateway';
import { LoadingModule } from '@mcp-hub/feature-loading';
import { RegistryModule } from '@mcp-hub/feature-registry';
import { isLoopbackName, type HubConfig } from '@mcp-hub/platform';
import { AdaptersModule } from './adapters.module.js';

export interface StandaloneModuleOptions {
  config: HubConfig;
  version: string;
  log: Log;
  keys: ClusterKeys;
  loaders: readonly Loader[];
  incarnation: string;
  variables: Readonly<Record<string, string>>;
  local: LocalHandler;
}

/** The feature modules of all three services, joined by embedded adapters. */
@Module({})
export class StandaloneModule {
  static forRoot(options: StandaloneModuleOptions): DynamicModule {
    const { config, version, log, keys, loaders, incarnation, variables, local } = options;
    const adapters = AdaptersModule.forRoot(config, log);
    return {
      module: StandaloneModule,
      imports: [
        RegistryModule.forRoot({ config, version, adapters, endpointOf: (id) => `/servers/${id}/mcp` }),
        LoadingModule.forRoot({
          config,
          adapters,
          keys,
          loaders,
          incarnation,
          variables,
          targetOf: (key) => ({ kind: 'local', handle: hostedKey(key) }),
        }),
        GatewayModule.forRoot({
          config,
          adapters,
          keys,
          local,
          isBoundToLoopback: isLoopbackName(config.api.host),
        }),
      ],
    };
  }
}
