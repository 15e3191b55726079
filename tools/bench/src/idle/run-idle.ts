import { setTimeout as delay } from 'node:timers/promises';
import { HubApi } from '../legs/hub-api.js';
import { echoModule, mcpPath } from '../legs/hub-entries.js';
import type { Leg, MeasuredProcess } from '../legs/leg.js';
import { startStack } from '../legs/start-stack.js';
import { startStandalone } from '../legs/start-standalone.js';
import { echoTool } from '../load/target.js';
import { LoadGenerator } from '../measure.js';
import { probeEnvironment } from '../probes.js';
import type { RestingHub } from './idle-report.js';
import { RestWatch } from './resting-hub.js';

export interface IdlePlan {
  /** Numbers of loaded servers, ascending. */
  servers: readonly number[];
  /** How long each is watched. */
  seconds: number;
}

interface HubAtRest {
  form: RestingHub['form'];
  processes: MeasuredProcess[];
  api: HubApi;
  /** Where its MCP endpoints are. */
  port: number;
  redisUrl?: string;
}

/** A load's deadline is a timer until it has passed, whether the server has long been up or not. */
const loaderTimeoutSeconds = 10;
/** After loads and calls, until what they left behind is done. */
const settleMs = (loaderTimeoutSeconds + 2) * 1_000;
const callTime = { warmUpMs: 1_000, durationMs: 3_000 };
const connections = 16;

/** Both forms, one after the other, each with ever more servers. */
export async function runIdle(
  plan: IdlePlan,
  probeFolder: string,
  report: (line: string) => void,
): Promise<RestingHub[]> {
  const env = {
    ...probeEnvironment('resources-probe', probeFolder),
    MCP_REGISTRY_LOADER_TIMEOUT: String(loaderTimeoutSeconds),
  };
  const stack = await startStack(env, report);
  const hubs: RestingHub[] = [];
  try {
    const { api, gateway, apis, gateways, workers, redis } = stack.state;
    const processes = [
      ...gateways.map(({ pid }) => ({ role: 'runtime-gateway', pid })),
      ...workers.map(({ pid }) => ({ role: 'loader-worker', pid })),
      ...apis.map(({ pid }) => ({ role: 'registry-api', pid })),
    ];
    const port = Number(new URL(gateway).port);
    const hub: HubAtRest = { form: 'split', processes, api: new HubApi(api), port, redisUrl: redis.url };
    hubs.push(...(await watchHub(hub, plan, probeFolder, report)));
  } finally {
    await stack.close();
  }
  const standalone = await startStandalone(env);
  try {
    const { port, pid, api } = standalone;
    const hub: HubAtRest = { form: 'standalone', processes: [{ role: 'standalone', pid }], api, port };
    hubs.push(...(await watchHub(hub, plan, probeFolder, report)));
  } finally {
    await standalone.close();
  }
  return hubs;
}

async function watchHub(
  hub: HubAtRest,
  { servers, seconds }: IdlePlan,
  probeFolder: string,
  report: (line: string) => void,
): Promise<RestingHub[]> {
  const watch = new RestWatch(hub.processes, probeFolder, hub.redisUrl);
  const generator = new LoadGenerator();
  const found: RestingHub[] = [];
  let loaded = 0;
  try {
    for (const count of servers) {
      const ids = Array.from({ length: count - loaded }, (_, index) => `bench-module-${loaded + index + 1}`);
      for (const id of ids) await hub.api.publish(echoModule(id));
      // One after the other: connections that are kept alive would count as timers of the hub.
      for (const id of ids) await hub.api.whenHealthy(id);
      loaded = count;
      await delay(settleMs);
      report(`${hub.form} with ${count} servers at rest`);
      const resting = await watch.watch(seconds);
      const callsPerSecond = count === 0 ? undefined : await callFirst(generator, hub);
      found.push({
        form: hub.form,
        servers: count,
        ...resting,
        ...(callsPerSecond === undefined ? {} : { callsPerSecond }),
      });
    }
    return found;
  } finally {
    await generator.close();
  }
}

/** @throws Error where a call fails */
async function callFirst(generator: LoadGenerator, { form, port }: HubAtRest): Promise<number> {
  const leg: Leg = {
    id: form === 'split' ? 'c2' : 'd',
    target: { port, path: mcpPath('bench-module-1'), dialect: 'modern', call: echoTool() },
    processes: [],
  };
  const { callsPerSecond, firstError } = await generator.measure(leg, connections, 1, callTime);
  if (firstError !== undefined) throw new Error(`A call failed: ${firstError}`);
  return callsPerSecond;
}
