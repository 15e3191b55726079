import { Closers } from '../legs/closers.js';
import { peerLegIds, reasonOf, type Leg, type LegId, type MissingLeg, type RunningLegs } from '../legs/leg.js';
import { startFastMcp } from './fastmcp.js';
import { installFastMcp, installMcpHub } from './install-peers.js';
import { startMcpHub } from './mcp-hub.js';

/**
 * Installs and starts other hubs. One that can't be installed or does not start is missing, with the reason: the hub's
 * own figures do not need it.
 *
 * @param bare the server before which they are put
 */
export async function startPeerLegs(
  ids: readonly LegId[],
  bare: { port: number; pid: number },
  report: (line: string) => void,
): Promise<RunningLegs> {
  const closers = new Closers();
  const found: (Leg | MissingLeg)[] = [];
  const start = async (id: LegId, bringUp: () => Promise<RunningLegs>): Promise<void> => {
    try {
      const { legs, close } = await bringUp();
      closers.add(close);
      found.push(...legs);
    } catch (error) {
      found.push({ id, reason: reasonOf(error) });
    }
  };
  for (const id of peerLegIds.filter((peer) => ids.includes(peer))) {
    await start(id, async () =>
      id === 'p3'
        ? startFastMcp(await installFastMcp(report), bare)
        : startMcpHub(await installMcpHub(report), id, bare),
    );
  }
  return { legs: found, close: () => closers.close() };
}
