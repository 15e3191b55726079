import { isPeer, isRunning, legTitles, type Leg, type LegId, type MissingLeg } from '../legs/leg.js';
import type { RoundsPlan, Sample } from '../measure.js';
import type { Aim } from './aims.js';
import { callAims } from './call-aims.js';
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
  aims: Aim[];
  /** Calls that were not answered as they should, by leg. */
  failures: { leg: LegId; errors: number; first?: string }[];
}

export function callReport(
  samples: readonly Sample[],
  legs: readonly (Leg | MissingLeg)[],
  run: { plan: RoundsPlan; machine: Machine; takenAt: Date },
): CallReport {
  return {
    kind: 'calls',
    takenAt: run.takenAt.toISOString(),
    machine: run.machine,
    plan: run.plan,
    legs: summarize(samples),
    missing: legs.flatMap((leg) => (isRunning(leg) ? [] : [leg])),
    ratios: ratiosOf(samples),
    gate: judge(samples),
    aims: callAims(samples),
    failures: failuresOf(samples),
  };
}

function failuresOf(samples: readonly Sample[]): CallReport['failures'] {
  const failed = samples.filter(({ errors }) => errors > 0);
  return [...new Set(failed.map(({ leg }) => leg))].map((leg) => {
    const own = failed.filter((sample) => sample.leg === leg);
    const first = own.find(({ firstError }) => firstError !== undefined)?.firstError;
    return { leg, errors: own.reduce((sum, { errors }) => sum + errors, 0), ...(first === undefined ? {} : { first }) };
  });
}

/** A run is good when every call through the hub was answered and the gate, where it was measured, is met. */
export function isGood({ failures, gate }: CallReport): boolean {
  return failures.every(({ leg }) => isPeer(leg)) && gate.kind !== 'missed';
}

/** Legs that are missing, and calls that failed, in a line each. */
export function callNotes({ missing, failures }: CallReport): string[] {
  return [
    ...missing.map(({ id, reason }) => `Leg ${id} (${legTitles[id]}) did not run: ${reason}`),
    ...failures.map(({ leg, errors, first = '' }) => `${errors} calls of leg ${leg} failed, the first on: ${first}`),
  ];
}

export const legHead = ['leg', 'conn.', 'calls/s', 'p50 ms', 'p99 ms', 'CPU µs/call', 'of which', 'RSS MiB', 'errors'];

export function legRows({ legs }: CallReport): string[][] {
  return legs.map(({ leg, connections, callsPerSecond, p50Ms, p99Ms, cpuUsPerCall, processes, errors }) => [
    `${leg}: ${legTitles[leg]}`,
    String(connections),
    whole(callsPerSecond),
    fine(p50Ms),
    fine(p99Ms),
    whole(cpuUsPerCall),
    processes.map((used) => `${used.role} ${whole(used.cpuUsPerCall)}`).join(' + '),
    processes.map(({ rssMb }) => whole(rssMb)).join(' + '),
    whole(errors),
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
