import { Stack, type StackState } from '@mcp-hub/stack';
import { cleanEnvironment } from '../node-child.js';
import { descendantsOf } from '../process-figures.js';
import { echoChild, echoModule, HubApi, mcpPath } from './hub-api.js';
import { hubSettings } from './hub-settings.js';
import type { Leg, LegId, MissingLeg, RunningLegs } from './leg.js';

export interface RunningStack {
  state: StackState;
  close: () => Promise<void>;
}

/** The split form: one of each service, Redis and a MongoDB server. */
export async function startStack(
  env: Readonly<Record<string, string>>,
  report: (line: string) => void,
): Promise<RunningStack> {
  const options = { apis: 1, workers: 1, gateways: 1, respawn: false };
  const stack = new Stack(options, { ...cleanEnvironment(), ...hubSettings, ...env }, report);
  try {
    return { state: await stack.start(), close: () => stack.stop() };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** The legs through gateway and worker. One whose server does not come up is missing, with the reason. */
export async function startStackLegs(
  ids: readonly LegId[],
  env: Readonly<Record<string, string>>,
  report: (line: string) => void,
): Promise<RunningLegs> {
  const { state, close } = await startStack(env, report);
  const legs: (Leg | MissingLeg)[] = [];
  for (const id of ids) {
    if (id === 'c2') legs.push(await publishLeg('c2', echoModule('bench-module'), state));
    if (id === 'c3') legs.push(await publishLeg('c3', echoChild('bench-child'), state));
  }
  return { legs, close };
}

async function publishLeg(
  id: LegId,
  entry: Record<string, unknown>,
  { api, gateway, gateways, workers }: StackState,
): Promise<Leg | MissingLeg> {
  const serverId = String(entry['id']);
  const hub = new HubApi(api);
  try {
    await hub.publish(entry);
    await hub.whenHealthy(serverId);
  } catch (error) {
    return { id, reason: error instanceof Error ? error.message : String(error) };
  }
  const workerPid = workers[0]?.pid ?? 0;
  return {
    id,
    endpoint: { port: Number(new URL(gateway).port), path: mcpPath(serverId) },
    processes: [
      { role: 'gateway', pid: gateways[0]?.pid ?? 0 },
      { role: 'worker', pid: workerPid },
      ...(id === 'c3' ? descendantsOf(workerPid).map((pid) => ({ role: 'child', pid })) : []),
    ],
  };
}
