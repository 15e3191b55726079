import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  compareHosted,
  fixtures,
  formatReport,
  hostedEntry,
  hubForms,
  label,
  nameOf,
  NodeForSuitesMissing,
  nodeForSuites,
  passedCount,
  runLeg,
  serveDirectly,
  startFixtureRegistry,
  startHub,
  unreachableOnStdio,
  type Fixture,
  type Hub,
  type Leg,
  type LegResult,
  type ReportRow,
  type Subject,
} from '@mcp-hub/conformance';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';

const scenarioMs = 35_000;
const namedLegs = ({ legs }: Fixture) => legs.map((leg): [string, Leg] => [nameOf(leg), leg]);
const subjects = new Map<Fixture, Subject>();
const direct = new Map<Leg, LegResult>();
const rows: ReportRow[] = [];
let registry: Awaited<ReturnType<typeof startFixtureRegistry>>;
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
  registry = await startFixtureRegistry(fixtures);
  for (const fixture of fixtures) subjects.set(fixture, await serveDirectly(fixture));
});

afterAll(async () => {
  for (const subject of subjects.values()) await subject.stop();
  await registry.close();
  if (rows.length === 0) return;
  console.log(formatReport(rows));
  const folder = join(import.meta.dirname, '../test-output');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'conformance.json'), `${JSON.stringify(rows, undefined, 2)}\n`);
});

/** Runs the leg; skips the test where nothing can run it. */
function run(leg: Leg, url: string, context: TestContext): Promise<LegResult> {
  if (node === undefined) context.skip(whyNot);
  return runLeg(leg, url, { node, scenarioMs });
}

function urlOf(fixture: Fixture): string {
  const subject = subjects.get(fixture);
  if (!subject) throw new Error(`${fixture.name} is not served.`);
  return subject.url;
}

describe.each(fixtures)('the fixture $name, served directly', (fixture) => {
  it.for(namedLegs(fixture))('reaches what it should at %s', async ([, leg], context) => {
    const result = await run(leg, urlOf(fixture), context);
    direct.set(leg, result);
    expect(passedCount(result)).toBeGreaterThanOrEqual(leg.reached);
  });
});

describe.each(hubForms)('through the %s hub', (form) => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHub(form, registry.url);
  });
  afterAll(() => hub.stop());

  const hosted = fixtures.flatMap((fixture) => fixture.hostings.map((hosting) => ({ ...fixture, fixture, hosting })));
  describe.each(hosted)('the fixture $name as $hosting', ({ fixture, hosting }) => {
    let url = '';
    beforeAll(async () => {
      url = await hub.host(hostedEntry(fixture, hosting, urlOf(fixture)));
    });

    it.for(namedLegs(fixture))('loses no check at %s', async ([, leg], context) => {
      const through = await run(leg, url, context);
      const expected = direct.get(leg);
      if (!expected) throw new Error(`${nameOf(leg)} was not run directly: there is nothing to compare with.`);
      const comparison = compareHosted(hosting, expected, through);
      const times = { directMs: expected.durationMs, throughMs: through.durationMs };
      rows.push({ leg, fixture: fixture.name, hosting, form, ...comparison, ...times });
      expect(comparison.faults).toEqual([]);
      expect(comparison.lost.map((check) => `${label(check)}: ${check.reason}`)).toEqual([]);
    });
  });
});

it('excuses one check and no other, of servers on standard streams', (context) => {
  if (node === undefined) context.skip(whyNot);
  const excused = rows.flatMap((row) => row.excused.map(({ id }) => `${id} as ${row.hosting}, ${row.form}`));
  expect(excused).toEqual(hubForms.map((form) => `${unreachableOnStdio} as stdio, ${form}`));
});
