import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LoadPlan, LoadResult } from './load/run-load.js';
import { isPeer, type Leg, type LegId, type MeasuredProcess } from './legs/leg.js';
import { cleanEnvironment, NodeChild } from './node-child.js';
import { readProcess, type ProcessFigures } from './process-figures.js';

export interface MeasuredUse {
  role: string;
  cpuUsPerCall: number;
  rssMb: number;
}

/** One leg under load once, on so many connections. */
export interface Sample {
  leg: LegId;
  connections: number;
  round: number;
  calls: number;
  errors: number;
  firstError?: string;
  callsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** The load generator's own CPU time, as a share of the time. */
  generatorShare: number;
  processes: MeasuredUse[];
}

export interface LoadTime {
  warmUpMs: number;
  durationMs: number;
}

/** Puts legs under load from a process of its own. */
export class LoadGenerator {
  private readonly child = NodeChild.start(fileURLToPath(new URL('./load/generator-main.js', import.meta.url)), {
    env: cleanEnvironment(),
  });

  async measure(leg: Leg, connections: number, round: number, time: LoadTime): Promise<Sample> {
    const plan: LoadPlan = {
      ...time,
      target: leg.target,
      connections,
      pids: leg.processes.map(({ pid }) => pid),
    };
    const { calls, elapsedMs, processes, ...rest } = await this.child.ask<LoadResult>(plan);
    return {
      ...rest,
      leg: leg.id,
      connections,
      round,
      calls,
      callsPerSecond: (calls * 1_000) / elapsedMs,
      processes: useByRole(leg.processes, processes, calls),
    };
  }

  close(): Promise<void> {
    return this.child.stop();
  }
}

/** What each process used, with those of one role taken together. */
export function useByRole(
  measured: readonly MeasuredProcess[],
  figures: readonly ProcessFigures[],
  calls: number,
): MeasuredUse[] {
  return [...new Set(measured.map(({ role }) => role))].map((role) => {
    const own = figures.filter((_, index) => measured[index]?.role === role);
    return {
      role,
      cpuUsPerCall: (own.reduce((sum, { cpuMs }) => sum + cpuMs, 0) * 1_000) / calls,
      rssMb: own.reduce((sum, { rssMb }) => sum + rssMb, 0),
    };
  });
}

const lookMs = 200;
const quietShare = 0.15;
const quietWithinMs = 20_000;

/** Resolves when processes do next to nothing any more, or have had long enough for it. */
export async function whenQuiet(pids: readonly number[]): Promise<void> {
  const used = (): number => pids.reduce((sum, pid) => sum + readProcess(pid).cpuMs, 0);
  const deadline = performance.now() + quietWithinMs;
  let before = used();
  for (let isQuiet = false; !isQuiet && performance.now() < deadline;) {
    await delay(lookMs);
    const now = used();
    isQuiet = now - before <= quietShare * lookMs;
    before = now;
  }
}

export interface RoundsPlan {
  rounds: number;
  connections: readonly number[];
  time: LoadTime;
}

/**
 * Measures all legs at every number of connections, over and over, so that a machine whose speed changes is equally
 * slow to all of them. Every other round goes through the legs from the last to the first.
 *
 * @param report told of each sample
 */
export async function measureRounds(
  generator: LoadGenerator,
  legs: readonly Leg[],
  { rounds, connections, time }: RoundsPlan,
  report: (sample: Sample) => void,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let round = 1; round <= rounds; round++) {
    const order = round % 2 === 1 ? legs : legs.toReversed();
    for (const count of connections) {
      for (const leg of order) {
        const sample = await generator.measure(leg, count, round, time);
        report(sample);
        samples.push(sample);
        // Some other hubs go on for seconds after their clients have left; that is not the next leg's.
        if (isPeer(leg.id)) await whenQuiet(leg.processes.map(({ pid }) => pid));
      }
    }
  }
  return samples;
}
