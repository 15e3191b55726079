import { readFile } from 'node:fs/promises';
import type { ImportEntries, ImportResult, Log } from '@mcp-hub/application';
import { parseYaml } from '@mcp-hub/platform';

/**
 * Imports the entries of a seed file, `servers: [entry…]` or a bare list, in YAML or JSON (hub-api.md, section 3).
 * Existing entries stay as they are. A file that can't be read or parsed is reported, not thrown: the hub runs without.
 *
 * @returns what became of each entry; empty without a usable file
 */
export async function importSeedFile(path: string, importEntries: ImportEntries, log: Log): Promise<ImportResult[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    log[isAbsent ? 'debug' : 'warn']('seed.not_read', { reason: isAbsent ? 'there is no seed file' : error });
    return [];
  }
  let documents: readonly unknown[];
  try {
    documents = entriesOf(await parseYaml(text));
  } catch (error) {
    log.warn('seed.not_parsed', { error });
    return [];
  }
  const results = await importEntries.execute(documents);
  for (const result of results) {
    if (result.outcome === 'invalid') {
      log.warn('seed.entry_refused', { index: result.index, entry: result.name, issues: result.issues });
    }
  }
  const created = results.filter((result) => result.outcome === 'created').length;
  if (created > 0) log.info('seed.imported', { created, entries: results.length });
  return results;
}

function entriesOf(document: unknown): readonly unknown[] {
  if (Array.isArray(document)) return document;
  if (typeof document === 'object' && document !== null) {
    const { servers } = document as { servers?: unknown };
    if (Array.isArray(servers)) return servers;
  }
  throw new TypeError('A seed file is a list of entries, or has them under "servers".');
}
