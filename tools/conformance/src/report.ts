import type { LegComparison, LostCheck } from './compare-leg.js';
import { nameOf, type Leg } from './legs.js';

/** One leg of one fixture, hosted in one way, in one form of the hub. */
export interface ReportRow extends LegComparison {
  leg: Leg;
  fixture: string;
  hosting: string;
  form: string;
  directMs: number;
  throughMs: number;
}

/** @returns whether the legs are worth comparing, and nothing is lost */
export function isGood({ leg, direct, lost, faults }: ReportRow): boolean {
  return lost.length === 0 && faults.length === 0 && direct >= leg.reached;
}

export function label({ scenario, id, name }: LostCheck): string {
  return `${scenario} › ${id} (${name})`;
}

/** A table for people: leg × fixture × hosting × form, what passed directly and through the hub, and what was lost with the reason. */
export function formatReport(rows: readonly ReportRow[]): string {
  const cells = [
    ['leg', 'fixture', 'hosting', 'form', 'direct', 'through', 'lost', 'excused', 'direct s', 'through s'],
    ...rows.map((row) => [
      nameOf(row.leg),
      row.fixture,
      row.hosting,
      row.form,
      `${row.direct} of ${row.leg.reached}`,
      String(row.through),
      String(row.lost.length),
      String(row.excused.length),
      seconds(row.directMs),
      seconds(row.throughMs),
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  for (const row of rows.filter((other) => !isGood(other))) {
    lines.push('', `${nameOf(row.leg)}, ${row.fixture} as ${row.hosting}, ${row.form}:`);
    for (const fault of row.faults) lines.push(`  ! ${fault}`);
    if (row.direct < row.leg.reached) lines.push(`  ! only ${row.direct} of ${row.leg.reached} checks passed directly`);
    for (const check of row.lost) lines.push(`  - ${label(check)}: ${check.reason}`);
  }
  return lines.join('\n');
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
