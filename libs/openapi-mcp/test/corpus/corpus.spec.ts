import { afterAll, describe, expect, it } from 'vitest';
import { corpusTable } from './corpus-table.js';
import { readCorpus, rulesWithoutCase } from './read-corpus.js';
import { runCase } from './run-case.js';

const corpus = readCorpus();
const failed = new Map<string, number>();
const sections = [...new Set(corpus.cases.map(({ section }) => section))];

describe.each(sections)('%s', (section) => {
  it.each(corpus.cases.filter((one) => one.section === section))('$id: $title', async (one) => {
    failed.set(section, (failed.get(section) ?? 0) + 1);
    const mismatches = await runCase(one);
    const side = (key: 'expected' | 'actual') =>
      Object.fromEntries(mismatches.map((found) => [found.what, found[key]]));
    expect(side('actual')).toStrictEqual(side('expected'));
    expect(mismatches).toEqual([]);
    failed.set(section, (failed.get(section) ?? 0) - 1);
  });
});

it('has a case for every rule', () => {
  expect(rulesWithoutCase(corpus)).toEqual([]);
});

it('has cases only', () => {
  expect(corpus.broken).toEqual([]);
});

afterAll(() => {
  process.stdout.write(`${corpusTable(corpus, failed).join('\n')}\n`);
});
