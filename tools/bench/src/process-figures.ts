import { readFileSync } from 'node:fs';

/** What a process has used so far, and holds now (proc(5)). */
export interface ProcessFigures {
  /** User and system time of all its threads. */
  cpuMs: number;
  rssMb: number;
}

/** The unit of times in /proc: USER_HZ is 100 on every architecture that Node runs on under Linux. */
const ticksPerSecond = 100;

/** @throws Error where there is no such process */
export function readProcess(pid: number): ProcessFigures {
  return {
    cpuMs: cpuMsOf(readFileSync(`/proc/${pid}/stat`, 'latin1')),
    rssMb: rssMbOf(readFileSync(`/proc/${pid}/status`, 'latin1')),
  };
}

/**
 * User and system time from the text of /proc/<pid>/stat.
 * @throws RangeError where the text is something else
 */
export function cpuMsOf(stat: string): number {
  // The second field is the name in brackets, which may itself hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  if (!stat.includes(')') || !Number.isFinite(ticks)) throw new RangeError('This is not the text of /proc/<pid>/stat.');
  return (ticks * 1_000) / ticksPerSecond;
}

/**
 * Memory that is resident, in MiB, from the text of /proc/<pid>/status.
 * @throws RangeError where the text does not say
 */
export function rssMbOf(status: string): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kib === undefined) throw new RangeError('This text of /proc/<pid>/status names no VmRSS.');
  return Number(kib) / 1_024;
}

/** The process ids of all descendants, parents before children. */
export function descendantsOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1')
    .split(' ')
    .filter((text) => text.trim() !== '')
    .map(Number);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}
