import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { thisMachine, type Machine } from '../machine.js';
import type { CorpusDocument } from '../sources.js';
import { loadMsOf, scaleDocuments, type ScaleFigures } from './scale-documents.js';

export interface ScaleReport {
  kind: 'scale';
  takenAt: string;
  machine: Machine;
  documents: { id: string; figures: ScaleFigures }[];
}

const run = promisify(execFile);
const program = fileURLToPath(new URL('./measure-alone.js', import.meta.url));

/** Measures the large documents, one process after another. @throws Error where one can't be converted */
export async function runScale(all: readonly CorpusDocument[], tell: (line: string) => void): Promise<ScaleReport> {
  const documents: ScaleReport['documents'] = [];
  for (const { id, title } of scaleDocuments) {
    const document = all.find((one) => one.id === id);
    if (!document) throw new Error(`The packages have no ${id}.`);
    tell(title);
    const { stdout } = await run(process.execPath, [program, document.file], { timeout: 600_000, maxBuffer: 2 ** 20 });
    documents.push({ id, figures: JSON.parse(stdout) as ScaleFigures });
  }
  return { kind: 'scale', takenAt: new Date().toISOString(), machine: thisMachine(), documents };
}

export const scaleHead = ['document', 'FastMCP 4.0.10', 'aim', 'measured here', 'aim met'] as const;

export function scaleRows({ documents }: ScaleReport): string[][] {
  return scaleDocuments.flatMap(({ id, title, fastmcp, aim, isMet }) => {
    const figures = documents.find((one) => one.id === id)?.figures;
    if (!figures) return [];
    const size = `${title}, ${mb(figures.bytes)}, ${figures.operations.toLocaleString('en-US')} operations`;
    return [[size, fastmcp, aim, measuredText(figures), isMet(figures) ? 'yes' : 'no']];
  });
}

function measuredText(figures: ScaleFigures): string {
  const { listMs, listBytes, listBytesWithoutOutputs, peakMb } = figures;
  return [
    `load ${s(loadMsOf(figures))}`,
    `list ${s(listMs)} and ${mb(listBytes)} (${mb(listBytesWithoutOutputs)} without output schemas)`,
    `${peakMb} MB memory`,
  ].join(', ');
}

function s(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function mb(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
