import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** Full path of a program on the PATH, or undefined. */
export async function findExecutable(
  name: string,
  path: string = process.env['PATH'] ?? '',
): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue;
    const file = join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

/** Runs `<file> --version` and gives what the first group of `pattern` finds in the answer, or `unknown`. */
export async function versionOf(file: string, pattern: RegExp): Promise<string> {
  const { stdout } = await promisify(execFile)(file, ['--version']);
  return pattern.exec(stdout)?.[1] ?? 'unknown';
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
