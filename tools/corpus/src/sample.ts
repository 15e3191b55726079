import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { CorpusDocument } from './sources.js';

/** A document of the sample, and what it is there for. */
export interface SampleEntry {
  id: string;
  why: string;
}

const file = new URL('../data/sample.yaml', import.meta.url);

export async function readSample(): Promise<SampleEntry[]> {
  return parse(await readFile(file, 'utf8')) as SampleEntry[];
}

/** @throws Error that names documents of the sample that the packages do not have */
export async function sampleOf(all: readonly CorpusDocument[]): Promise<CorpusDocument[]> {
  const entries = await readSample();
  const byId = new Map(all.map((document) => [document.id, document]));
  const missing = entries.filter(({ id }) => !byId.has(id)).map(({ id }) => id);
  if (missing.length > 0) throw new Error(`The packages have no ${missing.join(', ')}.`);
  return entries.flatMap(({ id }) => byId.get(id) ?? []);
}
