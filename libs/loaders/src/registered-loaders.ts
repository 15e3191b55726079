import type { Ids, Loader } from '@mcp-hub/application';
import type { EgressPolicy } from '@mcp-hub/domain';
import type { ResolveHost } from './egress/guarded-lookup.js';
import { ModuleLoader } from './module/module-loader.js';
import { NpmLoader } from './npm/npm-loader.js';
import { OpenApiLoader } from './openapi/openapi-loader.js';
import type { OpenApiThreadsOptions } from './openapi/thread/openapi-threads.js';
import { ProxyLoader } from './proxy/proxy-loader.js';
import { ChildProcesses } from './supervision/child-processes.js';

export interface LoaderOptions {
  egress: EgressPolicy;
  /** Absolute folders that OpenAPI documents may be read from. */
  fileRoots: readonly string[];
  /** Absolute folders that modules may be loaded from (`loader.module_roots`). */
  moduleRoots: readonly string[];
  /** Absolute folder in which packages are installed and children work (`loader.cache_dir`). */
  cacheDir: string;
  /** The hub's own environment: npm gets its proxies and registry from it, children PATH, language and time zone. */
  environment: Readonly<Record<string, string | undefined>>;
  /** `loader.package_registries`: `npm=<url>` stands for what npm is configured with. */
  packageRegistries?: readonly string[];
  /** For each start of a child that crashed (`loader.timeout`). */
  startTimeoutMs?: number;
  ids: Ids;
  /** Where this hub's own API is, for the documents that describe it. */
  hubUrl?: string;
  /** How host names become addresses; the system's resolver where undefined. */
  resolveHost?: ResolveHost;
  /** Of the threads in which OpenAPI documents live. */
  openApiThreads?: OpenApiThreadsOptions;
}

/** Every loader of this lib; a new one is a folder beside this file and one line here. */
export function registeredLoaders(options: LoaderOptions): Loader[] {
  const children = new ChildProcesses({ cacheDir: options.cacheDir, searchPath: options.environment['PATH'] ?? '' });
  return [
    new OpenApiLoader({
      ...options,
      policy: options.egress,
      ...(options.openApiThreads && { threads: options.openApiThreads }),
    }),
    new ModuleLoader(options),
    new NpmLoader({ ...options, children, ...registryOf('npm', options.packageRegistries) }),
    new ProxyLoader({ ...options, policy: options.egress }),
  ];
}

function registryOf(kind: string, registries: readonly string[] = []): { registry?: string } {
  const own = registries.find((registry) => registry.startsWith(`${kind}=`));
  return own === undefined ? {} : { registry: own.slice(kind.length + 1) };
}
