import { legIds, type LegId } from '../legs/leg.js';
import { median } from '../load/percentile.js';
import type { MeasuredUse, Sample } from '../measure.js';

/** The medians of a leg's rounds at one number of connections. */
export interface LegSummary {
  leg: LegId;
  connections: number;
  callsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Of all its processes. */
  cpuUsPerCall: number;
  processes: MeasuredUse[];
  generatorShare: number;
  /** Of all rounds together. */
  errors: number;
}

export interface Ratio {
  of: LegId;
  to: LegId;
  connections: number;
  /** The median of the rounds' ratios of calls per second. */
  value: number;
}

/** What a run has to reach. */
export interface Gate {
  of: LegId;
  to: LegId;
  connections: number;
  atLeast: number;
}

export type GateOutcome = Gate & ({ kind: 'met' | 'missed'; measured: number } | { kind: 'not_measured' });

/** The gateway before a server is at least so fast as a bare proxy before the same server, times this. */
export const speedGate: Gate = { of: 'c1', to: 'b', connections: 16, atLeast: 0.7 };

const comparisons: readonly [LegId, LegId][] = [
  ['c1', 'b'],
  ['b', 'a'],
  ['c1', 'a'],
  ['c2', 'c1'],
  ['c2', 'a'],
  ['c3', 'a'],
  ['d', 'a'],
  ['d', 'c2'],
  ['e1', 'c2'],
  ['e2', 'd'],
  ['f1', 'c2'],
  ['f2', 'd'],
  ['g1', 'c2'],
  ['g2', 'd'],
  ['h', 'd'],
  ['r1', 'b'],
  ['r2', 'b'],
  ['c2', 'p1'],
  ['d', 'p1'],
  ['c2', 'p2'],
  ['d', 'p2'],
  ['r1', 'p2'],
  ['r1', 'p3'],
];

/** In the order of the legs, fewest connections first. */
export function summarize(samples: readonly Sample[]): LegSummary[] {
  return connectionsOf(samples).flatMap((connections) =>
    legIds.flatMap((leg) => {
      const rounds = roundsOf(samples, leg, connections);
      return rounds.length === 0 ? [] : [summarizeRounds(leg, connections, rounds)];
    }),
  );
}

export function ratiosOf(samples: readonly Sample[]): Ratio[] {
  return connectionsOf(samples).flatMap((connections) =>
    comparisons.flatMap(([of, to]) => {
      const value = ratioOf(samples, { of, to, connections });
      return value === undefined ? [] : [{ of, to, connections, value }];
    }),
  );
}

/** A ratio that is not a number misses the gate. */
export function judge(samples: readonly Sample[], gate: Gate = speedGate): GateOutcome {
  const measured = ratioOf(samples, gate);
  if (measured === undefined) return { ...gate, kind: 'not_measured' };
  return { ...gate, kind: measured >= gate.atLeast ? 'met' : 'missed', measured };
}

/** Compares within each round, where both had the same machine. @returns undefined where there is nothing to compare */
export function ratioOf(
  samples: readonly Sample[],
  { of, to, connections }: Pick<Ratio, 'of' | 'to' | 'connections'>,
): number | undefined {
  const others = roundsOf(samples, to, connections);
  const ratios = roundsOf(samples, of, connections).flatMap((sample) => {
    const other = others.find(({ round }) => round === sample.round);
    return other ? [sample.callsPerSecond / other.callsPerSecond] : [];
  });
  return ratios.length === 0 ? undefined : median(ratios);
}

function summarizeRounds(leg: LegId, connections: number, rounds: readonly Sample[]): LegSummary {
  const of = (read: (sample: Sample) => number): number => median(rounds.map(read));
  const roles = rounds[0]?.processes.map(({ role }) => role) ?? [];
  return {
    leg,
    connections,
    callsPerSecond: of((sample) => sample.callsPerSecond),
    p50Ms: of((sample) => sample.p50Ms),
    p99Ms: of((sample) => sample.p99Ms),
    cpuUsPerCall: of(({ processes }) => processes.reduce((sum, { cpuUsPerCall }) => sum + cpuUsPerCall, 0)),
    processes: roles.map((role, index) => ({
      role,
      cpuUsPerCall: of(({ processes }) => processes[index]?.cpuUsPerCall ?? Number.NaN),
      rssMb: of(({ processes }) => processes[index]?.rssMb ?? Number.NaN),
    })),
    generatorShare: of((sample) => sample.generatorShare),
    errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
  };
}

function roundsOf(samples: readonly Sample[], leg: LegId, connections: number): Sample[] {
  return samples.filter((sample) => sample.leg === leg && sample.connections === connections);
}

function connectionsOf(samples: readonly Sample[]): number[] {
  return [...new Set(samples.map(({ connections }) => connections))].sort((a, b) => a - b);
}
