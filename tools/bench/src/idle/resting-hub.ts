import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { MeasuredProcess } from '../legs/leg.js';
import { askProbe } from '../probes.js';
import type { ResourceCounts } from '../probes/resources-probe.js';
import { readProcess } from '../process-figures.js';
import type { RestingHub, RestingProcess } from './idle-report.js';
import { commandCalls, commandRates } from './redis-commands.js';

/** Looks at the processes of a hub while nobody asks anything of it. */
export class RestWatch {
  private asked = 0;

  constructor(
    private readonly processes: readonly MeasuredProcess[],
    private readonly probeFolder: string,
    private readonly redisUrl?: string,
  ) {}

  async watch(seconds: number): Promise<Pick<RestingHub, 'processes' | 'redis'>> {
    const redis = this.redisUrl === undefined ? undefined : new Redis(this.redisUrl);
    try {
      const before = await this.look();
      const commandsBefore = commandCalls((await redis?.info('commandstats')) ?? '');
      await delay(seconds * 1_000);
      const rates = commandRates(commandsBefore, commandCalls((await redis?.info('commandstats')) ?? ''), seconds);
      const after = await this.look();
      return {
        processes: this.processes.map(({ role }, index) => difference(role, before[index], after[index], seconds)),
        ...(redis && {
          redis: {
            commandsPerSecond: rates.reduce((sum, { perSecond }) => sum + perSecond, 0),
            most: rates.slice(0, 8),
          },
        }),
      };
    } finally {
      redis?.disconnect();
    }
  }

  private async look(): Promise<Look[]> {
    this.asked += 1;
    return Promise.all(
      this.processes.map(async ({ pid }) => ({
        ...readProcess(pid),
        counts: await askProbe<ResourceCounts>(pid, this.asked, this.probeFolder),
      })),
    );
  }
}

interface Look {
  cpuMs: number;
  rssMb: number;
  counts: ResourceCounts;
}

function difference(role: string, before: Look | undefined, after: Look | undefined, seconds: number): RestingProcess {
  if (!before || !after) throw new RangeError(`There is no look at the ${role}.`);
  return {
    role,
    rssMb: after.rssMb,
    cpuShare: (after.cpuMs - before.cpuMs) / (seconds * 1_000),
    timers: after.counts.timers,
    timerRunsPerSecond: (after.counts.timerRuns - before.counts.timerRuns) / seconds,
    active: after.counts.active,
  };
}
