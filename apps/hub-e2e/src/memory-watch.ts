import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

const everyMs = 50;

/** Watches how much memory processes have (Linux: resident). @returns stops it, and tells by how many bytes one of them had grown at most */
export async function watchMemory(pids: readonly number[]): Promise<{ stop(): Promise<number> }> {
  const before = new Map(await Promise.all(pids.map(async (pid) => [pid, await residentBytes(pid)] as const)));
  const stopping = new AbortController();
  let most = 0;
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      for (const [pid, bytes] of before) most = Math.max(most, (await residentBytes(pid)) - bytes);
      await setTimeout(everyMs);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await watching;
      return most;
    },
  };
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}
