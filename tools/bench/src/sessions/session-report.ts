import type { Aim } from '../report/aims.js';
import type { Machine } from '../report/machine.js';
import { fine, whole } from '../report/table.js';
import type { HeldMemory } from '../settled-memory.js';

export interface SessionCost {
  role: string;
  /** With the sessions, and how much more than without. */
  rssMb: number;
  rssGrowthMb: number;
  heapGrowthMb?: number;
}

/** What sessions at rest cost in one form of the hub. */
export interface SessionRun {
  form: 'split' | 'standalone';
  sessions: number;
  /** Each has an event stream open. */
  withStreams: boolean;
  processes: SessionCost[];
  /** Sessions whose stream broke off, that did not answer a call afterwards, or could not be deleted. */
  lost: number;
  firstLoss?: string;
}

export interface SessionReport {
  kind: 'sessions';
  takenAt: string;
  machine: Machine;
  runs: SessionRun[];
  aims: Aim[];
}

const mostMb = 60;

/** What each process holds more of than before. */
export function costs(before: readonly HeldMemory[], after: readonly HeldMemory[]): SessionCost[] {
  return after.map(({ role, rssMb, heapMb }, index) => {
    const earlier = before[index];
    const heap = heapMb === undefined || earlier?.heapMb === undefined ? {} : { heapGrowthMb: heapMb - earlier.heapMb };
    return { role, rssMb, rssGrowthMb: rssMb - (earlier?.rssMb ?? Number.NaN), ...heap };
  });
}

/** Of all processes. One that holds less than before has thrown away something else, which sets off nothing. */
export function growthMb({ processes }: SessionRun): number {
  return processes.reduce((sum, { rssGrowthMb }) => sum + Math.max(0, rssGrowthMb), 0);
}

export function sessionAims(runs: readonly SessionRun[]): Aim[] {
  return [
    ...runs.map((run) => ({ what: `memory of ${what(run)}`, atMost: mostMb, unit: 'MiB', measured: growthMb(run) })),
    ...runs.map((run) => ({ what: `lost of ${what(run)}`, atMost: 0, unit: '', measured: run.lost })),
  ];
}

function what({ form, sessions, withStreams }: SessionRun): string {
  return `${whole(sessions)} sessions, ${form}, ${withStreams ? 'with' : 'without'} streams`;
}

export const sessionHead = ['process', 'sessions', 'streams', 'RSS MiB', 'RSS growth MiB', 'heap growth MiB'];

/** A row for each process, and one for all of them together. */
export function sessionRows({ runs }: Pick<SessionReport, 'runs'>): string[][] {
  return runs.flatMap((run) => {
    const about = [whole(run.sessions), run.withStreams ? 'open' : 'none'];
    return [
      ...run.processes.map(({ role, rssMb, rssGrowthMb, heapGrowthMb = Number.NaN }) => [
        role,
        ...about,
        whole(rssMb),
        fine(rssGrowthMb),
        fine(heapGrowthMb),
      ]),
      [`${run.form} in sum`, ...about, '', fine(growthMb(run)), ''],
    ];
  });
}
