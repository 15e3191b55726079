import { writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { callsLines } from './calls/calls-text.js';
import { areCallsGood, readExplanations, summarizeCalls } from './calls/explanations.js';
import { runCalls } from './calls/run-calls.js';
import { readCorpusOptions, usage, type CorpusOptions } from './corpus-options.js';
import type { CorpusFile } from './document/corpus-file.js';
import { renderDocument } from './document/render.js';
import { installSources } from './install-sources.js';
import { thisMachine } from './machine.js';
import { measureDocuments } from './measure-documents.js';
import { sampleOf } from './sample.js';
import { runScale, scaleHead, scaleRows } from './scale/run-scale.js';
import { listDocuments, type CorpusDocument } from './sources.js';
import { isGood, summarize } from './summary.js';
import { summaryLines } from './summary-text.js';
import { textTable } from './table.js';

const print = (lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`);
};
const tell = (line: string): void => {
  process.stderr.write(`corpus: ${line}\n`);
};

/** @returns the exit code */
async function run(options: CorpusOptions): Promise<number> {
  const head = { takenAt: new Date().toISOString(), machine: thisMachine() };
  const from = performance.now();
  const seconds = (): number => Math.round((performance.now() - from) / 1000);
  switch (options.kind) {
    case 'convert': {
      const reports = await measureDocuments(await documentsOf(options), options.threads, tell);
      const summary = summarize(reports);
      const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
      await keep(options.out, { kind: 'convert', ...head, seconds: seconds(), peakMb, summary });
      print([...summaryLines(summary), '', `${seconds()} s, at most ${peakMb} MB resident`]);
      return isGood(summary) ? 0 : 1;
    }
    case 'calls': {
      const wanted = options.documents;
      const sample = await sampleOf(await everyDocument(options.from));
      const documents = wanted.length === 0 ? sample : sample.filter(({ id }) => wanted.includes(id));
      const summary = summarizeCalls(await runCalls(documents, options.threads, tell), await readExplanations());
      await keep(options.out, { kind: 'calls', ...head, seconds: seconds(), summary });
      print(callsLines(summary));
      return areCallsGood(summary) ? 0 : 1;
    }
    case 'scale': {
      const report = await runScale(await everyDocument(options.from), tell);
      await keep(options.out, report);
      print(textTable(scaleHead, scaleRows(report)));
      return 0;
    }
    case 'render':
      await renderDocument(options.files);
      return 0;
  }
}

async function keep(out: string | undefined, file: CorpusFile): Promise<void> {
  if (out !== undefined) await writeFile(out, `${JSON.stringify(file, undefined, 2)}\n`);
}

async function documentsOf({ which, from }: CorpusOptions & { kind: 'convert' }): Promise<CorpusDocument[]> {
  if (typeof which === 'object') return which.files.map((file) => ({ id: basename(file), file: resolve(file) }));
  const all = await everyDocument(from);
  return which === 'all' ? all : sampleOf(all);
}

async function everyDocument(from: string | undefined): Promise<CorpusDocument[]> {
  return listDocuments(from ?? (await installSources(tell)));
}

function optionsOrExit(): CorpusOptions {
  try {
    return readCorpusOptions(process.argv.slice(2));
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
