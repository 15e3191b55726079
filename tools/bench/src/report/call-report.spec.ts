import { describe, expect, it } from 'vitest';
import type { Sample } from '../measure.js';
import {
  callNotes,
  callReport,
  gateLine,
  isGood,
  legHead,
  legRows,
  ratioTable,
  type CallReport,
} from './call-report.js';

const machine = { cpu: 'a cpu', cores: 2, memoryGb: 8, platform: 'linux x64', node: 'v20' };
const plan = { rounds: 1, connections: [16], time: { warmUpMs: 0, durationMs: 1_000 } };
const aSample = (leg: Sample['leg'], callsPerSecond: number, over: Partial<Sample> = {}): Sample => ({
  leg,
  connections: 16,
  round: 1,
  calls: callsPerSecond,
  errors: 0,
  callsPerSecond,
  p50Ms: 1.234,
  p99Ms: 5,
  generatorShare: 0.5,
  processes: [{ role: 'gateway', cpuUsPerCall: 99.6, rssMb: 80 }],
  ...over,
});
const report = (...samples: Sample[]): CallReport =>
  callReport(samples, [{ id: 'c3', reason: 'no such loader' }], { plan, machine, takenAt: new Date(0) });

describe('a run', () => {
  it('is good when the gateway is quick enough', () => {
    const good = report(aSample('b', 10_000), aSample('c1', 8_000));
    expect([isGood(good), gateLine(good.gate)]).toEqual([true, 'PASS c1 ≥ 0.7 × b at 16 connections: 0.800']);
  });

  it('is not when it is too slow', () => {
    const bad = report(aSample('b', 10_000), aSample('c1', 6_999));
    expect([isGood(bad), gateLine(bad.gate)]).toEqual([false, 'FAIL c1 ≥ 0.7 × b at 16 connections: 0.700']);
  });

  it('is not when a single call failed', () => {
    const bad = report(aSample('b', 10_000), aSample('c1', 9_000, { errors: 1, firstError: '503: no' }));
    expect([isGood(bad), bad.failures]).toEqual([false, [{ leg: 'c1', errors: 1, first: '503: no' }]]);
  });

  it('is good also where another hub fails', () => {
    const good = report(aSample('b', 10_000), aSample('p1', 10, { errors: 3, firstError: '404: no' }));
    expect(isGood(good)).toBe(true);
    expect(callNotes(good).at(-1)).toBe('3 calls of leg p1 failed, the first on: 404: no');
  });

  it('says when the gate was not measured', () => {
    const partial = report(aSample('d', 1_000));
    expect([isGood(partial), gateLine(partial.gate)]).toEqual([true, 'not measured: c1 ≥ 0.7 × b at 16 connections']);
  });

  it('keeps the reason of a leg that did not run', () => {
    expect(report(aSample('a', 1)).missing).toEqual([{ id: 'c3', reason: 'no such loader' }]);
  });
});

it('writes a leg as a row', () => {
  expect(legRows(report(aSample('c1', 8_000)))).toEqual([
    ['c1: gateway → bare server', '16', '8,000', '1.23', '5.00', '100', 'gateway 100', '80', '0'],
  ]);
  expect(legRows(report(aSample('c1', 8_000)))[0]).toHaveLength(legHead.length);
});

it('writes ratios by number of connections, with a dash where there is none', () => {
  const samples = [aSample('b', 10), aSample('c1', 8), aSample('a', 40), aSample('a', 20, { connections: 1 })];
  const { head, rows } = ratioTable(report(...samples, aSample('b', 10, { connections: 1 })));
  expect(head).toEqual(['calls/s of', '1 conn.', '16 conn.']);
  expect(rows).toContainEqual(['c1 / b', '–', '0.80']);
  expect(rows).toContainEqual(['b / a', '0.50', '0.25']);
});
