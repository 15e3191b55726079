import { expect, it } from 'vitest';
import { outcomeOf } from '../report/aims.js';
import { isolationAims, isolationHead, isolationRows, type IsolationSample } from './isolation-report.js';

const aSample = (over: Partial<IsolationSample> = {}): IsolationSample => ({
  round: 1,
  callsPerSecond: 1_000,
  p50Ms: 1,
  p99Ms: 2,
  errors: 0,
  workerPeakMb: 100,
  ...over,
});
const hang = { server: 'remote', does: 'hang' } as const;
const samples = [
  aSample(),
  aSample({ disturbance: hang, p99Ms: 3, disturbed: { outcomes: { 'cut off': 1 }, receivedMb: 2 } }),
  aSample({ round: 2, p99Ms: 10, workerPeakMb: 120 }),
  aSample({
    round: 2,
    disturbance: hang,
    p99Ms: 14,
    disturbed: { outcomes: { 'cut off': 2, refused: 1 }, receivedMb: 3.2 },
  }),
];

it('compares with what is undisturbed in the same round', () => {
  expect(isolationRows({ samples })).toEqual([
    ['undisturbed', '1,000', '1.00', '6.00', '1.00', '0', '120', '', '0'],
    ['remote: hang', '1,000', '1.00', '8.50', '1.45', '0', '100', '3 × cut off; 1 × refused', '5'],
  ]);
  expect(isolationRows({ samples })[0]).toHaveLength(isolationHead.length);
});

it('wants p99 to stay within 1.5 times of the undisturbed, and no call lost', () => {
  expect(isolationAims(samples).map(outcomeOf)).toEqual(['met', 'met']);
  const bad = [aSample(), aSample({ disturbance: hang, p99Ms: 3.1, errors: 1 })];
  expect(isolationAims(bad).map(outcomeOf)).toEqual(['missed', 'missed']);
});
