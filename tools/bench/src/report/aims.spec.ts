import { expect, it } from 'vitest';
import { aimRows, outcomeOf, type Aim } from './aims.js';

const least: Aim = { what: 'a ratio', atLeast: 0.8, unit: '×' };
const most: Aim = { what: 'a time', atMost: 110, unit: 'µs' };

it.each([
  [{ ...least, measured: 0.8 }, 'met'],
  [{ ...least, measured: 0.79 }, 'missed'],
  [{ ...most, measured: 110 }, 'met'],
  [{ ...most, measured: 110.1 }, 'missed'],
  [{ ...most, measured: Number.NaN }, 'missed'],
  [most, 'not measured'],
])('judges %j', (aim, outcome) => {
  expect(outcomeOf(aim)).toBe(outcome);
});

it('writes aims as rows', () => {
  expect(aimRows([{ ...least, measured: 0.756 }, { ...most, measured: 1_234.5 }, most])).toEqual([
    ['a ratio', '≥ 0.80 ×', '0.76 ×', 'missed'],
    ['a time', '≤ 110 µs', '1235 µs', 'missed'],
    ['a time', '≤ 110 µs', '–', 'not measured'],
  ]);
});
