import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * The first line that a process prints: how it says that it is ready. What it prints later is thrown away.
 *
 * @throws Error where the process ends before, or is late
 */
export async function firstLine(child: ChildProcess, name: string, timeoutMs: number): Promise<string> {
  if (!child.stdout) throw new TypeError(`The output of ${name} is not read.`);
  const ended = once(child, 'exit').then(() => undefined);
  const printed = once(createInterface(child.stdout), 'line', { signal: AbortSignal.timeout(timeoutMs) });
  const [line] = ((await Promise.race([printed, ended])) ?? []) as unknown[];
  if (typeof line !== 'string') throw new Error(`${name} ended before it was ready; see its output above.`);
  return line;
}
