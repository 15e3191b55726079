import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const graceMs = 30_000;

/** SIGTERM, and SIGKILL where that does not do. Idempotent. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await exited;
  clearTimeout(timer);
}
