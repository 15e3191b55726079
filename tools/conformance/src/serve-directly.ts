import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { firstLine } from './first-line.js';
import { fixtureFolder, type Fixture } from './fixtures.js';
import { stopProcess } from './stop-process.js';
import type { Subject } from './subject.js';

/** Starts a fixture by its SDK's own means, in a process of its own. @throws Error where it does not start */
export async function serveDirectly({ name, direct: [script = '', ...args] }: Fixture): Promise<Subject> {
  const child = spawn(process.execPath, [join(fixtureFolder, script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const url = await firstLine(child, `The fixture ${name}`, 20_000);
  return { url, stop: () => stopProcess(child) };
}
