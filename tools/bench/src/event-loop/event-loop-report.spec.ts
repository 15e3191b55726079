import { describe, expect, it } from 'vitest';
import { eventLoopHead, eventLoopRows, isWithinAim, type EventLoopPhase } from './event-loop-report.js';

function aPhase(max: number, failed = 0): EventLoopPhase {
  return {
    title: 'it loads',
    durationMs: 1234.4,
    delay: { max, p99: 2, mean: 0.5 },
    calls: { count: 40, failed, median: 1.23, max: 9 },
  };
}

describe('the report on the event loop', () => {
  it('has a cell for each heading', () => {
    const [row] = eventLoopRows([aPhase(20)]);
    expect(row).toHaveLength(eventLoopHead.length);
    expect(row).toEqual(['it loads', '1,234', '20.0', '2.0', '0.5', '40', '0', '1.2', '9.0']);
  });

  it.each([
    ['is within its aim', [aPhase(49)], true],
    ['is not where one phase kept the loop too long', [aPhase(10), aPhase(51)], false],
    ['is not where a call failed', [aPhase(10, 1)], false],
  ])('%s', (_, phases, expected) => {
    expect(isWithinAim(phases)).toBe(expected);
  });
});
