import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { firstLine } from './first-line.js';
import { stopProcess } from './stop-process.js';
import type { Subject } from './subject.js';

const script = fileURLToPath(new URL('../fixture/serve-directly.mjs', import.meta.url));

/** Starts the fixture by the SDK's own means, in a process of its own. @throws Error where it does not start */
export async function serveDirectly(): Promise<Subject> {
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const url = await firstLine(child, 'The fixture', 20_000);
  return { url, stop: () => stopProcess(child) };
}
