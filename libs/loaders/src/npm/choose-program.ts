import { open, realpath } from 'node:fs/promises';
import { join, relative, isAbsolute } from 'node:path';
import { LoadFailed } from '@mcp-hub/domain';
import type { InstalledPackage } from './npm-packages.js';

/**
 * The file that runs a package (hosting.md, "Packages"): the program that the entry names by npx, else the only one,
 * else the one with the package's own name, without scope.
 *
 * @param wanted the name that the entry gives
 * @returns its absolute path
 * @throws LoadFailed `nothing_to_load` that lists the programs
 */
export async function chooseProgram(installed: InstalledPackage, wanted?: string): Promise<string> {
  const programs = programsOf(installed);
  const own = unscoped(installed.name);
  const files = new Set(Object.values(programs));
  const [first] = files;
  const chosen = wanted === undefined ? (files.size === 1 ? first : programs[own]) : programs[wanted];
  if (chosen === undefined) throw noProgram(installed.name, Object.keys(programs), wanted);
  const folder = await realpath(installed.folder);
  const file = await realpath(join(folder, chosen)).catch(() => undefined);
  const way = file === undefined ? '..' : relative(folder, file);
  if (file === undefined || way.startsWith('..') || isAbsolute(way)) {
    throw new LoadFailed(
      'nothing_to_load',
      `The npm package "${installed.name}" names the program "${chosen}", which is not in it.`,
      'Take another version of the package.',
    );
  }
  return file;
}

/** Whether Node.js runs the file; other programs, such as shell scripts and binaries, are run by the system. */
export async function isForNode(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    const [line = ''] = buffer.toString('latin1', 0, bytesRead).split('\n');
    if (line.startsWith('#!')) return /\bnode\b/.test(line);
    return !line.includes('\0');
  } finally {
    await handle.close();
  }
}

function programsOf({ name, manifest }: InstalledPackage): Record<string, string> {
  const { bin } = manifest;
  if (typeof bin === 'string') return { [unscoped(name)]: bin };
  if (typeof bin !== 'object' || bin === null) return {};
  const programs = Object.entries(bin).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(programs.map(([program, file]) => [program, join(file)]));
}

function unscoped(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

function noProgram(name: string, programs: readonly string[], wanted: string | undefined): LoadFailed {
  const has = programs.length === 0 ? 'It has none.' : `It has: ${programs.join(', ')}.`;
  return new LoadFailed(
    'nothing_to_load',
    wanted === undefined
      ? `The npm package "${name}" has no program by which to run it. ${has}`
      : `The npm package "${name}" has no program "${wanted}". ${has}`,
    programs.length === 0
      ? 'Take a package that is an MCP server, with a "bin" in its package.json.'
      : 'Name one: runtime_hint npx, and package_arguments that begin with --package (named, the package) and the program (positional).',
  );
}
