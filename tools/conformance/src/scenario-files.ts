import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check, ScenarioResult } from './leg-result.js';

const folderName = /^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/;

/** What a suite wrote below its `--output-dir`: a folder with the checks of each scenario that ended. */
export async function readScenarios(output: string): Promise<ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  for (const folder of await readdir(output)) {
    const scenario = folderName.exec(folder)?.[1];
    if (scenario === undefined) continue;
    const checks = JSON.parse(await readFile(join(output, folder, 'checks.json'), 'utf8')) as Check[];
    results.push({ scenario, checks, isTimedOut: false });
  }
  return results;
}
