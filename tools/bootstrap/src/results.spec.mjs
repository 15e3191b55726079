import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { countResults, lastLine, readResults, report, sumResults } from './results.mjs';

const aTest = (/** @type {string} */ status) => ({
  fullName: `a ${status} test`,
  status,
});
const aFile = (/** @type {string[]} */ ...statuses) => ({
  name: 'a.spec.ts',
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map(aTest),
});
const passing = { passed: 2, failed: 0, skipped: 0, failures: [] };

it('counts tests by their outcome', () => {
  const testResults = [aFile('passed', 'passed', 'failed'), aFile('skipped', 'pending', 'todo')];
  expect(countResults({ success: false, testResults })).toEqual({
    passed: 2,
    failed: 1,
    skipped: 3,
    failures: ['a.spec.ts: a failed test'],
  });
});

it('counts a file that can not be loaded as one failed test', () => {
  const broken = {
    ...aFile(),
    status: 'failed',
    message: 'Cannot find module\nat x',
  };
  expect(countResults({ success: false, testResults: [broken] })).toMatchObject({
    failed: 1,
    failures: ['a.spec.ts: Cannot find module'],
  });
});

it('counts an error outside the tests as one failed test', () => {
  expect(countResults({ success: false, testResults: [aFile('passed')] })).toMatchObject({ passed: 1, failed: 1 });
});

it('has no results from a file that is absent or cut off', () => {
  const folder = mkdtempSync(join(tmpdir(), 'results '));
  writeFileSync(join(folder, 'half.json'), '{"success": tr');
  expect(readResults(join(folder, 'half.json'))).toBeUndefined();
  expect(readResults(join(folder, 'absent.json'))).toBeUndefined();
  rmSync(folder, { recursive: true });
});

it('counts a project without results as one failed test', () => {
  const rows = [
    { name: 'a', results: passing },
    { name: 'b', results: undefined },
  ];
  expect(sumResults(rows, false)).toMatchObject({ passed: 2, failed: 1 });
});

it('fails when a runner failed although no test did', () => {
  expect(sumResults([{ name: 'a', results: passing }], false)).toMatchObject({
    passed: 2,
    failed: 1,
  });
});

it('does not count a failure of the runner that failed tests explain', () => {
  const results = { passed: 1, failed: 1, skipped: 0, failures: ['x'] };
  expect(sumResults([{ name: 'a', results }], false).failed).toBe(1);
});

it('fails when no test was run', () => {
  const none = { passed: 0, failed: 0, skipped: 0, failures: [] };
  expect(sumResults([{ name: 'a', results: none }], true).failed).toBe(1);
});

it('names skipped tests in the last line only if there are any', () => {
  expect(lastLine(passing)).toBe('2 passed, 0 failed');
  expect(lastLine({ ...passing, skipped: 3 })).toBe('2 passed, 0 failed, 3 skipped');
});

it('puts the sum alone on the last line', () => {
  const lines = report([{ name: 'a', results: passing }], passing);
  expect(lines.at(-1)).toBe('2 passed, 0 failed');
});
