import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { LoadFailed } from '@mcp-hub/domain';
import { pathUnderRoots, type RootedPath } from '../path-under-roots.js';
import { packageSpecifier, resolvePackage } from './resolve-package.js';

const extensions: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']);
const typeScript: ReadonlySet<string> = new Set(['.ts', '.mts', '.cts']);

export interface FoundModule {
  file: string;
  /** The root that it is under; both with symbolic links resolved. */
  root: string;
}

/**
 * The file of `module_config.path` (hosting.md, "Modules"): a file, or a folder with an `index`, under one of the roots,
 * or a package in the `node_modules` of a root.
 *
 * @throws LoadFailed `policy_refused` where it leads out of the roots, `module_error` where there is none
 */
export async function findModule(path: string, roots: readonly string[]): Promise<FoundModule> {
  const candidates = [path, ...['index.mjs', 'index.js', 'index.cjs'].map((name) => join(path, name))];
  const leadingOut: string[] = [];
  const fileAt = async (candidate: string, within: readonly string[]): Promise<FoundModule | undefined> => {
    const found: RootedPath = await pathUnderRoots(candidate, within);
    if (found.kind === 'outside') leadingOut.push(candidate);
    if (found.kind !== 'found' || !(await isFile(found.path))) return undefined;
    return { file: checked(path, found.path), root: found.root };
  };

  for (const candidate of candidates) {
    const found = await fileAt(candidate, roots);
    if (found) return found;
  }
  const specifier = packageSpecifier(path);
  if (specifier) {
    for (const root of roots) {
      const target = await resolvePackage(root, specifier.name, specifier.subpath);
      const found = target === undefined ? undefined : await fileAt(target, [root]);
      if (found) return found;
    }
  }
  if (leadingOut.length > 0) {
    throw new LoadFailed(
      'policy_refused',
      `The module "${path}" is not under a folder that modules may be loaded from.`,
      'Move it under a folder of loader.module_roots; symbolic links must stay there too.',
    );
  }
  throw new LoadFailed(
    'module_error',
    `There is no module "${path}": neither a file under a module root nor a package in its node_modules.`,
    'Give module_config.path relative to a folder of loader.module_roots, or install the package there.',
  );
}

function checked(path: string, file: string): string {
  const extension = extname(file);
  if (!extensions.has(extension)) {
    throw new LoadFailed('module_error', `"${path}" is not a JavaScript module.`, 'Name a .js, .mjs or .cjs file.');
  }
  if (typeScript.has(extension) && !runsTypeScript()) {
    throw new LoadFailed(
      'module_error',
      `"${path}" is TypeScript, which this version of Node.js does not run.`,
      'Build it to JavaScript first and name the built file.',
    );
  }
  return file;
}

function runsTypeScript(): boolean {
  return 'typescript' in process.features && Boolean(process.features.typescript);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path)).isFile();
}
