import { expect, it } from 'vitest';
import { outcomeOf } from '../report/aims.js';
import { costs, growthMb, sessionAims, sessionHead, sessionRows, type SessionRun } from './session-report.js';

const aRun = (over: Partial<SessionRun> = {}): SessionRun => ({
  form: 'split',
  sessions: 1_000,
  withStreams: true,
  lost: 0,
  processes: costs(
    [
      { role: 'gateway', rssMb: 100, heapMb: 20 },
      { role: 'redis', rssMb: 10 },
    ],
    [
      { role: 'gateway', rssMb: 140.5, heapMb: 30 },
      { role: 'redis', rssMb: 12 },
    ],
  ),
  ...over,
});

it('tells how much more each process holds, and all of them together', () => {
  expect(sessionRows({ runs: [aRun()] })).toEqual([
    ['gateway', '1,000', 'open', '141', '40.50', '10.00'],
    ['redis', '1,000', 'open', '12', '2.00', '–'],
    ['split in sum', '1,000', 'open', '', '42.50', ''],
  ]);
  expect(sessionRows({ runs: [aRun()] }).every((row) => row.length === sessionHead.length)).toBe(true);
});

it('does not set off what one process threw away against what another one took', () => {
  const before = [
    { role: 'gateway', rssMb: 100 },
    { role: 'registry-api', rssMb: 140 },
  ];
  const after = [
    { role: 'gateway', rssMb: 120 },
    { role: 'registry-api', rssMb: 115 },
  ];
  expect(growthMb(aRun({ processes: costs(before, after) }))).toBe(20);
});

it('wants the sum to be small and nothing to be lost', () => {
  const heavy = aRun({ lost: 2, processes: costs([{ role: 'gateway', rssMb: 10 }], [{ role: 'gateway', rssMb: 71 }]) });
  expect(sessionAims([aRun()]).map(outcomeOf)).toEqual(['met', 'met']);
  expect(sessionAims([heavy]).map(outcomeOf)).toEqual(['missed', 'missed']);
});
