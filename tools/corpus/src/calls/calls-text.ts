import { textTable } from '../table.js';
import type { CallsSummary } from './explanations.js';

/** The calls of a run, for the terminal. */
export function callsLines(summary: CallsSummary): string[] {
  return [
    ...textTable(['document', 'operations', 'right', 'share'], callRows(summary)),
    ...summary.explained.flatMap(({ whose, why, operations }) => [
      '',
      `${operations.length} × ${whose}: ${why}`,
      ...operations.slice(0, 5).map((operation) => `  ${operation}`),
    ]),
    ...listed('UNEXPLAINED', summary.unexplained),
    ...listed('FAILED', summary.failures),
  ];
}

export function callRows({ documents, operations, passed }: CallsSummary): string[][] {
  return [
    ...documents.map((one) => [one.id, String(one.operations), String(one.passed), share(one.passed, one.operations)]),
    ['all', String(operations), String(passed), share(passed, operations)],
  ];
}

export function share(passed: number, operations: number): string {
  return operations === 0 ? '–' : `${(Math.floor((passed / operations) * 10_000) / 100).toFixed(2)} %`;
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}
