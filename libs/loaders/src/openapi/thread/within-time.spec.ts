import { describe, expect, it } from 'vitest';
import { UnfitForSharing } from './unfit-for-sharing.js';
import { withinTime } from './within-time.js';

describe('withinTime', () => {
  it('gives what the work gives', () => {
    expect(withinTime(1_000, () => 7)).toBe(7);
  });

  it('throws what the work throws', () => {
    const fault = new TypeError('no');
    expect(() =>
      withinTime(1_000, () => {
        throw fault;
      }),
    ).toThrow(fault);
  });

  it('stops work that goes on without end', () => {
    let rounds = 0;
    const endless = (): never => {
      for (;;) rounds += 1;
    };
    expect(() => withinTime(20, endless)).toThrow(UnfitForSharing);
    expect(rounds).toBeGreaterThan(0);
  });

  it('stops a regular expression that would go on for years', () => {
    expect(() => withinTime(20, () => /^(a+)+$/.test(`${'a'.repeat(60)}b`))).toThrow(UnfitForSharing);
  });
});
