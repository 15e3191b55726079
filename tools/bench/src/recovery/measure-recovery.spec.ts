import { expect, it } from 'vitest';
import { recoveryHead, recoveryRows } from './measure-recovery.js';

it('sums up the runs of each server', () => {
  const times = Array.from({ length: 20 }, (_, index) => (20 - index) * 100);
  const [row] = recoveryRows([{ server: 'module', times }]);
  expect(row).toEqual(['module', '20', '100', '1000', '1800', '2000']);
  expect(row).toHaveLength(recoveryHead.length);
});
