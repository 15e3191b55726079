import { readdir, readFile } from 'node:fs/promises';

const rounds = 3;

/**
 * Kills what a child has started and what has left its process group: every process that has a path below `folder` in
 * its environment. One that has cleaned its environment is not found; off Linux none is.
 */
export async function killByEnvironment(folder: string): Promise<void> {
  if (process.platform !== 'linux') return;
  // One that is just being started is found in the next round.
  for (let round = 0; round < rounds; round += 1) {
    const found = await processesWith(`=${folder}/`);
    if (found.length === 0) return;
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It is gone, or it is nobody this process may kill.
      }
    }
  }
}

async function processesWith(text: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      return environment.includes(text) ? [Number(pid)] : [];
    }),
  );
  return found.flat().filter((pid) => pid !== process.pid);
}
