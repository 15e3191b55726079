import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '@mcp-hub/test-servers';

/** The modules that a bench loads into the processes it looks into. */
export type ProbeName = 'profiler-probe' | 'resources-probe' | 'memory-probe' | 'event-loop-probe';

/** The environment by which every Node process started with it carries the probe. */
export function probeEnvironment(probe: ProbeName, folder: string): Record<string, string> {
  const url = new URL(`./probes/${probe}.js`, import.meta.url).href;
  return { NODE_OPTIONS: `--import=${url}`, BENCH_PROBE_DIR: folder };
}

/**
 * Asks a probe, which answers a SIGUSR2 by writing a file.
 * @param count of the times this process has been asked, from 1
 * @throws WaitTimedOut where it does not answer
 */
export async function askProbe<Answer>(pid: number, count: number, folder: string): Promise<Answer> {
  process.kill(pid, 'SIGUSR2');
  const file = join(folder, `${pid}.${count}.json`);
  const text = await waitUntil(() => readFile(file, 'utf8'), { timeoutMs: 20_000, describe: `the probe of ${pid}` });
  return JSON.parse(text) as Answer;
}
