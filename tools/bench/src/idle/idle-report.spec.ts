import { expect, it } from 'vitest';
import { idleHead, idleRows, redisLines, type IdleReport, type RestingProcess } from './idle-report.js';

const aProcess = (role: string): RestingProcess => ({
  role,
  rssMb: 99.6,
  cpuShare: 0.0123,
  timers: 12,
  timerRunsPerSecond: 3.456,
  active: { TCPServerWrap: 1 },
});
const report: IdleReport = {
  kind: 'idle',
  takenAt: '2026-01-02T03:04:05.000Z',
  machine: { cpu: 'a cpu', cores: 2, memoryGb: 8, platform: 'linux x64', node: 'v20' },
  seconds: 10,
  hubs: [
    {
      form: 'split',
      servers: 10,
      processes: [aProcess('gateway'), aProcess('worker')],
      redis: { commandsPerSecond: 7.5, most: [{ command: 'ping', perSecond: 7.5 }] },
      callsPerSecond: 1_234,
    },
    { form: 'standalone', servers: 0, processes: [aProcess('standalone')] },
  ],
};

it('writes a row for each process, and what is of the whole hub once', () => {
  expect(idleRows(report)).toEqual([
    ['gateway', '10', '100', '1.23', '12', '3.46', '7.50', '1,234'],
    ['worker', '10', '100', '1.23', '12', '3.46', '', ''],
    ['standalone', '0', '100', '1.23', '12', '3.46', '', ''],
  ]);
  expect(idleRows(report).every((row) => row.length === idleHead.length)).toBe(true);
});

it('tells what Redis is asked', () => {
  expect(redisLines(report)).toEqual(['Redis with 10 servers: ping 7.50/s']);
});
