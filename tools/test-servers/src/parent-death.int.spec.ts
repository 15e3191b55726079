import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { describe, expect, inject, it, onTestFinished } from 'vitest';

import { waitUntil } from './wait-until.js';

const PARENT = fileURLToPath(new URL('../test/parent.mjs', import.meta.url));
const canStart: Record<string, boolean> = {
  redis: inject('redisUrl') !== undefined,
  mongo: inject('mongoUrl') !== undefined && !process.env['MONGODB_TEST_URI'],
};

describe.for(['redis', 'mongo'])('%s', (kind) => {
  it.skipIf(!canStart[kind])('dies with a parent that is killed', async () => {
    const { parent, pid, temporary } = await aParent('wait', kind);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expectNothingLeft(pid, temporary);
  });

  it.skipIf(!canStart[kind])('dies with its parent while it is paused', async () => {
    const { parent, pid, temporary } = await aParent('wait', kind);
    process.kill(pid, 'SIGSTOP');
    parent.kill('SIGKILL');
    await expectNothingLeft(pid, temporary);
  });

  it.skipIf(!canStart[kind])('does not keep a parent running that forgot to stop it', async () => {
    const { parent, pid, temporary } = await aParent('leave', kind);
    if (parent.exitCode === null) await once(parent, 'exit');
    await expectNothingLeft(pid, temporary);
  });
});

async function aParent(
  end: 'wait' | 'leave',
  kind: string,
): Promise<{ parent: ChildProcess; pid: number; temporary: string }> {
  const temporary = await mkdtemp(join(tmpdir(), 'parent-'));
  const parent = spawn(process.execPath, [PARENT, end, kind], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    parent.kill('SIGKILL');
    await rm(temporary, { recursive: true, force: true });
  });
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
  const pid = (JSON.parse(line) as Record<string, number>)[kind];
  if (pid === undefined) throw new Error(`The parent started no ${kind}: ${line}`);
  return { parent, pid, temporary };
}

async function expectNothingLeft(pid: number, temporary: string): Promise<void> {
  await waitUntil(() => !isAlive(pid), { describe: `the end of process ${pid}` });
  const left = async (): Promise<string[]> => (await readdir(temporary)).filter((name) => name.startsWith('hub-'));
  await waitUntil(async () => (await left()).length === 0, { describe: `the removal of ${temporary}` });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
