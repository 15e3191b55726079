import { describe, expect, it } from 'vitest';
import type { Sample } from '../measure.js';
import { judge, ratiosOf, summarize } from './summary.js';

function aSample(over: Partial<Sample> = {}): Sample {
  return {
    leg: 'b',
    connections: 16,
    round: 1,
    calls: 1_000,
    errors: 0,
    callsPerSecond: 1_000,
    p50Ms: 1,
    p99Ms: 2,
    generatorShare: 0.3,
    processes: [
      { role: 'bare proxy', cpuUsPerCall: 80, rssMb: 60 },
      { role: 'bare server', cpuUsPerCall: 20, rssMb: 50 },
    ],
    ...over,
  };
}

/** Rounds of the bare proxy and of the gateway, by their calls per second. */
function rounds(...rates: [proxy: number, gateway: number][]): Sample[] {
  return rates.flatMap(([proxy, gateway], index) => [
    aSample({ leg: 'b', round: index + 1, callsPerSecond: proxy }),
    aSample({ leg: 'c1', round: index + 1, callsPerSecond: gateway }),
  ]);
}

describe('summarize', () => {
  it('takes the median of each figure', () => {
    const [summary] = summarize([
      aSample({ round: 1, callsPerSecond: 900, p99Ms: 9 }),
      aSample({ round: 2, callsPerSecond: 1_100, p99Ms: 3 }),
      aSample({ round: 3, callsPerSecond: 500, p99Ms: 4 }),
    ]);
    expect(summary).toMatchObject({ callsPerSecond: 900, p99Ms: 4 });
  });

  it('adds up what the processes of a leg use', () => {
    expect(summarize([aSample()])[0]?.cpuUsPerCall).toBe(100);
  });

  it('orders by connections, then by leg', () => {
    const samples = [
      aSample({ leg: 'd', connections: 1 }),
      aSample({ leg: 'c1', connections: 64 }),
      aSample({ leg: 'a', connections: 64 }),
      aSample({ leg: 'a', connections: 1 }),
    ];
    expect(summarize(samples).map(({ leg, connections }) => [leg, connections])).toEqual([
      ['a', 1],
      ['d', 1],
      ['a', 64],
      ['c1', 64],
    ]);
  });
});

describe('ratiosOf', () => {
  it('compares within each round, so that a slow round tells nothing', () => {
    const samples = rounds([1_000, 800], [100, 90], [1_000, 700]);
    expect(ratiosOf(samples)).toEqual([{ of: 'c1', to: 'b', connections: 16, value: 0.8 }]);
  });

  it('leaves out what was not measured', () => {
    expect(ratiosOf([aSample()])).toEqual([]);
  });
});

describe('the gate', () => {
  it('is met by a gateway of 0.7 times the speed of a bare proxy', () => {
    expect(judge(rounds([1_000, 700]))).toMatchObject({ kind: 'met', measured: 0.7 });
  });

  it('is missed by a slower one', () => {
    expect(judge(rounds([1_000, 699], [1_000, 650], [1_000, 990]))).toMatchObject({ kind: 'missed', measured: 0.699 });
  });

  it('is missed where nothing was answered', () => {
    expect(judge(rounds([0, 0]))).toMatchObject({ kind: 'missed' });
  });

  it('looks at 16 connections only', () => {
    const samples = rounds([1_000, 100]).map((sample) => ({ ...sample, connections: 64 }));
    expect(judge(samples)).toMatchObject({ kind: 'not_measured' });
  });
});
