import { beforeEach, describe, expect, it } from 'vitest';
import { ManualTimers } from '../../test/support/fixtures.js';
import { FloodGuard } from './flood-guard.js';

let timers: ManualTimers;
let told: string[];
let guard: FloodGuard;
beforeEach(() => {
  timers = new ManualTimers();
  told = [];
  const source = { pause: () => told.push('pause'), resume: () => told.push('resume') };
  guard = new FloodGuard(source, timers, {
    windowMs: 100,
    maxBytes: 1_000,
    maxUnasked: 3,
    unaskedPerAnswer: 2,
    maxAnswers: 4,
  });
});

const unasked = (times: number): void => {
  for (let count = 0; count < times; count += 1) guard.unasked();
};

describe('FloodGuard', () => {
  it('leaves a server alone that says little', () => {
    for (let window = 0; window < 5; window += 1) {
      unasked(3);
      guard.came(1_000);
      timers.advance(100);
    }
    expect(told).toEqual([]);
  });

  it('reads no more of too many messages until the window is over', () => {
    unasked(10);
    expect(told).toEqual(['pause']);
    timers.advance(100);
    expect(told).toEqual(['pause', 'resume']);
    unasked(3);
    expect(told).toHaveLength(2);
  });

  it('reads no more of too many bytes', () => {
    guard.came(1_001);
    expect(told).toEqual(['pause']);
  });

  it('lets a server say more that answers more, up to a limit', () => {
    for (let count = 0; count < 100; count += 1) guard.answered();
    unasked(11);
    expect(told).toEqual([]);
    unasked(1);
    expect(told).toEqual(['pause']);
  });
});
