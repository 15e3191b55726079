import { Stack, type StackState } from '@mcp-hub/stack';
import { cleanEnvironment } from '../node-child.js';
import { descendantsOf } from '../process-figures.js';
import { HubApi } from './hub-api.js';
import type { RunningHub } from './hub-legs.js';
import { hubSettings } from './hub-settings.js';

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

/** The split form as that by which calls go. */
export function hubOfStack({ api, gateway, gateways, workers }: StackState): RunningHub {
  const workerPid = workers[0]?.pid ?? 0;
  return {
    api: new HubApi(api),
    port: Number(new URL(gateway).port),
    processes: [
      { role: 'gateway', pid: gateways[0]?.pid ?? 0 },
      { role: 'worker', pid: workerPid },
    ],
    children: () => descendantsOf(workerPid).map((pid) => ({ role: 'child', pid })),
  };
}
