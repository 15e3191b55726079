import { describe, expect, it } from 'vitest';

import { WaitTimedOut, waitUntil } from './wait-until.js';

describe('waitUntil', () => {
  it('gives what the condition gives once that is truthy', async () => {
    let looks = 0;
    const value = await waitUntil(() => (++looks === 3 ? 'found' : undefined), { describe: 'it', intervalMs: 1 });
    expect(value).toBe('found');
  });

  it('takes a condition that throws as not yet true', async () => {
    let looks = 0;
    const condition = (): boolean => {
      if (++looks < 3) throw new Error('not there');
      return true;
    };
    await expect(waitUntil(condition, { describe: 'it', intervalMs: 1 })).resolves.toBe(true);
  });

  it('names at the deadline what it waited for', async () => {
    const wait = waitUntil(() => false, { timeoutMs: 30, describe: () => 'the moon' });
    await expect(wait).rejects.toThrow(WaitTimedOut);
    await expect(wait).rejects.toThrow('Timed out after 30 ms waiting for the moon');
  });

  it('tells at the deadline what the condition threw last', async () => {
    const condition = (): Promise<boolean> => Promise.reject(new Error('connection refused'));
    await expect(waitUntil(condition, { timeoutMs: 30, describe: 'it' })).rejects.toThrow('it: connection refused');
  });

  it('gives up on a condition that never answers', async () => {
    const never = (): Promise<boolean> => new Promise(() => undefined);
    await expect(waitUntil(never, { timeoutMs: 30, describe: 'it' })).rejects.toThrow(WaitTimedOut);
  });
});
