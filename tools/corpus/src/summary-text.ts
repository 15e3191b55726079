import { textTable, whole } from './table.js';
import type { Summary } from './summary.js';

/** A summary for the terminal. */
export function summaryLines(summary: Summary): string[] {
  const { seconds } = summary;
  return [
    ...textTable(['figure', 'value'], figureRows(summary)),
    '',
    `load ${seconds.load.toFixed(1)} s, convert ${seconds.convert.toFixed(1)} s, list ${seconds.list.toFixed(1)} s in all threads`,
    ...Object.entries(summary.worst).flatMap(([kind, rows]) => [
      '',
      ...textTable(
        [kind, ''],
        rows.map(({ id, value }) => [id, rounded(value)]),
      ),
    ]),
    ...(summary.refused.length === 0
      ? []
      : ['', 'Refused:', ...summary.refused.map(({ id, reason }) => `  ${id}: ${reason}`)]),
    ...(summary.failures.length === 0
      ? []
      : ['', 'FAILED:', ...summary.failures.map(({ id, reason }) => `  ${id}: ${reason}`)]),
    ...(summary.defectExamples.length === 0
      ? []
      : ['', 'DEFECTS:', ...summary.defectExamples.map((one) => `  ${one}`)]),
  ];
}

/** What the summary says, for the terminal and for the documentation. */
export function figureRows(summary: Summary): string[][] {
  const list = (values: Record<string, number>): string =>
    Object.entries(values)
      .map(([key, value]) => `${key} ${value}`)
      .join(', ') || 'none';
  return [
    ['documents', whole(summary.documents)],
    ['loaded', whole(summary.loaded)],
    ['by version', list(summary.byVersion)],
    ['refused as a whole', String(summary.refused.length)],
    ['exceptions, deadlines', String(summary.failures.length)],
    ['operations', whole(summary.operations)],
    ['components', whole(summary.components)],
    ['operations left out, by code', list(summary.skipped)],
    ...Object.entries(summary.defects).map(([kind, count]) => [kind, String(count)]),
    ['lists with output schemas', `${rounded(summary.listBytes / 1e6)} MB`],
    ['lists without', `${rounded(summary.listBytesWithoutOutputs / 1e6)} MB`],
  ];
}

export function rounded(value: number): string {
  return value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toPrecision(3);
}
