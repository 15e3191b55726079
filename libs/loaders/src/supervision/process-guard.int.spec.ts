import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { uniqueSeconds } from '../../test/processes.js';
import { guardScript } from './process-guard.js';

const sleepers: ChildProcess[] = [];
afterEach(() => {
  for (const child of sleepers.splice(0)) child.kill('SIGKILL');
});

function sleeper(environment: Record<string, string> = {}): ChildProcess {
  const env = { PATH: process.env['PATH'], ...environment };
  const child = spawn('sleep', [uniqueSeconds()], { detached: true, stdio: 'ignore', env });
  sleepers.push(child);
  return child;
}

/** Runs the guard until the end of what it reads. */
async function guard(input: string, folder: string): Promise<void> {
  const shell = spawn('sh', ['-c', guardScript, 'guard', folder], { stdio: ['pipe', 'inherit', 'inherit'] });
  const exited = once(shell, 'exit');
  shell.stdin.end(input);
  await exited;
}

describe('the guard', () => {
  it('kills the groups that are left when its input ends, and no other', async () => {
    const all = Array.from({ length: 5 }, () => sleeper());
    const [a, b, c, d, other] = all.map(({ pid }) => pid ?? 0);
    const exits = [all[1], all[3]].map((child) => once(child!, 'exit'));
    await guard(`+ ${a}\n+ ${b}\n+ ${c}\n- ${a}\n+ ${d}\n- ${c}\n- ${other}\n`, '/nonexistent');
    await Promise.all(exits);
    expect(all.map(({ signalCode }) => signalCode)).toEqual([null, 'SIGKILL', null, 'SIGKILL', null]);
  });

  it.skipIf(process.platform !== 'linux')('kills what has a folder of the worker in its environment', async () => {
    const inside = sleeper({ HOME: '/cache/work/one/home' });
    const outside = [sleeper({ HOME: '/cache/work/one-more/home' }), sleeper({ NOTE: 'not in /cache/work/one/' })];
    const exit = once(inside, 'exit');
    await guard('', '/cache/work/one');
    await exit;
    expect(outside.map(({ signalCode }) => signalCode)).toEqual([null, null]);
  });
});
