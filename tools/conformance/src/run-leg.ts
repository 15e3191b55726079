import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { LegResult, ScenarioResult } from './leg-result.js';
import type { Leg, SuitePackage } from './legs.js';
import { readScenarios } from './scenario-files.js';

export interface RunOptions {
  /** The binary of `nodeForSuites`. */
  node: string;
  /** How long one scenario may take. */
  scenarioMs: number;
  /** The suite's command, where it is not that of the leg's package. */
  main?: string;
}

/**
 * Runs all scenarios of a leg against a server. A scenario that does not end in time is reported so, and those after it
 * are run one by one.
 *
 * @throws Error where the suite itself does not run
 */
export async function runLeg(leg: Leg, url: string, options: RunOptions): Promise<LegResult> {
  const start = performance.now();
  const names = await scenariosOf(leg, options);
  const output = await mkdtemp(join(tmpdir(), 'mcp-hub-conformance-'));
  const timedOut = new Set<string>();
  try {
    const run = async (selection: string[]): Promise<void> => {
      const stuck = await runSuite(leg, url, [...selection, '--output-dir', output], options);
      if (stuck !== undefined) timedOut.add(stuck);
    };
    await run(['--suite', 'all']);
    const done = new Set((await readScenarios(output)).map(({ scenario }) => scenario));
    if (timedOut.size > 0) {
      for (const name of names) if (!done.has(name) && !timedOut.has(name)) await run(['--scenario', name]);
    }
    return { scenarios: ordered(names, await readScenarios(output), timedOut), durationMs: performance.now() - start };
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

async function scenariosOf(leg: Leg, { node, scenarioMs, main = mainOf(leg.suite) }: RunOptions): Promise<string[]> {
  const args = [main, 'list', '--server', '--spec-version', leg.revision];
  const { stdout } = await promisify(execFile)(node, args, { timeout: scenarioMs });
  const names = [...stdout.matchAll(/^ {2}- (\S+)/gm)].map(([, name = '']) => name);
  if (names.length === 0) throw new Error(`${leg.suite} lists no scenarios for ${leg.revision}.`);
  return names;
}

/** @returns the scenario that had to be broken off, if any */
async function runSuite(
  leg: Leg,
  url: string,
  args: string[],
  { node, scenarioMs, main = mainOf(leg.suite) }: RunOptions,
): Promise<string | undefined> {
  const command = [main, 'server', '--url', url, '--spec-version', leg.revision, ...args];
  const child = spawn(node, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  // A suite ends itself with 1 where a check fails: what it says of each is in its files.
  const exited = once(child, 'exit');
  let running = '';
  let stuck: string | undefined;
  const breakOff = (): void => {
    stuck = running;
    child.kill('SIGKILL');
  };
  let timer = setTimeout(breakOff, scenarioMs);
  createInterface(child.stdout).on('line', (line) => {
    const begun = /^=== Running scenario: (\S+) ===/.exec(line)?.[1];
    if (begun === undefined) return;
    running = begun;
    clearTimeout(timer);
    timer = setTimeout(breakOff, scenarioMs);
  });
  await exited;
  clearTimeout(timer);
  return stuck;
}

function ordered(names: string[], found: ScenarioResult[], timedOut: ReadonlySet<string>): ScenarioResult[] {
  return names.map((scenario) => {
    const result = found.find((other) => other.scenario === scenario);
    if (result && !timedOut.has(scenario)) return result;
    return { scenario, checks: [], isTimedOut: timedOut.has(scenario) };
  });
}

function mainOf(suite: SuitePackage): string {
  const manifest = createRequire(import.meta.url).resolve(`${suite}/package.json`);
  return join(dirname(manifest), 'dist/index.js');
}
