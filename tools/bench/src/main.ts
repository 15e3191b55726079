import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { readBenchOptions, usage, type BenchOptions } from './bench-options.js';
import { eventLoopHead, eventLoopRows, isWithinAim } from './event-loop/event-loop-report.js';
import { runEventLoop } from './event-loop/run-event-loop.js';
import { redisLines } from './idle/idle-report.js';
import { runIdle } from './idle/run-idle.js';
import { isolationAims } from './isolation/isolation-report.js';
import { runIsolation } from './isolation/run-isolation.js';
import { workspaceRoot } from './node-child.js';
import { profileLines, runProfile } from './profile/run-profile.js';
import { measureRecovery, recoveryHead, recoveryRows } from './recovery/measure-recovery.js';
import { isGood } from './report/call-report.js';
import { withReport } from './report/document.js';
import { thisMachine } from './report/machine.js';
import { textOf, type Report } from './report/report-kinds.js';
import { textTable } from './report/table.js';
import { runCalls } from './run-calls.js';
import { runSessions } from './sessions/run-sessions.js';
import { sessionAims } from './sessions/session-report.js';
import { runStart } from './start/run-start.js';
import { startAims } from './start/start-report.js';

const documentFile = join(workspaceRoot, 'docs/performance.md');

const print = (lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`);
};
const tell = (line: string): void => {
  process.stderr.write(`bench: ${line}\n`);
};

/** @returns the exit code */
async function run(options: BenchOptions): Promise<number> {
  switch (options.kind) {
    case 'profile':
      print(profileLines(await withFolder((folder) => runProfile(options, folder, tell))));
      return 0;
    case 'recovery': {
      const report = await measureRecovery(options.runs, tell);
      if (options.out !== undefined) await writeFile(options.out, `${JSON.stringify(report, undefined, 2)}\n`);
      print(textTable(recoveryHead, recoveryRows(report)));
      return report.every(({ times }) => times.every((ms) => ms < 10_000)) ? 0 : 1;
    }
    case 'event-loop': {
      const phases = await withFolder((folder) => runEventLoop(options.file, folder, tell));
      if (options.out !== undefined) await writeFile(options.out, `${JSON.stringify(phases, undefined, 2)}\n`);
      print(textTable(eventLoopHead, eventLoopRows(phases)));
      return isWithinAim(phases) ? 0 : 1;
    }
    case 'render':
      await render(options.files);
      return 0;
    default: {
      const report = await measure(options);
      if (options.out !== undefined) await writeFile(options.out, `${JSON.stringify(report, undefined, 2)}\n`);
      const { tables, notes } = textOf(report);
      print([...tables.flatMap(({ head, rows }) => [...textTable(head, rows), '']), ...notes]);
      if (report.kind === 'idle') print(redisLines(report));
      return isWhole(report) ? 0 : 1;
    }
  }
}

type Measured = Exclude<BenchOptions, { kind: 'profile' | 'recovery' | 'event-loop' | 'render' }>;

async function measure(options: Measured): Promise<Report> {
  const head = { takenAt: new Date().toISOString(), machine: thisMachine() };
  switch (options.kind) {
    case 'calls':
      return runCalls(options, tell);
    case 'idle': {
      const hubs = await withFolder((folder) => runIdle(options, folder, tell));
      return { kind: 'idle', ...head, seconds: options.seconds, hubs };
    }
    case 'sessions': {
      const runs = await withFolder((folder) => runSessions(options.sessions, folder, tell));
      return { kind: 'sessions', ...head, runs, aims: sessionAims(runs) };
    }
    case 'isolation': {
      const { rounds, seconds, connections } = options;
      const plan = { rounds, seconds, connections };
      const { samples, missing } = await runIsolation(plan, tell);
      return { kind: 'isolation', ...head, plan, samples, missing, aims: isolationAims(samples) };
    }
    case 'start': {
      const starts = await runStart(options.runs, tell);
      return { kind: 'start', ...head, starts, aims: startAims(starts) };
    }
  }
}

/** Nothing that the hub promises was broken; how quick it was is another question. */
function isWhole(report: Report): boolean {
  switch (report.kind) {
    case 'calls':
      return isGood(report);
    case 'sessions':
      return report.runs.every(({ lost }) => lost === 0);
    case 'isolation':
      return report.missing.length === 0 && report.samples.every(({ errors }) => errors === 0);
    case 'idle':
    case 'start':
      return true;
  }
}

async function render(files: readonly string[]): Promise<void> {
  let document = await readFile(documentFile, 'utf8');
  for (const file of files) document = withReport(document, JSON.parse(await readFile(file, 'utf8')) as Report);
  const style = await resolveConfig(documentFile);
  await writeFile(documentFile, await format(document, { ...style, filepath: documentFile }));
}

/** With a folder for what probes write, gone afterwards. */
async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-hub-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function optionsOrExit(): BenchOptions {
  try {
    return readBenchOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exit(2);
  }
}

try {
  process.exitCode = await run(optionsOrExit());
} catch (error) {
  tell(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
