import { expect, it } from 'vitest';
import { emptyReport, type DocumentReport } from './document-report.js';
import { isGood, summarize } from './summary.js';
import { summaryLines } from './summary-text.js';

const aReport = (rest: Partial<DocumentReport>): DocumentReport => ({ ...emptyReport('a'), version: '3.0', ...rest });

it('adds up what came of the documents', () => {
  const summary = summarize([
    aReport({ operations: 3, components: 2, skipped: { operation_invalid: 1 } }),
    aReport({ id: 'b', operations: 1, components: 1, bytes: 2_000_000 }),
  ]);
  expect(summary).toMatchObject({ documents: 2, loaded: 2, operations: 4, components: 3, byVersion: { '3.0': 2 } });
  expect(summary.skipped).toEqual({ operation_invalid: 1 });
  expect(summary.worst['size of the document (MB)']).toEqual([{ id: 'b', value: 2 }]);
  expect(isGood(summary)).toBe(true);
});

it.each<[string, Partial<DocumentReport>]>([
  ['an exception', { failure: 'TypeError' }],
  ['a document that is refused', { refused: 'It is empty.' }],
  ['a defect', { defects: [{ kind: 'reference dangling', where: 'a inputSchema', detail: '#/$defs/B' }] }],
])('is not good with %s, and says where', (_, rest) => {
  const summary = summarize([aReport({ id: 'b' }), aReport(rest)]);
  expect(isGood(summary)).toBe(false);
  expect(summaryLines(summary).slice(-1)[0]).toMatch(/^ {2}(a|reference dangling: a)\b/);
});
