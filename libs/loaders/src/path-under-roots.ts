import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';

/** `outside`: it, or what a symbolic link on the way leads to, is under none of the roots. */
export type RootedPath = { kind: 'found'; path: string; root: string } | { kind: 'missing' } | { kind: 'outside' };

/**
 * Finds a file or folder under one of the configured roots, symbolic links resolved (hosting.md, "Modules"). A path
 * that leaves every root is `outside` whether it exists or not.
 *
 * @param path absolute, or relative to each root in turn
 */
export async function pathUnderRoots(path: string, roots: readonly string[]): Promise<RootedPath> {
  let isInsideSome = false;
  let leadsOut = false;
  for (const root of roots) {
    const wanted = resolve(root, path);
    const realRoot = await realPathOf(root);
    if (realRoot === undefined) continue;
    // An absolute path may be spelled through the root's real place as well.
    if (!isWithin(wanted, resolve(root)) && !(isAbsolute(path) && isWithin(wanted, realRoot))) continue;
    isInsideSome = true;
    const real = await realPathOf(wanted);
    if (real === undefined) continue;
    if (isWithin(real, realRoot)) return { kind: 'found', path: real, root: realRoot };
    leadsOut = true;
  }
  return { kind: isInsideSome && !leadsOut ? 'missing' : 'outside' };
}

function isWithin(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'EACCES' || code === 'ENAMETOOLONG') {
      return undefined;
    }
    throw error;
  }
}
