import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { readBenchOptions, usage, type BenchOptions } from './bench-options.js';
import { idleHead, idleRows, redisLines, type IdleReport } from './idle/idle-report.js';
import { runIdle } from './idle/run-idle.js';
import { workspaceRoot } from './node-child.js';
import { profileLines, runProfile } from './profile/run-profile.js';
import { gateLine, isGood, legHead, legRows, ratioTable, type CallReport } from './report/call-report.js';
import { measureRecovery, recoveryHead, recoveryRows } from './recovery/measure-recovery.js';
import { withReport, type Report } from './report/document.js';
import { thisMachine } from './report/machine.js';
import { textTable } from './report/table.js';
import { runCalls } from './run-calls.js';

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
    case 'calls': {
      const report = await runCalls(options, tell);
      await save(report, options.out);
      printCalls(report);
      return isGood(report) ? 0 : 1;
    }
    case 'profile':
      print(profileLines(await withFolder((folder) => runProfile(options, folder, tell))));
      return 0;
    case 'idle': {
      const hubs = await withFolder((folder) => runIdle(options, folder, tell));
      const report: IdleReport = {
        kind: 'idle',
        takenAt: new Date().toISOString(),
        machine: thisMachine(),
        seconds: options.seconds,
        hubs,
      };
      await save(report, options.out);
      print([...textTable(idleHead, idleRows(report)), '', ...redisLines(report)]);
      return 0;
    }
    case 'recovery': {
      const report = await measureRecovery(options.runs, tell);
      if (options.out !== undefined) await writeFile(options.out, `${JSON.stringify(report, undefined, 2)}\n`);
      print(textTable(recoveryHead, recoveryRows(report)));
      return report.every(({ times }) => times.every((ms) => ms < 10_000)) ? 0 : 1;
    }
    case 'render': {
      let document = await readFile(documentFile, 'utf8');
      for (const file of options.files) {
        document = withReport(document, JSON.parse(await readFile(file, 'utf8')) as Report);
      }
      const style = await resolveConfig(documentFile);
      await writeFile(documentFile, await format(document, { ...style, filepath: documentFile }));
      return 0;
    }
  }
}

function printCalls(report: CallReport): void {
  const { head, rows } = ratioTable(report);
  print([
    ...textTable(legHead, legRows(report)),
    '',
    ...textTable(head, rows),
    '',
    ...report.missing.map(({ id, reason }) => `Leg ${id} did not run: ${reason}`),
    ...(report.errors > 0 ? [`FAIL ${report.errors} calls failed, the first on ${report.firstError ?? ''}`] : []),
    gateLine(report.gate),
  ]);
}

async function save(report: Report, file: string | undefined): Promise<void> {
  if (file !== undefined) await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
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
