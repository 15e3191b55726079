import { expect, it } from 'vitest';
import { aimHead } from './aims.js';
import { textOf, type Report } from './report-kinds.js';

const head = {
  takenAt: '2026-01-02T03:04:05.000Z',
  machine: { cpu: 'a cpu', cores: 2, memoryGb: 8, platform: 'linux x64', node: 'v20' },
};
const aSample = { callsPerSecond: 1, p50Ms: 1, p99Ms: 1, errors: 0, workerPeakMb: 1 };
const reports: Report[] = [
  { kind: 'idle', ...head, seconds: 6, hubs: [] },
  {
    kind: 'sessions',
    ...head,
    runs: [{ form: 'split', sessions: 10, withStreams: true, processes: [], lost: 1, firstLoss: 'gone' }],
    aims: [{ what: 'few lost', atMost: 0, unit: '', measured: 1 }],
  },
  {
    kind: 'isolation',
    ...head,
    plan: { rounds: 2, seconds: 5, connections: 16 },
    samples: [{ round: 1, ...aSample }],
    missing: [{ server: 'stdio child', reason: 'no npm' }],
    aims: [],
  },
  { kind: 'start', ...head, starts: [{ form: 'split', times: [5] }], aims: [] },
];

it.each(reports)('writes each row of a $kind report as wide as its head', (report) => {
  for (const { head: titles, rows } of textOf(report).tables) {
    for (const row of rows) expect(row).toHaveLength(titles.length);
  }
});

it('tells how a report was taken, and what was missing or lost', () => {
  const [idle, sessions, isolation] = reports.map(textOf);
  expect(idle?.plan).toBe('Each over 6 s at rest.');
  expect(sessions?.notes).toEqual(['The first loss: gone']);
  expect(isolation?.plan).toBe('Medians of 2 rounds of 5 s each, 16 connections to the good server.');
  expect(isolation?.notes).toEqual(['The stdio child did not come up: no npm']);
});

it('puts the aims below the figures', () => {
  const [, sessions] = reports.map(textOf);
  expect(sessions?.tables.at(-1)).toEqual({ head: aimHead, rows: [['few lost', '≤ 0', '1', 'missed']] });
});
