import { expect, it } from 'vitest';
import type { Sample } from '../measure.js';
import { outcomeOf, type Aim } from './aims.js';
import { callAims } from './call-aims.js';

const aSample = (leg: Sample['leg'], over: Partial<Sample> = {}): Sample => ({
  leg,
  connections: 16,
  round: 1,
  calls: 1_000,
  errors: 0,
  callsPerSecond: 1_000,
  p50Ms: 1,
  p99Ms: 4,
  generatorShare: 0.1,
  processes: [],
  ...over,
});

function outcomes(...samples: Sample[]): Record<string, string> {
  const measured = callAims(samples).filter((aim) => aim.measured !== undefined);
  return Object.fromEntries(measured.map((aim: Aim) => [aim.what, outcomeOf(aim)]));
}

it('compares legs at 16 connections', () => {
  const samples = [aSample('b'), aSample('c1', { callsPerSecond: 790 }), aSample('r1', { callsPerSecond: 710 })];
  expect(outcomes(...samples, aSample('c1', { connections: 64, callsPerSecond: 5_000 }))).toEqual({
    'gateway / bare proxy (c1 / b)': 'missed',
    'standalone before a remote / bare proxy (r1 / b)': 'met',
    'p99 of c1': 'met',
    'p99 of r1': 'met',
  });
});

it('looks at the CPU time of the gateway, and of the whole path', () => {
  const processes = [
    { role: 'gateway', cpuUsPerCall: 111, rssMb: 1 },
    { role: 'worker', cpuUsPerCall: 189, rssMb: 1 },
  ];
  expect(outcomes(aSample('c2', { processes, p99Ms: 5.1 }))).toEqual({
    'CPU of the gateway by call (c2)': 'missed',
    'CPU of the whole path by call (c2)': 'met',
    'p99 of c2': 'missed',
  });
});

it('counts what sessions lost at any number of connections', () => {
  const lost = 'calls lost in sessions (e1, e2)';
  expect(outcomes(aSample('e1'), aSample('e2'))[lost]).toBe('met');
  expect(outcomes(aSample('e1'), aSample('e2', { connections: 64, errors: 1 }))[lost]).toBe('missed');
});

it('measures nothing where nothing ran', () => {
  expect(outcomes()).toEqual({});
});
