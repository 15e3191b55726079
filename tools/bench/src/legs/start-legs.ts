import { startBareServer } from '../servers/start-bare.js';
import { startPeerLegs } from '../peers/start-peers.js';
import { startBareLegs } from './bare-legs.js';
import { Closers } from './closers.js';
import { endsAtBareServer, legsOfForm, publishLegs } from './hub-legs.js';
import { isPeer, legIds, type Leg, type LegId, type MissingLeg, type RunningLegs } from './leg.js';
import { hubOfStack, startStack } from './start-stack.js';
import { startStandalone } from './start-standalone.js';

/**
 * Brings up the processes of some legs, all at the same time.
 *
 * @param env added to the environment of each, peers aside
 * @throws Error where something of the hub does not start; nothing is left running then
 */
export async function startLegs(
  ids: readonly LegId[],
  env: Readonly<Record<string, string>>,
  report: (line: string) => void,
): Promise<RunningLegs> {
  const closers = new Closers();
  const found: (Leg | MissingLeg)[] = [];
  const wants = (isWanted: (id: LegId) => boolean): boolean => ids.some(isWanted);
  const isBare = (id: LegId): boolean => ['a', 'b', 'c1'].includes(id);
  try {
    const bare = wants((id) => isBare(id) || isPeer(id) || endsAtBareServer(id))
      ? await startBareServer(env)
      : undefined;
    if (bare) closers.add(() => bare.child.stop());
    const upstream = bare && { port: bare.port, pid: bare.child.pid };
    if (bare && wants(isBare)) {
      const running = await startBareLegs(bare, ids, env);
      closers.add(() => running.close());
      found.push(...running.legs);
    }
    if (wants((id) => id in legsOfForm.split)) {
      const stack = await startStack(env, report);
      closers.add(() => stack.close());
      found.push(...(await publishLegs('split', ids, hubOfStack(stack.state), upstream)));
    }
    if (wants((id) => id in legsOfForm.standalone)) {
      const standalone = await startStandalone(env);
      closers.add(() => standalone.close());
      found.push(...(await publishLegs('standalone', ids, standalone, upstream)));
    }
    if (upstream && wants(isPeer)) {
      const peers = await startPeerLegs(ids, upstream, report);
      closers.add(() => peers.close());
      found.push(...peers.legs);
    }
  } catch (error) {
    await closers.close();
    throw error;
  }
  const legs = legIds.flatMap((id) => found.filter((leg) => leg.id === id));
  return { legs, close: () => closers.close() };
}
