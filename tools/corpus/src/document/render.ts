import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { workspaceRoot } from '../workspace-root.js';
import type { CorpusFile } from './corpus-file.js';
import { readDifferences } from './differences.js';
import { codesSection, differencesSection, sectionOf } from './sections.js';

export const documentFile = join(workspaceRoot, 'docs/openapi.md');

/**
 * docs/openapi.md with what the source knows (differences, codes) and with these measured files, each in its place.
 * @throws Error where the document has no such place
 */
export async function rendered(document: string, files: readonly CorpusFile[]): Promise<string> {
  const sections: (readonly [string, readonly string[]])[] = [
    ['differences', differencesSection(await readDifferences())],
    ['codes', codesSection()],
    ...files.map((file) => [file.kind, sectionOf(file)] as const),
  ];
  const written = sections.reduce((text, [kind, lines]) => withSection(text, kind, lines), document);
  return format(written, { ...(await resolveConfig(documentFile)), filepath: documentFile });
}

export async function renderDocument(paths: readonly string[]): Promise<void> {
  const files = await Promise.all(paths.map(async (path) => JSON.parse(await readFile(path, 'utf8')) as CorpusFile));
  await writeFile(documentFile, await rendered(await readFile(documentFile, 'utf8'), files));
}

/** Puts lines between `<!-- corpus:KIND -->` and `<!-- /corpus:KIND -->`. */
export function withSection(document: string, kind: string, lines: readonly string[]): string {
  const begin = `<!-- corpus:${kind} -->`;
  const end = `<!-- /corpus:${kind} -->`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The document has no ${begin} … ${end}.`);
  return `${document.slice(0, from + begin.length)}\n\n${lines.join('\n')}\n\n${document.slice(to)}`;
}
