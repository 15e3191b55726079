import { countTool, echoTool, type Dialect, type ToolCall } from '../load/target.js';
import type { HubApi } from './hub-api.js';
import { echoApi, echoChild, echoModule, echoRemote, mcpPath, type Entry } from './hub-entries.js';
import { reasonOf, type Leg, type LegId, type MeasuredProcess, type MissingLeg } from './leg.js';

/** A way through a hub: to which server, and how clients speak. */
interface HubLeg {
  server: 'module' | 'child' | 'remote' | 'api';
  dialect?: Dialect;
  call?: ToolCall;
}

const splitLegs: Partial<Record<LegId, HubLeg>> = {
  c2: { server: 'module' },
  c3: { server: 'child' },
  e1: { server: 'module', dialect: 'session' },
  f1: { server: 'module', call: countTool },
  g1: { server: 'api' },
  r2: { server: 'remote' },
};

const standaloneLegs: Partial<Record<LegId, HubLeg>> = {
  d: { server: 'module' },
  e2: { server: 'module', dialect: 'session' },
  f2: { server: 'module', call: countTool },
  g2: { server: 'api' },
  h: { server: 'child' },
  r1: { server: 'remote' },
};

export const legsOfForm = { split: splitLegs, standalone: standaloneLegs } as const;

/** The legs whose server is the bare one. */
export function endsAtBareServer(id: LegId): boolean {
  const server = (splitLegs[id] ?? standaloneLegs[id])?.server;
  return server === 'remote' || server === 'api';
}

export interface RunningHub {
  api: HubApi;
  /** Where its MCP endpoints are. */
  port: number;
  /** Those of the hub itself that a call goes through. */
  processes: MeasuredProcess[];
  /** The children of its servers. */
  children: () => MeasuredProcess[];
}

/**
 * Publishes what some legs need, each server once. A leg whose server does not come up is missing, with the reason.
 *
 * @param bare the server behind remotes and APIs
 */
export async function publishLegs(
  form: keyof typeof legsOfForm,
  ids: readonly LegId[],
  hub: RunningHub,
  bare: { port: number; pid: number } | undefined,
): Promise<(Leg | MissingLeg)[]> {
  const published = new Map<string, Promise<void>>();
  const legs: (Leg | MissingLeg)[] = [];
  for (const id of ids) {
    const leg = legsOfForm[form][id];
    if (!leg) continue;
    const entry = entryOf(leg.server, bare?.port ?? 0);
    const isUp = published.get(entry.id) ?? publish(hub.api, entry);
    published.set(entry.id, isUp);
    try {
      await isUp;
      legs.push(running(id, leg, entry, hub, bare));
    } catch (error) {
      legs.push({ id, reason: reasonOf(error) });
    }
  }
  return legs;
}

async function publish(api: HubApi, entry: Entry): Promise<void> {
  await api.publish(entry);
  await api.whenHealthy(entry.id);
}

function entryOf(server: HubLeg['server'], barePort: number): Entry {
  const id = `bench-${server}`;
  switch (server) {
    case 'module':
      return echoModule(id);
    case 'child':
      return echoChild(id);
    case 'remote':
      return echoRemote(id, barePort);
    case 'api':
      return echoApi(id, barePort);
  }
}

function running(
  id: LegId,
  { server, dialect = 'modern', call = echoTool() }: HubLeg,
  entry: Entry,
  hub: RunningHub,
  bare: { pid: number } | undefined,
): Leg {
  const isBare = server === 'remote' || server === 'api';
  return {
    id,
    target: { port: hub.port, path: mcpPath(entry.id), dialect, call },
    processes: [
      ...hub.processes,
      ...(server === 'child' ? hub.children() : []),
      ...(isBare && bare ? [{ role: 'bare server', pid: bare.pid }] : []),
    ],
  };
}
