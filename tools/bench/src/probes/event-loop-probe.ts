import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import { answerSignals } from './answer-signals.js';

/** How late the timers of a process ran, in milliseconds, since it was last asked. */
export interface EventLoopDelay {
  max: number;
  p99: number;
  mean: number;
}

/** Finer than what is looked for; each figure holds that much of its own, which is taken off. */
const resolutionMs = 5;

if (isMainThread) {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolutionMs);
  answerSignals(() => {
    const delay: EventLoopDelay = {
      max: late(histogram.max),
      p99: late(histogram.percentile(99)),
      mean: late(histogram.mean),
    };
    histogram.reset();
    return Promise.resolve(delay);
  });
}
