import { setTimeout as delay } from 'node:timers/promises';
import { readProcess, type ProcessFigures } from '../process-figures.js';
import { percentile } from './percentile.js';
import { startCaller } from './start-caller.js';
import type { Target } from './target.js';

export interface LoadPlan {
  target: Target;
  connections: number;
  /** Load that is not counted. */
  warmUpMs: number;
  durationMs: number;
  /** Of the processes whose figures are wanted. */
  pids: number[];
}

export interface LoadResult {
  calls: number;
  errors: number;
  /** What the first of them said. */
  firstError?: string;
  elapsedMs: number;
  p50Ms: number;
  p99Ms: number;
  /** The generator's own CPU time, as a share of the time: near 1 it is what limits the figures. */
  generatorShare: number;
  /** Of `pids`, in their order: CPU time within the counted time, and the memory at its end. */
  processes: ProcessFigures[];
}

const answersWithinMs = 10_000;

/** Calls on so many connections at the same time, and counts what is answered within `durationMs`. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const latencies: number[] = [];
  const failures: string[] = [];
  let isCounting = false;
  let open = plan.connections;
  let onAllEnded = (): void => undefined;
  const allEnded = new Promise<void>((resolve) => {
    onAllEnded = resolve;
  });
  const callers = Array.from({ length: plan.connections }, () =>
    startCaller(plan.target, {
      onAnswer: (latencyMs, failure) => {
        if (failure !== undefined) failures.push(failure);
        else if (isCounting) latencies.push(latencyMs);
      },
      onEnd: () => {
        open -= 1;
        if (open === 0) onAllEnded();
      },
    }),
  );

  await Promise.race([delay(plan.warmUpMs), allEnded]);
  const before = plan.pids.map(readProcess);
  const ownBefore = process.cpuUsage();
  const startedAt = performance.now();
  isCounting = true;
  await Promise.race([delay(plan.durationMs), allEnded]);
  isCounting = false;
  const elapsedMs = performance.now() - startedAt;
  const own = process.cpuUsage(ownBefore);
  const after = plan.pids.map(readProcess);

  for (const caller of callers) caller.stop();
  const isLate = await Promise.race([allEnded.then(() => false), delay(answersWithinMs, true, { ref: false })]);
  if (isLate) failures.push(`A call was not answered within ${answersWithinMs / 1_000} s.`);
  latencies.sort((a, b) => a - b);
  const [firstError] = failures;
  return {
    calls: latencies.length,
    errors: failures.length,
    ...(firstError === undefined ? {} : { firstError }),
    elapsedMs,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    generatorShare: (own.user + own.system) / 1_000 / elapsedMs,
    processes: after.map(({ cpuMs, rssMb }, index) => ({ cpuMs: cpuMs - (before[index]?.cpuMs ?? 0), rssMb })),
  };
}
