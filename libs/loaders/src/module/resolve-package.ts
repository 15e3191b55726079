import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface PackageManifest {
  main?: unknown;
  exports?: unknown;
}

/** The conditions that an `import` in Node fulfils, as far as a package may ask for them. */
const conditions: readonly string[] = ['node', 'import', 'module-sync', 'default'];

/** @returns package name and subpath of a bare specifier; undefined where it is none */
export function packageSpecifier(specifier: string): { name: string; subpath: string } | undefined {
  const match = /^((?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*)(\/.+)?$/i.exec(specifier);
  return match?.[1] === undefined ? undefined : { name: match[1], subpath: `.${match[2] ?? ''}` };
}

/**
 * The file that an `import` of a package under `root/node_modules` means, by its `exports` or `main`.
 *
 * @returns a path relative to the root; undefined where there is no such package or export
 */
export async function resolvePackage(root: string, name: string, subpath: string): Promise<string | undefined> {
  const folder = join('node_modules', name);
  const manifest = await readManifest(join(root, folder, 'package.json'));
  if (!manifest) return undefined;
  if (manifest.exports !== undefined && manifest.exports !== null) {
    const target = exportedTarget(manifest.exports, subpath);
    return target === undefined ? undefined : join(folder, target);
  }
  if (subpath !== '.') return join(folder, subpath);
  return join(folder, typeof manifest.main === 'string' ? manifest.main : 'index.js');
}

async function readManifest(path: string): Promise<PackageManifest | undefined> {
  try {
    const manifest: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof manifest === 'object' && manifest !== null ? manifest : undefined;
  } catch {
    // No package there, or a broken one: another root may have it.
    return undefined;
  }
}

function exportedTarget(exports: unknown, subpath: string): string | undefined {
  const isBySubpath = isRecord(exports) && Object.keys(exports).some((key) => key.startsWith('.'));
  if (!isBySubpath) return subpath === '.' ? conditionalTarget(exports) : undefined;
  if (Object.hasOwn(exports, subpath)) return conditionalTarget(exports[subpath]);
  for (const [key, target] of Object.entries(exports)) {
    const [before = '', after] = key.split('*');
    if (after === undefined || !subpath.startsWith(before) || !subpath.endsWith(after)) continue;
    const middle = subpath.slice(before.length, subpath.length - after.length);
    return conditionalTarget(target)?.replaceAll('*', middle);
  }
  return undefined;
}

function conditionalTarget(target: unknown): string | undefined {
  if (typeof target === 'string') return target.startsWith('./') ? target : undefined;
  if (Array.isArray(target)) return target.map(conditionalTarget).find((found) => found !== undefined);
  if (!isRecord(target)) return undefined;
  for (const [condition, value] of Object.entries(target)) {
    const found = conditions.includes(condition) ? conditionalTarget(value) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
