import { readdir, readFile } from 'node:fs/promises';

/** The processes that run with their home in a folder: what a worker has started from it. Linux only. */
export async function processesAtHomeIn(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const environment = await readFile(`/proc/${name}/environ`, 'latin1');
      if (environment.split('\0').some((entry) => entry.startsWith(`HOME=${folder}/`))) found.push(Number(name));
    } catch {
      // It ended meanwhile, or is none of ours.
    }
  }
  return found;
}
