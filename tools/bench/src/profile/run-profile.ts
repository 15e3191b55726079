import type { Profiler } from 'node:inspector';
import { isRunning, type LegId } from '../legs/leg.js';
import { startLegs } from '../legs/start-legs.js';
import { LoadGenerator } from '../measure.js';
import { askProbe, probeEnvironment } from '../probes.js';
import { hotSpots, type HotSpots } from './top-functions.js';

export interface ProfileOptions {
  leg: LegId;
  seconds: number;
  connections: number;
}

export interface ProcessProfile extends HotSpots {
  role: string;
}

const warmUp = { warmUpMs: 0, durationMs: 3_000 };

/**
 * Puts one leg under load and profiles its processes meanwhile. A child of a worker has an environment of its own, and
 * with it no profile.
 *
 * @throws Error where the leg does not run
 */
export async function runProfile(
  { leg: id, seconds, connections }: ProfileOptions,
  probeFolder: string,
  report: (line: string) => void,
): Promise<ProcessProfile[]> {
  report(`Starting leg ${id} …`);
  const running = await startLegs([id], probeEnvironment('profiler-probe', probeFolder), report);
  const generator = new LoadGenerator();
  try {
    const leg = running.legs.find((found) => found.id === id);
    if (!leg || !isRunning(leg)) throw new Error(`Leg ${id} does not run: ${leg?.reason ?? 'it did not start.'}`);
    const probed = leg.processes.filter(({ role }) => role !== 'child');
    await generator.measure(leg, connections, 0, warmUp);
    await Promise.all(probed.map(({ pid }) => askProbe(pid, 1, probeFolder)));
    await generator.measure(leg, connections, 1, { warmUpMs: 0, durationMs: seconds * 1_000 });
    return await Promise.all(
      probed.map(async ({ role, pid }) => ({
        role,
        ...hotSpots(await askProbe<Profiler.Profile>(pid, 2, probeFolder)),
      })),
    );
  } finally {
    await generator.close();
    await running.close();
  }
}

export function profileLines(profiles: readonly ProcessProfile[]): string[] {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(7);
  return profiles.flatMap(({ role, busyShare, functions, origins }) => [
    '',
    `${role}: busy ${percent(busyShare).trim()} of the time; of that, in the functions themselves`,
    ...functions.map(({ name, place, share }) => `${percent(share)}  ${name}  ${place}`),
    'and by where the code comes from',
    ...origins.map(({ name, share }) => `${percent(share)}  ${name}`),
  ]);
}
