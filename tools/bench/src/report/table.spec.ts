import { expect, it } from 'vitest';
import { fine, markdownTable, textTable, whole } from './table.js';

const head = ['leg', 'calls/s'];
const rows = [
  ['a bare server', '31,000'],
  ['b', '7'],
];

it('aligns columns of text', () => {
  expect(textTable(head, rows)).toEqual(['leg            calls/s', 'a bare server   31,000', 'b                    7']);
});

it('writes the same in Markdown', () => {
  expect(markdownTable(head, rows)).toEqual([
    '| leg | calls/s |',
    '| --- | --: |',
    '| a bare server | 31,000 |',
    '| b | 7 |',
  ]);
});

it('writes figures for reading', () => {
  expect([whole(31_000.4), fine(0.699), whole(Number.NaN), fine(Number.NaN)]).toEqual(['31,000', '0.70', '–', '–']);
});
