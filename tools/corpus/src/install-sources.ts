import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sources } from './sources.js';
import { workspaceRoot } from './workspace-root.js';

const run = promisify(execFile);
const installWithinMs = 900_000;

/** Below what git ignores. */
const cacheFolder = join(workspaceRoot, '.hub/corpus');

/** The package registry can't be had, or does not have one of the packages. */
export class SourcesUnavailable extends Error {
  override readonly name = 'SourcesUnavailable';
}

/**
 * Installs the packages with the documents, each at its pinned version, unless they are there.
 *
 * @returns the folder that has them
 * @throws SourcesUnavailable with what npm said
 */
export async function installSources(tell: (line: string) => void): Promise<string> {
  const folder = join(cacheFolder, sources.map(({ version }) => version).join('-'));
  const packages = join(folder, 'node_modules');
  // A folder is whole where its installation came to the end.
  const mark = join(folder, 'installed');
  if (existsSync(mark)) return packages;
  tell('installing the documents from npm …');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const dependencies = Object.fromEntries(sources.map(({ name, version }) => [name, version]));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'corpus', private: true, dependencies }));
  try {
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts'];
    await run('npm', args, { cwd: folder, timeout: installWithinMs, maxBuffer: 2 ** 26 });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new SourcesUnavailable(stderr?.trim().split('\n').at(-1) ?? message, { cause: error });
  }
  await writeFile(mark, '');
  return packages;
}
