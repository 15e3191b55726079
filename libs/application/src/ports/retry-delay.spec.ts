import { describe, expect, it } from 'vitest';
import { retryDelayMs } from './retry-delay.js';

describe('retryDelayMs', () => {
  it('doubles with every failure', () => {
    const delays = [1, 2, 3, 4].map((failures) => retryDelayMs(1_000, failures, () => 0.5));
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000]);
  });

  it.each([
    [0, 800],
    [0.999_999, 1_200],
  ])('spreads by 20 %% (random %d)', (random, wanted) => {
    expect(retryDelayMs(1_000, 1, () => random)).toBeCloseTo(wanted, 1);
  });

  it('stays within what a timer can wait', () => {
    expect(retryDelayMs(60_000, 60, () => 1)).toBe(86_400_000);
  });
});
