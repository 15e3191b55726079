import { startBareLegs } from './bare-legs.js';
import { Closers } from './closers.js';
import { legIds, type Leg, type LegId, type MissingLeg, type RunningLegs } from './leg.js';
import { startStackLegs } from './stack-legs.js';
import { startStandaloneLeg } from './standalone-leg.js';

/**
 * Brings up the processes of some legs, all at the same time.
 *
 * @param env added to the environment of each
 * @throws Error where something does not start; nothing is left running then
 */
export async function startLegs(
  ids: readonly LegId[],
  env: Readonly<Record<string, string>>,
  report: (line: string) => void,
): Promise<RunningLegs> {
  const closers = new Closers();
  const found: (Leg | MissingLeg)[] = [];
  const add = (running: RunningLegs): void => {
    closers.add(() => running.close());
    found.push(...running.legs);
  };
  const wants = (...some: LegId[]): boolean => some.some((id) => ids.includes(id));
  try {
    if (wants('a', 'b', 'c1')) add(await startBareLegs(ids, env));
    if (wants('c2', 'c3')) add(await startStackLegs(ids, env, report));
    if (wants('d')) add(await startStandaloneLeg(env));
  } catch (error) {
    await closers.close();
    throw error;
  }
  const legs = legIds.flatMap((id) => found.filter((leg) => leg.id === id));
  return { legs, close: () => closers.close() };
}
