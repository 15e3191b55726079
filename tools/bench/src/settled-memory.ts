import { setTimeout as delay } from 'node:timers/promises';
import type { MeasuredProcess } from './legs/leg.js';
import { askProbe } from './probes.js';
import { readProcess } from './process-figures.js';

/** What a process holds once it has thrown away what it does not need. */
export interface HeldMemory {
  role: string;
  rssMb: number;
  /** Of JavaScript objects; absent for a process that is not Node's. */
  heapMb?: number;
}

export interface SettlingProcess extends MeasuredProcess {
  /** It carries the memory probe. */
  isNode: boolean;
}

const betweenLooksMs = 1_000;
const looksAlike = 3;
const alikeMb = 0.5;
const settledWithinMs = 30_000;

/** Lets processes collect their garbage, and waits until their memory does not change any more. */
export class MemoryWatch {
  #asked = 0;

  constructor(
    private readonly processes: readonly SettlingProcess[],
    private readonly probeFolder: string,
  ) {}

  /** @returns what they hold; the last look where they do not come to rest */
  async settled(): Promise<HeldMemory[]> {
    const looks = [await this.#look()];
    const deadline = performance.now() + settledWithinMs;
    while (!isAtRest(looks.slice(-looksAlike)) && performance.now() < deadline) {
      await delay(betweenLooksMs);
      looks.push(await this.#look());
    }
    return looks.at(-1) ?? [];
  }

  async #look(): Promise<HeldMemory[]> {
    this.#asked += 1;
    return Promise.all(
      this.processes.map(async ({ role, pid, isNode }) => {
        const used = isNode ? await askProbe<NodeJS.MemoryUsage>(pid, this.#asked, this.probeFolder) : undefined;
        const { rssMb } = readProcess(pid);
        return { role, rssMb, ...(used && { heapMb: used.heapUsed / 2 ** 20 }) };
      }),
    );
  }
}

/** The last few looks tell the same of every process. */
export function isAtRest(looks: readonly (readonly HeldMemory[])[]): boolean {
  const [first, ...others] = looks;
  return (
    looks.length >= looksAlike &&
    others.every((look) => look.every(({ rssMb }, index) => Math.abs(rssMb - (first?.[index]?.rssMb ?? 0)) <= alikeMb))
  );
}
