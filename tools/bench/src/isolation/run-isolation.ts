import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { echoModule, mcpPath } from '../legs/hub-entries.js';
import type { RunningHub } from '../legs/hub-legs.js';
import type { Leg } from '../legs/leg.js';
import { hubOfStack, startStack } from '../legs/start-stack.js';
import { echoTool, type Target } from '../load/target.js';
import { LoadGenerator, whenQuiet } from '../measure.js';
import { NodeChild } from '../node-child.js';
import { readProcess } from '../process-figures.js';
import { publishBadServers, startBadServers } from './bad-servers.js';
import type { Disturbed } from './disturber.js';
import type { DisturberCommand } from './disturber-main.js';
import {
  misbehaviours,
  type Disturbance,
  type IsolationReport,
  type IsolationSample,
  type Misbehaviour,
} from './isolation-report.js';

/** Calls to the bad server at the same time: many that hang, and few that each keep a core busy. */
const callsAtOnce: Readonly<Record<Misbehaviour, number>> = { hang: 64, flood: 4, huge: 2 };
const warmUpMs = 1_000;
const betweenLooksMs = 50;

type Plan = IsolationReport['plan'];

/** Puts a module server of a worker under load while another server of the same worker misbehaves. */
export async function runIsolation(
  plan: Plan,
  report: (line: string) => void,
): Promise<Pick<IsolationReport, 'samples' | 'missing'>> {
  const bad = await startBadServers();
  try {
    const stack = await startStack(bad.env, report);
    try {
      const hub = hubOfStack(stack.state);
      const good = echoModule('bench-module');
      await hub.api.publish(good);
      await hub.api.whenHealthy(good.id);
      const missing: IsolationReport['missing'] = [];
      const disturbances = (await publishBadServers(hub.api, bad, missing)).flatMap(({ server, entry }) =>
        misbehaviours.map((does) => ({ disturbance: { server, does }, id: entry.id })),
      );
      return { samples: await measure(hub, good.id, disturbances, plan, report), missing };
    } finally {
      await stack.close();
    }
  } finally {
    await bad.close();
  }
}

async function measure(
  hub: RunningHub,
  goodId: string,
  disturbances: readonly { disturbance: Disturbance; id: string }[],
  { rounds, seconds, connections }: Plan,
  report: (line: string) => void,
): Promise<IsolationSample[]> {
  const generator = new LoadGenerator();
  const disturber = NodeChild.start(fileURLToPath(new URL('./disturber-main.js', import.meta.url)));
  const time = { warmUpMs, durationMs: seconds * 1_000 };
  const target: Target = { port: hub.port, path: mcpPath(goodId), dialect: 'modern', call: echoTool() };
  const leg: Leg = { id: 'c2', target, processes: hub.processes };
  const workerPid = hub.processes.find(({ role }) => role === 'worker')?.pid ?? 0;
  const underLoad = async (round: number, disturbance?: Disturbance): Promise<IsolationSample> => {
    const peak = new PeakMemory(workerPid);
    const { callsPerSecond, p50Ms, p99Ms, errors, firstError } = await generator.measure(leg, connections, round, time);
    report(
      `round ${round}, ${disturbance ? `${disturbance.server}: ${disturbance.does}` : 'undisturbed'}: p99 ${p99Ms.toFixed(2)} ms`,
    );
    const failed = firstError === undefined ? {} : { firstError };
    const about = disturbance ? { disturbance } : {};
    return { round, ...about, callsPerSecond, p50Ms, p99Ms, errors, ...failed, workerPeakMb: peak.stop() };
  };
  try {
    await generator.measure(leg, connections, 0, { warmUpMs: 0, durationMs: 2_000 });
    const samples: IsolationSample[] = [];
    for (let round = 1; round <= rounds; round++) {
      for (const { disturbance, id } of round % 2 === 1 ? disturbances : disturbances.toReversed()) {
        samples.push(await underLoad(round));
        await disturber.ask({
          target: badTarget(hub.port, id, disturbance.does),
          calls: callsAtOnce[disturbance.does],
        });
        const sample = await underLoad(round, disturbance);
        const command: DisturberCommand = {};
        samples.push({ ...sample, disturbed: await disturber.ask<Disturbed>(command) });
        await whenQuiet(hub.processes.map(({ pid }) => pid));
      }
    }
    return samples;
  } finally {
    await disturber.stop();
    await generator.close();
  }
}

function badTarget(port: number, id: string, does: Misbehaviour): Target {
  return {
    port,
    path: mcpPath(id),
    dialect: 'modern',
    call: { name: does, arguments: {}, answer: '', ...(does === 'flood' ? { progress: 1 } : {}) },
  };
}

/** The most memory that a process holds while it is watched. */
class PeakMemory {
  #mostMb = 0;
  #isStopped = false;

  constructor(private readonly pid: number) {
    void this.#watch();
  }

  /** @returns MiB */
  stop(): number {
    this.#isStopped = true;
    return this.#mostMb;
  }

  async #watch(): Promise<void> {
    while (!this.#isStopped) {
      this.#mostMb = Math.max(this.#mostMb, readProcess(this.pid).rssMb);
      await delay(betweenLooksMs);
    }
  }
}
