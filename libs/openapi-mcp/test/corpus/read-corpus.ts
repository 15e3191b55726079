import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readCase, type CorpusCase } from './corpus-case.js';

/** One sentence of what the converter promises. */
export interface Rule {
  /** `<section number>.<words>` */
  id: string;
  text: string;
}

export interface Corpus {
  rules: Rule[];
  cases: CorpusCase[];
  /** Files that are no cases. */
  broken: { id: string; reason: string }[];
}

export const corpusFolder = join(import.meta.dirname, '../../corpus');

/**
 * Reads rules.yaml and every case below a folder.
 * @throws Error where rules.yaml is not as it should be
 */
export function readCorpus(folder: string = corpusFolder): Corpus {
  const rules = readRules(readFileSync(join(folder, 'rules.yaml'), 'utf8'));
  const ids = new Set(rules.map(({ id }) => id));
  const corpus: Corpus = { rules, cases: [], broken: [] };
  for (const section of readdirSync(folder, { withFileTypes: true })) {
    if (!section.isDirectory()) continue;
    for (const name of readdirSync(join(folder, section.name))) {
      const id = `${section.name}/${name.replace(/\.yaml$/, '')}`;
      try {
        corpus.cases.push(readCase(id, readFileSync(join(folder, section.name, name), 'utf8'), ids));
      } catch (error) {
        corpus.broken.push({ id, reason: error instanceof Error ? error.message : String(error) });
      }
    }
  }
  return corpus;
}

/** @throws Error where a rule has no text, or its id twice */
export function readRules(text: string): Rule[] {
  const rules = parse(text) as Rule[];
  const seen = new Set<string>();
  for (const { id, text: sentence } of rules) {
    if (!/^[1-7]\.[a-z0-9.-]+$/.test(id)) throw new Error(`rules.yaml: "${id}" is no id`);
    if (seen.has(id)) throw new Error(`rules.yaml: ${id} is there twice`);
    if (typeof sentence !== 'string' || sentence.trim() === '') throw new Error(`rules.yaml: ${id} has no text`);
    seen.add(id);
  }
  return rules;
}

/** The rules that no case names. */
export function rulesWithoutCase({ rules, cases }: Pick<Corpus, 'rules' | 'cases'>): string[] {
  const covered = new Set(cases.flatMap((one) => one.rules));
  return rules.map(({ id }) => id).filter((id) => !covered.has(id));
}
