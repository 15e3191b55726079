import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  compareLeg,
  formatReport,
  hubForms,
  label,
  legs,
  nameOf,
  NodeForSuitesMissing,
  nodeForSuites,
  passedCount,
  runLeg,
  serveDirectly,
  serveThroughHub,
  type Leg,
  type LegResult,
  type ReportRow,
  type Subject,
} from '@mcp-hub/conformance';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';

const scenarioMs = 35_000;
const named = legs.map((leg): [string, Leg] => [nameOf(leg), leg]);
const direct = new Map<Leg, LegResult>();
const rows: ReportRow[] = [];
let node: string | undefined;
let whyNot = '';

beforeAll(async () => {
  try {
    node = await nodeForSuites();
  } catch (error) {
    // Where the tests are the verdict on a change, leaving them out is none.
    if (process.env['CI'] === 'true' || !(error instanceof NodeForSuitesMissing)) throw error;
    whyNot = error.message;
  }
});

afterAll(async () => {
  if (rows.length === 0) return;
  console.log(formatReport(rows));
  const folder = join(import.meta.dirname, '../test-output');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'conformance.json'), `${JSON.stringify(rows, undefined, 2)}\n`);
});

/** Runs the leg; skips the test where nothing can run it. */
function run(leg: Leg, { url }: Subject, context: TestContext): Promise<LegResult> {
  if (node === undefined) context.skip(whyNot);
  return runLeg(leg, url, { node, scenarioMs });
}

describe('the fixture, served directly', () => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await serveDirectly();
  });
  afterAll(() => subject.stop());

  it.for(named)('reaches what it should at %s', async ([, leg], context) => {
    const result = await run(leg, subject, context);
    direct.set(leg, result);
    expect(passedCount(result)).toBeGreaterThanOrEqual(leg.reached);
  });
});

describe.each(hubForms)('the fixture, through the %s hub', (form) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await serveThroughHub(form);
  });
  afterAll(() => subject.stop());

  it.for(named)('loses no check at %s', async ([, leg], context) => {
    const through = await run(leg, subject, context);
    const expected = direct.get(leg);
    if (!expected) throw new Error(`${nameOf(leg)} was not run directly: there is nothing to compare with.`);
    const comparison = compareLeg(expected, through);
    rows.push({ leg, form, ...comparison, directMs: expected.durationMs, throughMs: through.durationMs });
    expect(comparison.faults).toEqual([]);
    expect(comparison.lost.map((check) => `${label(check)}: ${check.reason}`)).toEqual([]);
  });
});
