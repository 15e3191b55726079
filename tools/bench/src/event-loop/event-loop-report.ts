import { whole } from '../report/table.js';
import type { EventLoopDelay } from '../probes/event-loop-probe.js';

/** What a neighbour of a large document sees while something is done with it. */
export interface EventLoopPhase {
  /** What was done. */
  title: string;
  durationMs: number;
  delay: EventLoopDelay;
  /** Of the calls to the neighbour, in milliseconds. */
  calls: { count: number; failed: number; median: number; max: number };
}

/** The delay that other servers of the process may see. */
export const delayAimMs = 50;

export const eventLoopHead = [
  'While',
  'took ms',
  'loop delay max ms',
  'p99',
  'mean',
  'calls beside it',
  'failed',
  'median ms',
  'max ms',
];

export function eventLoopRows(phases: readonly EventLoopPhase[]): string[][] {
  return phases.map(({ title, durationMs, delay, calls }) => [
    title,
    whole(durationMs),
    delay.max.toFixed(1),
    delay.p99.toFixed(1),
    delay.mean.toFixed(1),
    whole(calls.count),
    whole(calls.failed),
    calls.median.toFixed(1),
    calls.max.toFixed(1),
  ]);
}

/** No call beside the document failed, and no phase kept the loop for longer than aimed for. */
export function isWithinAim(phases: readonly EventLoopPhase[]): boolean {
  return phases.every(({ delay, calls }) => calls.failed === 0 && delay.max < delayAimMs);
}
