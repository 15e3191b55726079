import { expect, it } from 'vitest';
import { useByRole } from './measure.js';

it('takes processes of one role together', () => {
  const measured = [
    { role: 'worker', pid: 1 },
    { role: 'child', pid: 2 },
    { role: 'child', pid: 3 },
  ];
  const figures = [
    { cpuMs: 10, rssMb: 100 },
    { cpuMs: 4, rssMb: 40 },
    { cpuMs: 1, rssMb: 2 },
  ];
  expect(useByRole(measured, figures, 100)).toEqual([
    { role: 'worker', cpuUsPerCall: 100, rssMb: 100 },
    { role: 'child', cpuUsPerCall: 50, rssMb: 42 },
  ]);
});
