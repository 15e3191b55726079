import { existsSync, readFileSync } from 'node:fs';

/**
 * @typedef {object} Results what one project's tests came to
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} failures a line for each failed test
 */

/**
 * Reads what Vitest's JSON reporter wrote. A file of tests that could not even be loaded counts as one failed test.
 *
 * @param {string} file
 * @returns {Results | undefined} undefined if there is no file, or no whole one
 */
export function readResults(file) {
  if (!existsSync(file)) return undefined;
  try {
    return countResults(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * @param {{ success?: boolean, testResults?: { name: string, status: string, message?: string, assertionResults: { fullName: string, status: string }[] }[] }} report
 * @returns {Results}
 */
export function countResults({ success = true, testResults = [] }) {
  const results = {
    passed: 0,
    failed: 0,
    skipped: 0,
    failures: /** @type {string[]} */ ([]),
  };
  for (const { name, status, message = '', assertionResults } of testResults) {
    for (const test of assertionResults) {
      if (test.status === 'passed') results.passed += 1;
      else if (test.status === 'failed') fail(results, `${name}: ${test.fullName}`);
      else results.skipped += 1;
    }
    const showsFailure = assertionResults.some((test) => test.status === 'failed');
    if (status === 'failed' && !showsFailure) fail(results, `${name}: ${message.split('\n')[0] || 'could not be run'}`);
  }
  if (!success && results.failed === 0) fail(results, 'Vitest failed outside its tests');
  return results;
}

/**
 * @param {Results} results
 * @param {string} line
 */
function fail(results, line) {
  results.failed += 1;
  results.failures.push(line);
}

/**
 * The sum over all projects. A project without results counts as one failed test, and so does a runner that failed
 * although no test did, and a run of no tests at all.
 *
 * @param {{ name: string, results: Results | undefined }[]} projects
 * @param {boolean} runnersSucceeded
 * @returns {Results}
 */
export function sumResults(projects, runnersSucceeded) {
  const sum = {
    passed: 0,
    failed: 0,
    skipped: 0,
    failures: /** @type {string[]} */ ([]),
  };
  for (const { name, results } of projects) {
    if (results === undefined) {
      fail(sum, `${name}: its tests left no results`);
      continue;
    }
    sum.passed += results.passed;
    sum.failed += results.failed;
    sum.skipped += results.skipped;
    sum.failures.push(...results.failures.map((line) => `${name}: ${line}`));
  }
  if (!runnersSucceeded && sum.failed === 0) fail(sum, 'the test runner failed although no test did');
  if (sum.passed + sum.failed + sum.skipped === 0) fail(sum, 'no test was run');
  return sum;
}

/**
 * What a person reads at the end: a table, the failures, and the sum alone on the last line.
 *
 * @param {{ name: string, results: Results | undefined }[]} projects
 * @param {Results} sum
 * @returns {string[]} lines
 */
export function report(projects, sum) {
  const width = Math.max(...projects.map(({ name }) => name.length), 'project'.length);
  const row = (/** @type {string} */ name, /** @type {(string | number)[]} */ cells) =>
    name.padEnd(width) + cells.map((cell) => String(cell).padStart(9)).join('');
  return [
    row('project', ['passed', 'failed', 'skipped']),
    ...projects.map(({ name, results }) =>
      row(name, results ? [results.passed, results.failed, results.skipped] : ['-', 'no', 'results']),
    ),
    '',
    ...sum.failures.map((line) => `FAILED ${line}`),
    lastLine(sum),
  ];
}

/** @param {Results} sum */
export function lastLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
