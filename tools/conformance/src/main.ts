import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { compareLeg } from './compare-leg.js';
import type { LegResult } from './leg-result.js';
import { legs, nameOf, type Leg } from './legs.js';
import { formatReport, isGood, type ReportRow } from './report.js';
import { runLeg, type RunOptions } from './run-leg.js';
import { serveDirectly } from './serve-directly.js';
import { hubForms, serveThroughHub } from './serve-through-hub.js';
import { nodeForSuites } from './suite-node.js';

const usage = `Usage: node dist/main.js [--form standalone|split]... [--leg SUITE@REVISION]... [--json FILE]
Runs the official conformance suites against the fixture directly and through the hub, and names every check lost.
Legs: ${legs.map((leg) => `${leg.suiteVersion}@${leg.revision}`).join(', ')}. All of them in both forms by default.`;

interface Plan {
  forms: (typeof hubForms)[number][];
  legs: Leg[];
  json: string | undefined;
}

function planOrExit(): Plan {
  try {
    const { values } = parseArgs({
      options: {
        form: { type: 'string', multiple: true },
        leg: { type: 'string', multiple: true },
        json: { type: 'string' },
      },
    });
    const forms = hubForms.filter((form) => values.form?.includes(form) ?? true);
    const chosen = legs.filter((leg) => values.leg?.includes(`${leg.suiteVersion}@${leg.revision}`) ?? true);
    if (forms.length !== (values.form?.length ?? hubForms.length)) throw new TypeError('There is no such form.');
    if (chosen.length !== (values.leg?.length ?? legs.length)) throw new TypeError('There is no such leg.');
    return { forms, legs: chosen, json: values.json };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exit(2);
  }
}

const plan = planOrExit();
const options: RunOptions = { node: await nodeForSuites(), scenarioMs: 35_000 };

async function runAll(url: string): Promise<Map<Leg, LegResult>> {
  const results = new Map<Leg, LegResult>();
  for (const leg of plan.legs) results.set(leg, await runLeg(leg, url, options));
  return results;
}

const directly = await serveDirectly();
const direct = await runAll(directly.url).finally(() => directly.stop());

const rows: ReportRow[] = [];
for (const form of plan.forms) {
  const hub = await serveThroughHub(form);
  const through = await runAll(hub.url).finally(() => hub.stop());
  for (const leg of plan.legs) {
    const [one, other] = [direct.get(leg), through.get(leg)];
    if (!one || !other) throw new Error(`${nameOf(leg)} was not run.`);
    rows.push({ leg, form, ...compareLeg(one, other), directMs: one.durationMs, throughMs: other.durationMs });
  }
}
process.stdout.write(`${formatReport(rows)}\n`);
if (plan.json !== undefined) await writeFile(plan.json, `${JSON.stringify(rows, undefined, 2)}\n`);
process.exitCode = rows.every(isGood) ? 0 : 1;
