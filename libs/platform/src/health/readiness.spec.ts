import { expect, it } from 'vitest';
import { Readiness } from './readiness.js';

it('is ready when every part is', async () => {
  const readiness = new Readiness();
  readiness.register({ name: 'a', isReady: () => true });
  readiness.register({ name: 'b', isReady: () => Promise.resolve(true) });
  expect((await readiness.check()).isReady).toBe(true);
});

it('tells what is missing since when', async () => {
  let now = 0;
  let isUp = false;
  const readiness = new Readiness({ now: () => now });
  readiness.register({
    name: 'queue',
    isReady: () => isUp,
    detail: () => 'no connection to Redis',
  });
  now = 5_000;
  expect((await readiness.check()).parts).toEqual([
    {
      name: 'queue',
      isReady: false,
      since: '1970-01-01T00:00:00.000Z',
      detail: 'no connection to Redis',
    },
  ]);
  isUp = true;
  await readiness.check();
  now = 9_000;
  expect((await readiness.check()).parts).toEqual([
    { name: 'queue', isReady: true, since: '1970-01-01T00:00:05.000Z' },
  ]);
  isUp = false;
  expect((await readiness.check()).parts[0]?.since).toBe('1970-01-01T00:00:09.000Z');
});

it('counts a part that throws or rejects as not ready', async () => {
  const readiness = new Readiness();
  readiness.register({
    name: 'throws',
    isReady: () => {
      throw new Error();
    },
  });
  readiness.register({
    name: 'rejects',
    isReady: () => Promise.reject(new Error()),
  });
  expect((await readiness.check()).parts.map(({ isReady }) => isReady)).toEqual([false, false]);
});

it('does not wait for a part that does not answer', async () => {
  const readiness = new Readiness(undefined, 10);
  readiness.register({
    name: 'hangs',
    isReady: () => new Promise(() => undefined),
  });
  expect((await readiness.check()).isReady).toBe(false);
});
