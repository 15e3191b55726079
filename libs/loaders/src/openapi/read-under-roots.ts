import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { LoadFailed } from '@mcp-hub/domain';
import { ownBuffer } from '../egress/own-buffer.js';
import { pathUnderRoots } from '../path-under-roots.js';

/**
 * A file under one of the roots.
 *
 * @param path a path or a `file:` URL
 * @returns its bytes, and where it really is
 * @throws LoadFailed
 */
export async function readUnderRoots(
  path: string,
  roots: readonly string[],
): Promise<{ bytes: Uint8Array; path: string }> {
  const wanted = /^file:\/\//i.test(path) && URL.canParse(path) ? pathOf(path) : path;
  const found = wanted === undefined ? { kind: 'missing' as const } : await pathUnderRoots(wanted, roots);
  if (found.kind === 'outside') {
    throw new LoadFailed(
      'policy_refused',
      `The document "${path}" is not under a folder that documents may be read from.`,
      remedy,
    );
  }
  const bytes = found.kind === 'found' ? await readRegularFile(found.path) : undefined;
  if (found.kind !== 'found' || bytes === undefined) {
    throw new LoadFailed('document_unreachable', `There is no document "${path}".`, remedy, { isTransient: false });
  }
  return { bytes, path: found.path };
}

/** @returns undefined for a URL that names no file of this machine */
function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

async function readRegularFile(path: string): Promise<Uint8Array | undefined> {
  try {
    // It moves on to a thread.
    return new Uint8Array(ownBuffer(await readFile(path)));
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EISDIR' || code === 'ENOENT' || code === 'EACCES') return undefined;
    throw error;
  }
}

const remedy =
  'Put the document under a configured root and name it relative to that, or give it inline as openapi_config.spec.';
