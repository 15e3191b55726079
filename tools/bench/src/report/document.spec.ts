import { expect, it } from 'vitest';
import type { CallReport } from './call-report.js';
import { withReport } from './document.js';

const report: CallReport = {
  kind: 'calls',
  takenAt: '2026-01-02T03:04:05.000Z',
  machine: { cpu: 'a cpu', cores: 2, memoryGb: 8, platform: 'linux x64', node: 'v20.20.2' },
  plan: { rounds: 3, connections: [16], time: { warmUpMs: 0, durationMs: 5_000 } },
  legs: [],
  missing: [{ id: 'c3', reason: 'no network' }],
  ratios: [],
  gate: { of: 'c1', to: 'b', connections: 16, atLeast: 0.7, kind: 'met', measured: 0.8 },
  aims: [],
  failures: [],
};
const document = '# Title\n\n<!-- bench:calls -->\nold\n<!-- /bench:calls -->\n\nText.\n';

it('replaces what is between the marks, and nothing else', () => {
  const written = withReport(document, report);
  expect(written).toMatch(/^# Title\n\n<!-- bench:calls -->\n\nTaken on 2026-01-02: a cpu, 2 cores/);
  expect(written).toMatch(/\n\n<!-- \/bench:calls -->\n\nText\.\n$/);
  expect(written).not.toContain('old');
  expect(written).toContain('Leg c3 (gateway → worker → stdio tool) did not run: no network');
});

it('gives the same when done again', () => {
  const written = withReport(document, report);
  expect(withReport(written, report)).toBe(written);
});

it('refuses a document without the marks', () => {
  expect(() => withReport('# Title\n', report)).toThrow('<!-- bench:calls -->');
});
