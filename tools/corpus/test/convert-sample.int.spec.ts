import { expect, inject, it } from 'vitest';
import { measureDocument } from '../src/measure-document.js';
import { readSample, sampleOf } from '../src/sample.js';
import { listDocuments } from '../src/sources.js';
import { isGood, summarize } from '../src/summary.js';
import { summaryLines } from '../src/summary-text.js';

const folder = inject('corpusFolder');

it.skipIf(folder === undefined)(
  'converts every document of the sample without a defect',
  { timeout: 600_000 },
  async () => {
    const reports = [];
    for (const document of await sampleOf(await listDocuments(folder ?? '')))
      reports.push(await measureDocument(document));
    const summary = summarize(reports);
    process.stdout.write(`${summaryLines(summary).join('\n')}\n`);
    expect(summary).toMatchObject({ refused: [], failures: [], defectExamples: [] });
    expect(summary.components + Object.values(summary.skipped).reduce((sum, count) => sum + count, 0)).toBe(
      summary.operations,
    );
    expect(isGood(summary)).toBe(true);
  },
);

it('has about sixty documents in the sample, each with its reason', async () => {
  const sample = await readSample();
  expect(sample.length).toBeGreaterThanOrEqual(60);
  expect(new Set(sample.map(({ id }) => id)).size).toBe(sample.length);
  for (const { why } of sample) expect(why.length).toBeGreaterThan(2);
});
