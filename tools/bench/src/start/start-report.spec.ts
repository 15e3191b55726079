import { expect, it } from 'vitest';
import { outcomeOf } from '../report/aims.js';
import { startAims, startHead, startRows } from './start-report.js';

const starts = [
  { form: 'standalone', times: [2_000, 1_000, 1_500] },
  { form: 'split', times: [1_600] },
] as const;
const report = starts.map(({ form, times }) => ({ form, times: [...times] }));

it('sums up the runs of each form', () => {
  expect(startRows({ starts: report })).toEqual([
    ['standalone', '3', '1,000', '1,500', '2,000'],
    ['split', '1', '1,600', '1,600', '1,600'],
  ]);
  expect(startRows({ starts: report })[0]).toHaveLength(startHead.length);
});

it('judges by the median', () => {
  expect(startAims(report).map(outcomeOf)).toEqual(['met', 'missed']);
});
