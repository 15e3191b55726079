import type { Endpoint } from '../load/echo-request.js';

/** The ways of a call that are measured, in the order in which docs/performance.md explains them. */
export const legIds = ['a', 'b', 'c1', 'c2', 'c3', 'd'] as const;
export type LegId = (typeof legIds)[number];

export const legTitles: Readonly<Record<LegId, string>> = {
  a: 'bare JSON-RPC server',
  b: 'bare proxy → bare server',
  c1: 'gateway → bare server',
  c2: 'gateway → worker, module tool',
  c3: 'gateway → worker → stdio tool',
  d: 'standalone, module tool',
};

export interface MeasuredProcess {
  /** `gateway`, `worker`, …: the same word wherever a process of that kind is measured. */
  role: string;
  pid: number;
}

/** One way of a call, up and running. */
export interface Leg {
  id: LegId;
  endpoint: Endpoint;
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
  return 'endpoint' in leg;
}
