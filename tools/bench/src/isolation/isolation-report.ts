import { median } from '../load/percentile.js';
import type { Aim } from '../report/aims.js';
import type { Disturbed } from './disturber.js';
import type { Machine } from '../report/machine.js';
import { fine, whole } from '../report/table.js';

export const misbehaviours = ['hang', 'flood', 'huge'] as const;
export type Misbehaviour = (typeof misbehaviours)[number];

/** The good server under load once, while a bad one of the same worker does something, or nothing. */
export interface IsolationSample {
  round: number;
  /** Absent: undisturbed. */
  disturbance?: Disturbance;
  callsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  errors: number;
  firstError?: string;
  /** The most that the worker held meanwhile. */
  workerPeakMb: number;
  /** What the bad server's callers got. */
  disturbed?: Disturbed;
}

export interface Disturbance {
  /** How the bad server runs. */
  server: 'remote' | 'stdio child';
  does: Misbehaviour;
}

export interface IsolationReport {
  kind: 'isolation';
  takenAt: string;
  machine: Machine;
  plan: { rounds: number; seconds: number; connections: number };
  samples: IsolationSample[];
  /** Servers that could not be brought up. */
  missing: { server: Disturbance['server']; reason: string }[];
  aims: Aim[];
}

const mostTimes = 1.5;

/** Samples of the same kind together; the undisturbed first. */
function groups(samples: readonly IsolationSample[]): { title: string; own: IsolationSample[] }[] {
  const titles = [...new Set(samples.map(titleOf))].sort(
    (a, b) => Number(b === undisturbed) - Number(a === undisturbed),
  );
  return titles.map((title) => ({ title, own: samples.filter((sample) => titleOf(sample) === title) }));
}

const undisturbed = 'undisturbed';

function titleOf({ disturbance }: IsolationSample): string {
  return disturbance === undefined ? undisturbed : `${disturbance.server}: ${disturbance.does}`;
}

/** How many times the p99 of the undisturbed samples of the same round (their median); the median of the rounds. */
export function p99Times(samples: readonly IsolationSample[], own: readonly IsolationSample[]): number {
  return median(
    own.flatMap(({ round, p99Ms }) => {
      const quiet = samples.filter((sample) => sample.disturbance === undefined && sample.round === round);
      return quiet.length === 0 ? [] : [p99Ms / median(quiet.map((sample) => sample.p99Ms))];
    }),
  );
}

export function isolationAims(samples: readonly IsolationSample[]): Aim[] {
  const disturbed = groups(samples).filter(({ title }) => title !== undisturbed);
  return [
    ...disturbed.map(({ title, own }) => ({
      what: `p99 beside ${title}`,
      atMost: mostTimes,
      unit: '× undisturbed',
      measured: p99Times(samples, own),
    })),
    {
      what: 'calls lost beside bad servers',
      atMost: 0,
      unit: '',
      measured: samples.reduce((sum, { errors }) => sum + errors, 0),
    },
  ];
}

export const isolationHead = [
  'beside',
  'calls/s',
  'p50 ms',
  'p99 ms',
  '× undisturbed',
  'errors',
  'worker peak MiB',
  'its callers were told',
  'MB to them',
];

export function isolationRows({ samples }: Pick<IsolationReport, 'samples'>): string[][] {
  return groups(samples).map(({ title, own }) => {
    const of = (read: (sample: IsolationSample) => number): number => median(own.map(read));
    return [
      title,
      whole(of(({ callsPerSecond }) => callsPerSecond)),
      fine(of(({ p50Ms }) => p50Ms)),
      fine(of(({ p99Ms }) => p99Ms)),
      fine(p99Times(samples, own)),
      whole(own.reduce((sum, { errors }) => sum + errors, 0)),
      whole(Math.max(...own.map(({ workerPeakMb }) => workerPeakMb))),
      outcomesOf(own),
      whole(own.reduce((sum, { disturbed }) => sum + (disturbed?.receivedMb ?? 0), 0)),
    ];
  });
}

function outcomesOf(samples: readonly IsolationSample[]): string {
  const sums = new Map<string, number>();
  for (const [outcome, count] of samples.flatMap(({ disturbed }) => Object.entries(disturbed?.outcomes ?? {}))) {
    sums.set(outcome, (sums.get(outcome) ?? 0) + count);
  }
  return [...sums].map(([outcome, count]) => `${count} × ${outcome}`).join('; ');
}
