import type { Ids, Loader } from '@mcp-hub/application';
import type { EgressPolicy } from '@mcp-hub/domain';
import type { ResolveHost } from './egress/guarded-lookup.js';
import { ModuleLoader } from './module/module-loader.js';
import { OpenApiLoader } from './openapi/openapi-loader.js';

export interface LoaderOptions {
  egress: EgressPolicy;
  /** Absolute folders that OpenAPI documents may be read from. */
  fileRoots: readonly string[];
  /** Absolute folders that modules may be loaded from (`loader.module_roots`). */
  moduleRoots: readonly string[];
  ids: Ids;
  /** Where this hub's own API is, for the documents that describe it. */
  hubUrl?: string;
  /** How host names become addresses; the system's resolver where undefined. */
  resolveHost?: ResolveHost;
}

/** Every loader of this lib; a new one is a folder beside this file and one line here. */
export function registeredLoaders(options: LoaderOptions): Loader[] {
  return [new OpenApiLoader({ ...options, policy: options.egress }), new ModuleLoader(options)];
}
