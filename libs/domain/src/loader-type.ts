import type { LoaderType, ServerEntry } from './server-entry.js';

const packageLoaders: Readonly<Record<string, LoaderType>> = {
  npm: 'npm',
  pypi: 'pypi',
  docker: 'docker',
  oci: 'docker',
  'docker-hub': 'docker',
};

/**
 * Which loader runs an entry (hub-api.md, section 1): the one it names, else by what it has, in the order openapi,
 * module, proxy, first package that can be run.
 *
 * @returns undefined where there is nothing to load.
 */
export function loaderTypeOf(entry: ServerEntry): LoaderType | undefined {
  if (entry.loader_type) return entry.loader_type;
  if (entry.openapi_config) return 'openapi';
  if (entry.module_config) return 'module';
  if (entry.remotes.length > 0) return 'proxy';
  for (const { registry_name } of entry.packages) {
    const loader = packageLoaders[registry_name];
    if (loader) return loader;
  }
  return undefined;
}
