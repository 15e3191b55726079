import { describe, expect, it } from 'vitest';
import type { Leg } from './legs.js';
import { formatReport, isGood, type ReportRow } from './report.js';

const leg: Leg = { suite: 'conformance-0-1', suiteVersion: '0.1.16', revision: '2025-11-25', reached: 44 };
const good: ReportRow = {
  leg,
  fixture: 'sdk-v2',
  hosting: 'stdio',
  form: 'split',
  direct: 44,
  through: 44,
  lost: [],
  excused: [],
  faults: [],
  directMs: 1_234,
  throughMs: 2_000,
};
const lost = { scenario: 'ping', id: 'ping', name: 'Ping', reason: 'FAILURE: no answer' };

describe('formatReport', () => {
  it('has a line for each leg, way of hosting and form', () => {
    expect(formatReport([good, { ...good, form: 'standalone' }])).toBe(
      [
        'leg                   fixture  hosting  form        direct    through  lost  excused  direct s  through s',
        '0.1.16 at 2025-11-25  sdk-v2   stdio    split       44 of 44  44       0     0        1.2       2.0',
        '0.1.16 at 2025-11-25  sdk-v2   stdio    standalone  44 of 44  44       0     0        1.2       2.0',
      ].join('\n'),
    );
  });

  it('names what is lost, and why', () => {
    const report = formatReport([good, { ...good, form: 'standalone', through: 43, lost: [lost] }]);
    expect(report).toContain(
      '0.1.16 at 2025-11-25, sdk-v2 as stdio, standalone:\n  - ping › ping (Ping): FAILURE: no answer',
    );
    expect(report).not.toContain('split:');
  });

  it('says what makes a leg worthless', () => {
    const report = formatReport([{ ...good, direct: 40, faults: ['ping checked nothing directly'] }]);
    expect(report).toContain('! ping checked nothing directly\n  ! only 40 of 44 checks passed directly');
  });
});

describe('isGood', () => {
  it.each<[string, Partial<ReportRow>, boolean]>([
    ['a leg that loses nothing', {}, true],
    ['one that passes more through the hub', { through: 47 }, true],
    ['one that loses a check', { lost: [lost] }, false],
    ['one whose direct run is worthless', { faults: ['x'] }, false],
    ['one that reaches less directly than it should', { direct: 43 }, false],
  ])('of %s', (_, over, expected) => {
    expect(isGood({ ...good, ...over })).toBe(expected);
  });
});
