import type { IdleReport } from '../idle/idle-report.js';
import { idleHead, idleRows } from '../idle/idle-report.js';
import { gateLine, legHead, legRows, ratioTable, type CallReport } from './call-report.js';
import type { Machine } from './machine.js';
import { markdownTable } from './table.js';

export type Report = CallReport | IdleReport;

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
  const section = report.kind === 'calls' ? callSection(report) : idleSection(report);
  return `${document.slice(0, from + begin.length)}\n\n${section.join('\n')}\n\n${document.slice(to)}`;
}

function callSection(report: CallReport): string[] {
  const { plan, machine, takenAt, missing, gate } = report;
  const { head, rows } = ratioTable(report);
  const { rounds, time } = plan;
  return [
    `${takenOn(takenAt, machine)} Medians of ${rounds} rounds of ${time.durationMs / 1_000} s each.`,
    '',
    ...markdownTable(legHead, legRows(report)),
    '',
    ...markdownTable(head, rows),
    '',
    `\`${gateLine(gate)}\``,
    ...missing.flatMap(({ id, reason }) => ['', `Leg ${id} did not run: ${reason}`]),
  ];
}

function idleSection(report: IdleReport): string[] {
  return [
    `${takenOn(report.takenAt, report.machine)} Each over ${report.seconds} s at rest.`,
    '',
    ...markdownTable(idleHead, idleRows(report)),
  ];
}

function takenOn(takenAt: string, { cpu, cores, memoryGb, platform, node }: Machine): string {
  return `Taken on ${takenAt.slice(0, 10)}: ${cpu}, ${cores} cores, ${memoryGb} GB, ${platform}, Node ${node}.`;
}
