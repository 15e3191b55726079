import { writeFile } from 'node:fs/promises';
import { compareHosted } from './compare-hosted.js';
import { startFixtureRegistry } from './fixture-registry.js';
import type { Fixture } from './fixtures.js';
import { hostedEntry } from './hosted-entry.js';
import type { LegResult } from './leg-result.js';
import { readMainOptions, usage, type MainOptions } from './main-options.js';
import { formatReport, isGood, type ReportRow } from './report.js';
import { runLeg, type RunOptions } from './run-leg.js';
import { serveDirectly } from './serve-directly.js';
import { startHub } from './start-hub.js';
import type { Subject } from './subject.js';
import { nodeForSuites } from './suite-node.js';

function optionsOrExit(): MainOptions {
  try {
    return readMainOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exit(2);
  }
}

interface Direct {
  fixture: Fixture;
  subject: Subject;
  /** In the order of the fixture's legs. */
  results: LegResult[];
}

const plan = optionsOrExit();
const options: RunOptions = { node: await nodeForSuites(), scenarioMs: 35_000 };
const directs: Direct[] = [];
const rows: ReportRow[] = [];

async function runDirectly(): Promise<void> {
  for (const fixture of plan.fixtures) {
    const direct: Direct = { fixture, subject: await serveDirectly(fixture), results: [] };
    directs.push(direct);
    for (const leg of fixture.legs) direct.results.push(await runLeg(leg, direct.subject.url, options));
  }
}

async function runThroughHubs(): Promise<void> {
  const registry = await startFixtureRegistry(plan.fixtures);
  for (const form of plan.forms) {
    const hub = await startHub(form, registry.url);
    try {
      for (const { fixture, subject, results } of directs) {
        for (const hosting of fixture.hostings.filter((each) => plan.hostings.includes(each))) {
          const url = await hub.host(hostedEntry(fixture, hosting, subject.url));
          for (const [index, direct] of results.entries()) {
            const leg = fixture.legs[index];
            if (!leg) continue;
            const through = await runLeg(leg, url, options);
            const times = { directMs: direct.durationMs, throughMs: through.durationMs };
            const compared = compareHosted(hosting, direct, through);
            rows.push({ leg, fixture: fixture.name, hosting, form, ...compared, ...times });
          }
        }
      }
    } finally {
      await hub.stop();
    }
  }
  await registry.close();
}

try {
  await runDirectly();
  await runThroughHubs();
} finally {
  await Promise.all(directs.map(({ subject }) => subject.stop()));
}
process.stdout.write(`${formatReport(rows)}\n`);
if (plan.json !== undefined) await writeFile(plan.json, `${JSON.stringify(rows, undefined, 2)}\n`);
process.exitCode = rows.every(isGood) ? 0 : 1;
