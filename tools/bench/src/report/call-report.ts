import { isRunning, legTitles, type Leg, type MissingLeg } from '../legs/leg.js';
import type { RoundsPlan, Sample } from '../measure.js';
import type { Machine } from './machine.js';
import { judge, ratiosOf, summarize, type GateOutcome, type LegSummary, type Ratio } from './summary.js';
import { fine, whole } from './table.js';

/** What a run of the legs gives; `--out` writes it, docs/performance.md quotes it. */
export interface CallReport {
  kind: 'calls';
  takenAt: string;
  machine: Machine;
  plan: RoundsPlan;
  legs: LegSummary[];
  missing: MissingLeg[];
  ratios: Ratio[];
  gate: GateOutcome;
  errors: number;
  firstError?: string;
}

export function callReport(
  samples: readonly Sample[],
  legs: readonly (Leg | MissingLeg)[],
  run: { plan: RoundsPlan; machine: Machine; takenAt: Date },
): CallReport {
  const failed = samples.find(({ errors }) => errors > 0);
  return {
    kind: 'calls',
    takenAt: run.takenAt.toISOString(),
    machine: run.machine,
    plan: run.plan,
    legs: summarize(samples),
    missing: legs.flatMap((leg) => (isRunning(leg) ? [] : [leg])),
    ratios: ratiosOf(samples),
    gate: judge(samples),
    errors: samples.reduce((sum, { errors }) => sum + errors, 0),
    ...(failed?.firstError === undefined ? {} : { firstError: `${failed.leg}: ${failed.firstError}` }),
  };
}

/** A run is good when every call was answered and the gate, where it was measured, is met. */
export function isGood({ errors, gate }: CallReport): boolean {
  return errors === 0 && gate.kind !== 'missed';
}

export const legHead = ['leg', 'conn.', 'calls/s', 'p50 ms', 'p99 ms', 'CPU µs/call', 'of which', 'RSS MiB'];

export function legRows({ legs }: CallReport): string[][] {
  return legs.map(({ leg, connections, callsPerSecond, p50Ms, p99Ms, cpuUsPerCall, processes }) => [
    `${leg}: ${legTitles[leg]}`,
    String(connections),
    whole(callsPerSecond),
    fine(p50Ms),
    fine(p99Ms),
    whole(cpuUsPerCall),
    processes.map((used) => `${used.role} ${whole(used.cpuUsPerCall)}`).join(' + '),
    processes.map(({ rssMb }) => whole(rssMb)).join(' + '),
  ]);
}

/** One row a ratio, one column a number of connections. */
export function ratioTable({ ratios }: CallReport): { head: string[]; rows: string[][] } {
  const counts = [...new Set(ratios.map(({ connections }) => connections))].sort((a, b) => a - b);
  const names = [...new Set(ratios.map(({ of, to }) => `${of} / ${to}`))];
  return {
    head: ['calls/s of', ...counts.map((count) => `${count} conn.`)],
    rows: names.map((name) => [
      name,
      ...counts.map((count) =>
        fine(
          ratios.find(({ of, to, connections }) => `${of} / ${to}` === name && connections === count)?.value ??
            Number.NaN,
        ),
      ),
    ]),
  };
}

export function gateLine(gate: GateOutcome): string {
  const what = `${gate.of} ≥ ${gate.atLeast} × ${gate.to} at ${gate.connections} connections`;
  switch (gate.kind) {
    case 'met':
      return `PASS ${what}: ${gate.measured.toFixed(3)}`;
    case 'missed':
      return `FAIL ${what}: ${gate.measured.toFixed(3)}`;
    case 'not_measured':
      return `not measured: ${what}`;
  }
}
