import { expect, it } from 'vitest';
import type { CallsReport } from './call-document.js';
import { areCallsGood, readExplanations, summarizeCalls, type Explanation } from './explanations.js';

const passing = Array.from({ length: 200 }, (_, index) => ({ operation: `GET /${index}`, problems: [] }));
const report = (...problems: string[]): CallsReport => ({
  id: 'a',
  outcomes: [...passing, { operation: 'GET /bad', problems }],
});
const known: Explanation = {
  document: 'a',
  operation: 'GET /bad',
  problem: 'label',
  whose: 'validator',
  why: 'no parser',
};

it('counts what passes', () => {
  const summary = summarizeCalls([report()], []);
  expect(summary).toMatchObject({
    operations: 201,
    passed: 201,
    documents: [{ id: 'a', operations: 201, passed: 201 }],
  });
  expect(areCallsGood(summary)).toBe(true);
});

it('takes a failure that is explained', () => {
  const summary = summarizeCalls([report('style label')], [known]);
  expect(summary.explained).toEqual([{ whose: 'validator', why: 'no parser', operations: ['a GET /bad'] }]);
  expect(areCallsGood(summary)).toBe(true);
});

it.each([
  ['of another document', { ...known, document: 'b' }],
  ['of another operation', { ...known, operation: 'PUT /bad' }],
  ['of another problem', { ...known, problem: 'matrix' }],
])('does not take an explanation %s', (_, explanation) => {
  const summary = summarizeCalls([report('style label')], [explanation]);
  expect(summary.unexplained).toEqual(['a GET /bad: style label']);
  expect(areCallsGood(summary)).toBe(false);
});

it('wants every problem of an operation explained', () => {
  expect(summarizeCalls([report('style label', 'path id')], [known]).unexplained).toEqual(['a GET /bad: path id']);
});

it('is not good where fewer than 99 of 100 pass', () => {
  const outcomes = Array.from({ length: 3 }, () => ({ operation: 'GET /bad', problems: ['label'] }));
  expect(areCallsGood(summarizeCalls([{ id: 'a', outcomes: [...passing, ...outcomes] }], [known]))).toBe(false);
});

it('is not good where a document could not be called', () => {
  expect(areCallsGood(summarizeCalls([report(), { id: 'b', outcomes: [], failure: 'why' }], []))).toBe(false);
});

it('has a reason in each explanation', async () => {
  for (const { whose, why, problem } of await readExplanations()) {
    expect(['validator', 'document', 'generator', 'design']).toContain(whose);
    expect(why.length).toBeGreaterThan(10);
    expect(problem.length).toBeGreaterThan(3);
  }
});
