import { createHook } from 'node:async_hooks';
import { answerSignals } from './answer-signals.js';

/** What a process has waiting, and how often it woke up for a timer so far. */
export interface ResourceCounts {
  /** Timers that are set, those that do not keep the process alive included. */
  timers: number;
  /** Times that a timer ran since the process started. */
  timerRuns: number;
  /** `process.getActiveResourcesInfo()`, counted by kind. */
  active: Record<string, number>;
}

const timers = new Set<number>();
let timerRuns = 0;

createHook({
  init(id, type) {
    if (type === 'Timeout') timers.add(id);
  },
  before(id) {
    if (timers.has(id)) timerRuns += 1;
  },
  destroy(id) {
    timers.delete(id);
  },
}).enable();

answerSignals(() => {
  const active: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) active[kind] = (active[kind] ?? 0) + 1;
  return Promise.resolve<ResourceCounts>({ timers: timers.size, timerRuns, active });
});
