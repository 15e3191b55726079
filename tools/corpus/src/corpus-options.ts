import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/** What a run does. */
export type CorpusOptions =
  | {
      kind: 'convert';
      which: 'sample' | 'all' | { files: string[] };
      /** A folder that has the packages already. */
      from?: string;
      threads: number;
      out?: string;
    }
  | { kind: 'calls'; from?: string; documents: string[]; threads: number; out?: string }
  | { kind: 'scale'; from?: string; out?: string }
  | { kind: 'render'; files: string[] };

export const usage = `Usage: npm run corpus -- [--sample | --all | --document FILE…] [--from FOLDER] [--threads N] [--out FILE]
       npm run corpus -- --calls [ID…] [--from FOLDER] [--threads N] [--out FILE]
       npm run corpus -- --scale [--from FOLDER] [--out FILE]
       npm run corpus -- --render [FILE…]
Converts real OpenAPI documents (the sample that CI runs, unless told otherwise), and ends with 1 where something that must
hold does not; --calls calls every operation of the sample and has each request judged by an independent validator; --scale
measures the largest documents, each in a process of its own. The documents come from npm, or from a folder that has their packages (--from). --out
writes the figures as JSON; --render puts such files, and what the source knows, into docs/openapi.md.`;

const options = {
  sample: { type: 'boolean', default: false },
  all: { type: 'boolean', default: false },
  document: { type: 'boolean', default: false },
  calls: { type: 'boolean', default: false },
  scale: { type: 'boolean', default: false },
  render: { type: 'boolean', default: false },
  from: { type: 'string' },
  threads: { type: 'string', default: String(availableParallelism()) },
  out: { type: 'string' },
} as const;

/** @throws TypeError with one sentence where an argument is not right */
export function readCorpusOptions(args: readonly string[]): CorpusOptions {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const modes = (['sample', 'all', 'document', 'calls', 'scale', 'render'] as const).filter((mode) => values[mode]);
  if (modes.length > 1) throw new TypeError(`--${modes.join(' and --')} can't be had together.`);
  const [mode = 'sample'] = modes;
  const takesNames = mode === 'document' || mode === 'calls' || mode === 'render';
  if (!takesNames && positionals.length > 0) throw new TypeError(`What is "${positionals[0] ?? ''}"?`);
  if (mode === 'document' && positionals.length === 0) throw new TypeError('--document takes files.');
  const threads = Number(values.threads);
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) throw new TypeError('--threads takes 1 to 64.');
  const from = values.from === undefined ? {} : { from: values.from };
  const out = values.out === undefined ? {} : { out: values.out };
  switch (mode) {
    case 'render':
      return { kind: 'render', files: positionals };
    case 'scale':
      return { kind: 'scale', ...from, ...out };
    case 'calls':
      return { kind: 'calls', documents: positionals, threads, ...from, ...out };
    case 'document':
      return { kind: 'convert', which: { files: positionals }, threads, ...from, ...out };
    case 'all':
    case 'sample':
      return { kind: 'convert', which: mode, threads, ...from, ...out };
  }
}
