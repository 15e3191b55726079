import type { Corpus } from './read-corpus.js';

/** Section, cases, rules with a case, failed: as a table for people. */
export function corpusTable({ rules, cases }: Corpus, failed: ReadonlyMap<string, number>): string[] {
  const sections = [...new Set(cases.map(({ section }) => section))].sort();
  const rows = sections.map((section) => {
    const own = cases.filter((one) => one.section === section);
    const ofSection = rules.filter(({ id }) => id.split('.')[0] === section.split('-')[0]);
    const named = new Set(cases.flatMap((one) => one.rules));
    const covered = ofSection.filter(({ id }) => named.has(id)).length;
    return [section, String(own.length), `${covered} of ${ofSection.length}`, String(failed.get(section) ?? 0)];
  });
  const table = [['section', 'cases', 'rules', 'failed'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
