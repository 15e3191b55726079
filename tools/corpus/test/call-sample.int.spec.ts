import { availableParallelism } from 'node:os';
import { expect, inject, it } from 'vitest';
import { callsLines } from '../src/calls/calls-text.js';
import { areCallsGood, readExplanations, summarizeCalls } from '../src/calls/explanations.js';
import { runCalls } from '../src/calls/run-calls.js';
import { sampleOf } from '../src/sample.js';
import { listDocuments } from '../src/sources.js';

const folder = inject('corpusFolder');

it.skipIf(folder === undefined)(
  'sends requests for the sample that an independent validator takes',
  { timeout: 900_000 },
  async () => {
    const documents = await sampleOf(await listDocuments(folder ?? ''));
    const worker = new URL(inject('callWorker'));
    const reports = await runCalls(documents, availableParallelism(), () => undefined, worker);
    const summary = summarizeCalls(reports, await readExplanations());
    process.stdout.write(`${callsLines(summary).join('\n')}\n`);
    expect(summary.failures).toEqual([]);
    expect(summary.unexplained).toEqual([]);
    expect(areCallsGood(summary)).toBe(true);
  },
);
