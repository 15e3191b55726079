import { echoModule, mcpPath } from '../legs/hub-entries.js';
import type { RunningHub } from '../legs/hub-legs.js';
import { reasonOf } from '../legs/leg.js';
import { hubOfStack, startStack } from '../legs/start-stack.js';
import { startStandalone } from '../legs/start-standalone.js';
import { echoTool, type Target } from '../load/target.js';
import { probeEnvironment } from '../probes.js';
import { MemoryWatch, type SettlingProcess } from '../settled-memory.js';
import { OpenSession } from './open-session.js';
import { costs, type SessionRun } from './session-report.js';

/** Opened and closed before anything counts, so that code and pools are there. */
const warmUpSessions = 50;
const atOnce = 20;

/** Both forms, with event streams and without, each in a hub that was started for it. */
export async function runSessions(
  sessions: number,
  probeFolder: string,
  report: (line: string) => void,
): Promise<SessionRun[]> {
  const env = probeEnvironment('memory-probe', probeFolder);
  const runs: SessionRun[] = [];
  for (const withStreams of [true, false]) {
    for (const form of ['split', 'standalone'] as const) {
      const hub = await (form === 'split' ? startSplit(env, report) : startWhole(env));
      try {
        report(`${form}: ${sessions} sessions ${withStreams ? 'with' : 'without'} event streams …`);
        runs.push({ form, ...(await fill(hub, sessions, withStreams, probeFolder)) });
      } finally {
        await hub.close();
      }
    }
  }
  return runs;
}

interface HubToFill {
  hub: RunningHub;
  processes: SettlingProcess[];
  close: () => Promise<void>;
}

/** Redis keeps sessions too; MongoDB has none of them. */
async function startSplit(env: Readonly<Record<string, string>>, report: (line: string) => void): Promise<HubToFill> {
  const { state, close } = await startStack(env, report);
  const hub = hubOfStack(state);
  const api = { role: 'registry-api', pid: state.apis[0]?.pid ?? 0, isNode: true };
  const redis = { role: 'redis', pid: state.redis.pid, isNode: false };
  return { hub, processes: [...hub.processes.map((process) => ({ ...process, isNode: true })), api, redis], close };
}

async function startWhole(env: Readonly<Record<string, string>>): Promise<HubToFill> {
  const hub = await startStandalone(env);
  return { hub, processes: hub.processes.map((process) => ({ ...process, isNode: true })), close: () => hub.close() };
}

async function fill(
  { hub, processes }: HubToFill,
  count: number,
  withStreams: boolean,
  probeFolder: string,
): Promise<Omit<SessionRun, 'form'>> {
  const id = 'bench-module';
  await hub.api.publish(echoModule(id));
  await hub.api.whenHealthy(id);
  const target: Target = { port: hub.port, path: mcpPath(id), dialect: 'session', call: echoTool() };
  const warm = await openMany(target, warmUpSessions, withStreams);
  await inBatches(warm, async (session) => {
    await session.call();
    await session.close();
  });
  const watch = new MemoryWatch(processes, probeFolder);
  const before = await watch.settled();
  const sessions = await openMany(target, count, withStreams);
  const after = await watch.settled();
  const losses: string[] = [];
  await inBatches(sessions, async (session) => {
    const failure = session.lost ?? (await session.call().catch(reasonOf));
    if (failure !== undefined) losses.push(failure);
    else await session.close().catch((error: unknown) => losses.push(reasonOf(error)));
  });
  const [firstLoss] = losses;
  return {
    sessions: count,
    withStreams,
    processes: costs(before, after),
    lost: losses.length,
    ...(firstLoss === undefined ? {} : { firstLoss }),
  };
}

async function openMany(target: Target, count: number, withStreams: boolean): Promise<OpenSession[]> {
  const sessions: OpenSession[] = [];
  await inBatches(Array.from({ length: count }), async () => {
    sessions.push(await OpenSession.open(target, withStreams));
  });
  return sessions;
}

async function inBatches<T>(items: readonly T[], use: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += atOnce) {
    await Promise.all(items.slice(from, from + atOnce).map(use));
  }
}
