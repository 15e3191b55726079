import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
let imports = 0;

/**
 * Imports a file anew, whether or not it was imported before: a server object that it exports belongs to one load only.
 * What the file imports itself comes from Node's cache.
 */
export async function importFresh(file: string, generation: number): Promise<Record<string, unknown>> {
  // CommonJS has one cache by file name, whatever the query says.
  Reflect.deleteProperty(require.cache, file);
  imports += 1;
  const url = pathToFileURL(file);
  url.searchParams.set('generation', String(generation));
  url.searchParams.set('import', String(imports));
  return (await import(url.href)) as Record<string, unknown>;
}
