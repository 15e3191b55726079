import { expect, it } from 'vitest';
import { runInThreads } from './run-in-threads.js';

const module = new URL('../test/fixtures/thread.mjs', import.meta.url);
const limits = { threads: 2, heapMb: 64, deadlineMs: 2_000 };
const failed = (task: string, reason: string): string => `${task} failed: ${reason}`;

it('gives the results in the order of the tasks', async () => {
  const done: number[] = [];
  const results = await runInThreads(['a', 'b', 'c'], limits, {
    module,
    failed,
    onResult: (_, count) => done.push(count),
  });
  expect(results).toEqual(['a done', 'b done', 'c done']);
  expect(done).toEqual([1, 2, 3]);
});

it.each([
  ['throw', 'thrown'],
  ['exit', 'its thread ended with 3'],
  ['hang', 'not done within 2 s'],
  ['memory', 'memory'],
])(
  'goes on after a task that ends by %s',
  async (how, reason) => {
    const results = await runInThreads(
      [how, 'b', 'c'],
      { ...limits, threads: 1 },
      { module, failed, onResult: () => undefined },
    );
    expect(results[0]).toMatch(new RegExp(`^${how} failed: .*${reason}`));
    expect(results.slice(1)).toEqual(['b done', 'c done']);
  },
  30_000,
);
