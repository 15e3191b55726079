import { setTimeout as delay } from 'node:timers/promises';
import { Stack } from '@mcp-hub/stack';
import { waitUntil } from '@mcp-hub/test-servers';
import { HubApi } from '../legs/hub-api.js';
import { echoChild, echoModule, mcpPath } from '../legs/hub-entries.js';
import { hubSettings } from '../legs/hub-settings.js';
import { percentile } from '../load/percentile.js';
import { echoTool } from '../load/target.js';
import { modernFetch } from '../load/wire-requests.js';
import { cleanEnvironment } from '../node-child.js';

/** How long calls failed after each kill of the worker that hosted the server. */
export interface Recovery {
  server: 'module' | 'stdio child';
  /** Milliseconds from the kill to the first answered call, run by run. */
  times: number[];
}

const betweenCallsMs = 10;
const withinMs = 30_000;

/**
 * Kills the hosting worker of a split hub (two of each service) again and again, and calls at once until a call is
 * answered: for a module server, and for one that runs as a child process.
 */
export async function measureRecovery(runs: number, tell: (line: string) => void): Promise<Recovery[]> {
  const options = { apis: 2, workers: 2, gateways: 2, respawn: true };
  const stack = new Stack(options, { ...cleanEnvironment(), ...hubSettings }, () => undefined);
  try {
    const { api } = await stack.start();
    const hub = new HubApi(api);
    await hub.publish(echoModule('recovering-module'));
    await hub.publish(echoChild('recovering-child'));
    const results: Recovery[] = [];
    for (const [server, id] of [
      ['module', 'recovering-module'],
      ['stdio child', 'recovering-child'],
    ] as const) {
      const times: number[] = [];
      for (let run = 1; run <= runs; run++) {
        times.push(await killOnce(stack, hub, id));
        tell(`${server}, run ${run}: ${times.at(-1) ?? 0} ms`);
      }
      results.push({ server, times });
    }
    return results;
  } finally {
    await stack.stop();
  }
}

async function killOnce(stack: Stack, hub: HubApi, id: string): Promise<number> {
  await waitUntil(() => stack.snapshot().workers.length === 2, { timeoutMs: 60_000, describe: 'both workers run' });
  await hub.whenHealthy(id);
  const { gateway, workers } = stack.snapshot();
  const url = `${gateway}${mcpPath(id)}`;
  if (!(await isAnswered(url))) throw new Error(`${id} does not answer before the kill.`);
  const { instances } = (await hub.details(id)) as { instances?: { worker: string }[] };
  const host = workers.find((worker) => worker.id === instances?.[0]?.worker);
  if (!host) throw new Error(`Nobody hosts ${id}.`);
  process.kill(host.pid, 'SIGKILL');
  const killedAt = performance.now();
  while (!(await isAnswered(url))) {
    if (performance.now() - killedAt > withinMs) throw new Error(`${id} did not come back within ${withinMs} ms.`);
    await delay(betweenCallsMs);
  }
  return Math.round(performance.now() - killedAt);
}

async function isAnswered(url: string): Promise<boolean> {
  const response = await fetch(url, {
    method: 'POST',
    ...modernFetch(echoTool()),
    signal: AbortSignal.timeout(withinMs),
  });
  return (await response.text()).includes('"result"');
}

export const recoveryHead = ['server', 'runs', 'min ms', 'median ms', 'p90 ms', 'max ms'];

export function recoveryRows(report: readonly Recovery[]): string[][] {
  return report.map(({ server, times }) => {
    const sorted = [...times].sort((a, b) => a - b);
    const figures = [0, 0.5, 0.9, 1].map((share) => String(percentile(sorted, share)));
    return [server, String(times.length), ...figures];
  });
}
