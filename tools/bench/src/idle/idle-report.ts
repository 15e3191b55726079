import type { Machine } from '../report/machine.js';
import { fine, whole } from '../report/table.js';
import type { CommandRate } from './redis-commands.js';

/** One process at rest. */
export interface RestingProcess {
  role: string;
  rssMb: number;
  /** Share of one core. */
  cpuShare: number;
  timers: number;
  timerRunsPerSecond: number;
  /** What keeps the process alive, counted by kind. */
  active: Record<string, number>;
}

/** A hub at rest with so many loaded servers. */
export interface RestingHub {
  form: 'split' | 'standalone';
  servers: number;
  processes: RestingProcess[];
  /** What Redis is asked at rest; absent where there is none. */
  redis?: { commandsPerSecond: number; most: CommandRate[] };
  /** Of calls to one server, with all the others loaded; absent without a server. */
  callsPerSecond?: number;
}

export interface IdleReport {
  kind: 'idle';
  takenAt: string;
  machine: Machine;
  seconds: number;
  hubs: RestingHub[];
}

export const idleHead = [
  'process',
  'servers',
  'RSS MiB',
  'CPU %',
  'timers',
  'timer runs/s',
  'Redis commands/s',
  'calls/s, 16 conn.',
];

/** A row for each process; what is the whole hub's stands in its first one. */
export function idleRows({ hubs }: IdleReport): string[][] {
  return hubs.flatMap(({ servers, processes, redis, callsPerSecond }) =>
    processes.map((process, index) => [
      process.role,
      String(servers),
      whole(process.rssMb),
      fine(process.cpuShare * 100),
      whole(process.timers),
      fine(process.timerRunsPerSecond),
      index === 0 && redis ? fine(redis.commandsPerSecond) : '',
      index === 0 && callsPerSecond !== undefined ? whole(callsPerSecond) : '',
    ]),
  );
}

/** What Redis is asked most, a line for each hub. */
export function redisLines({ hubs }: IdleReport): string[] {
  return hubs.flatMap(({ servers, redis }) =>
    redis
      ? [
          `Redis with ${servers} servers: ${redis.most.map((rate) => `${rate.command} ${fine(rate.perSecond)}/s`).join(', ')}`,
        ]
      : [],
  );
}
