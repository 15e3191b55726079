import { RecordingLog } from '@mcp-hub/application/testing';
import { expect, it } from 'vitest';
import { retryUntil } from './retry-until.js';

const quick = { event: 'redis.waiting', minMs: 1, maxMs: 4 };

it('tries until it succeeds, waiting longer each time up to the limit', async () => {
  const log = new RecordingLog();
  let calls = 0;
  const attempt = async (): Promise<string> => {
    calls += 1;
    if (calls < 6) throw new Error('refused');
    return 'up';
  };
  expect(
    await retryUntil(attempt, {
      ...quick,
      log,
      signal: new AbortController().signal,
    }),
  ).toBe('up');
  expect(log.named('redis.waiting').map(({ fields }) => fields['retryInMs'])).toEqual([1, 2, 4, 4, 4]);
});

it('stops waiting when aborted', async () => {
  const stop = new AbortController();
  const waiting = retryUntil(() => Promise.reject(new Error('refused')), {
    event: 'redis.waiting',
    log: new RecordingLog(),
    signal: stop.signal,
    minMs: 60_000,
    maxMs: 60_000,
  });
  queueMicrotask(() => stop.abort(new Error('stopped')));
  await expect(waiting).rejects.toThrow('stopped');
});

it('throws at once what waiting can not mend', async () => {
  const log = new RecordingLog();
  const failing = retryUntil(() => Promise.reject(new TypeError('bad')), {
    ...quick,
    log,
    signal: new AbortController().signal,
    isFatal: (error) => error instanceof TypeError,
  });
  await expect(failing).rejects.toThrow(TypeError);
  expect(log.events).toEqual([]);
});
