import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { waitUntil } from '@mcp-hub/test-servers';

const run = promisify(execFile);

/** The ids of all processes that a process started, and that those started, as of now. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.flatMap(([child, ppid]) => (ppid === parent && child !== undefined ? [child, ...below(child)] : []));
  return below(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: there is none.
    return false;
  }
}

/** Resolves once none of them is left. */
export async function whenGone(pids: readonly number[], timeoutMs = 45_000): Promise<void> {
  let left: number[] = [];
  await waitUntil(() => (left = pids.filter(isAlive)).length === 0, {
    timeoutMs,
    describe: () => `processes ${left.join(', ')} to be gone`,
  });
}
