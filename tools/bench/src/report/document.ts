import type { Machine } from './machine.js';
import { textOf, type Report } from './report-kinds.js';
import { markdownTable } from './table.js';

/**
 * Puts a report into a document, between `<!-- bench:KIND -->` and `<!-- /bench:KIND -->`.
 * @throws Error where the document has no such place
 */
export function withReport(document: string, report: Report): string {
  const begin = `<!-- bench:${report.kind} -->`;
  const end = `<!-- /bench:${report.kind} -->`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The document has no ${begin} … ${end}.`);
  return `${document.slice(0, from + begin.length)}\n\n${section(report).join('\n')}\n\n${document.slice(to)}`;
}

function section(report: Report): string[] {
  const { plan, tables, notes } = textOf(report);
  return [
    `${takenOn(report.takenAt, report.machine)} ${plan}`,
    ...tables.flatMap(({ head, rows }) => ['', ...markdownTable(head, rows)]),
    ...notes.flatMap((note) => ['', `\`${note}\``]),
  ];
}

function takenOn(takenAt: string, { cpu, cores, memoryGb, platform, node }: Machine): string {
  return `Taken on ${takenAt.slice(0, 10)}: ${cpu}, ${cores} cores, ${memoryGb} GB, ${platform}, Node ${node}.`;
}
