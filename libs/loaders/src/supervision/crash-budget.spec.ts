import { describe, expect, it } from 'vitest';
import { CrashBudget } from './crash-budget.js';

/** @returns the delay after a crash at each of the seconds */
function delays(seconds: readonly number[]): (number | undefined)[] {
  const budget = new CrashBudget();
  return seconds.map((second) => budget.crashed(second * 1000));
}

describe('CrashBudget', () => {
  it('is spent by five crashes within two minutes, with doubling delays until then', () => {
    expect(delays([0, 1, 3, 6, 11])).toEqual([500, 1_000, 2_000, 4_000, undefined]);
  });

  it('goes up to 30 s for a server that crashes again and again, but not so often', () => {
    const regularly = delays(Array.from({ length: 10 }, (_, index) => index * 40));
    expect(regularly).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  });

  it('begins anew after two minutes without a crash', () => {
    expect(delays([0, 1, 2, 122])).toEqual([500, 1_000, 2_000, 500]);
  });
});
