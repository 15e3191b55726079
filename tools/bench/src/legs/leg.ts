import type { Target } from '../load/target.js';

/** The ways of a call through the hub, and what they are compared with, as docs/performance.md explains them. */
export const hubLegIds = [
  'a',
  'b',
  'c1',
  'c2',
  'c3',
  'd',
  'e1',
  'e2',
  'f1',
  'f2',
  'g1',
  'g2',
  'h',
  'r1',
  'r2',
] as const;
/** Other hubs, installed when they are asked for. */
export const peerLegIds = ['p1', 'p2', 'p3'] as const;
export const legIds = [...hubLegIds, ...peerLegIds] as const;
export type LegId = (typeof legIds)[number];

export const legTitles: Readonly<Record<LegId, string>> = {
  a: 'bare JSON-RPC server',
  b: 'bare proxy → bare server',
  c1: 'gateway → bare server',
  c2: 'gateway → worker, module tool',
  c3: 'gateway → worker → stdio tool',
  d: 'standalone, module tool',
  e1: 'c2 in legacy sessions',
  e2: 'd in legacy sessions',
  f1: 'c2, answers are event streams',
  f2: 'd, answers are event streams',
  g1: 'gateway → worker → HTTP API (OpenAPI tool)',
  g2: 'standalone → HTTP API (OpenAPI tool)',
  h: 'standalone → stdio tool',
  r1: 'standalone → bare server (remote)',
  r2: 'gateway → worker → bare server (remote)',
  p1: 'mcp-hub → stdio tool',
  p2: 'mcp-hub → bare server (remote)',
  p3: 'FastMCP proxy → bare server (remote)',
};

export interface MeasuredProcess {
  /** `gateway`, `worker`, …: the same word wherever a process of that kind is measured. */
  role: string;
  pid: number;
}

/** One way of a call, up and running. */
export interface Leg {
  id: LegId;
  target: Target;
  /** Those that a call goes through, from the client's side. */
  processes: MeasuredProcess[];
}

/** A leg that could not be brought up. */
export interface MissingLeg {
  id: LegId;
  reason: string;
}

/** What was started for legs. */
export interface RunningLegs {
  legs: (Leg | MissingLeg)[];
  close: () => Promise<void>;
}

export function isRunning(leg: Leg | MissingLeg): leg is Leg {
  return 'target' in leg;
}

export function isPeer(id: LegId): boolean {
  return peerLegIds.some((peer) => peer === id);
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
