import { percentile } from '../load/percentile.js';
import type { Aim } from '../report/aims.js';
import type { Machine } from '../report/machine.js';
import { whole } from '../report/table.js';

/** How long it takes from the start of the processes to the first call that is answered. */
export interface StartTimes {
  form: 'split' | 'standalone';
  /** Milliseconds, run by run. */
  times: number[];
}

export interface StartReport {
  kind: 'start';
  takenAt: string;
  machine: Machine;
  starts: StartTimes[];
  aims: Aim[];
}

const mostMs = 1_500;

/** The aim is about the median. */
export function startAims(starts: readonly StartTimes[]): Aim[] {
  return starts.map(({ form, times }) => ({
    what: `start to first good call, ${form}`,
    atMost: mostMs,
    unit: 'ms',
    measured: percentile(sorted(times), 0.5),
  }));
}

export const startHead = ['form', 'runs', 'min ms', 'p50 ms', 'max ms'];

export function startRows({ starts }: Pick<StartReport, 'starts'>): string[][] {
  return starts.map(({ form, times }) => [
    form,
    String(times.length),
    ...[0, 0.5, 1].map((share) => whole(percentile(sorted(times), share))),
  ]);
}

function sorted(times: readonly number[]): number[] {
  return times.toSorted((a, b) => a - b);
}
