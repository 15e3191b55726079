import { setTimeout as delay } from 'node:timers/promises';
import type { FailingStack } from './failing-stack.js';

/** Random numbers from 0 to 1 that a seed repeats (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface FailureCounts {
  /** Workers ended by kill -9. */
  kills: number;
  /** Workers told to stop. */
  drains: number;
  /** Gateways told to stop. */
  restarts: number;
}

/** Kills and restarts services of a stack at random moments, for so long. What dies comes back by itself. */
export async function failAtRandom(hub: FailingStack, random: () => number, forMs: number): Promise<FailureCounts> {
  const counts: FailureCounts = { kills: 0, drains: 0, restarts: 0 };
  const endsAt = performance.now() + forMs;
  for (;;) {
    const pauseMs = 500 + random() * 4_500;
    if (performance.now() + pauseMs >= endsAt) break;
    await delay(pauseMs);
    const dice = random();
    const { workers, gateways } = hub.state;
    const victims = dice < 0.6 ? workers : gateways;
    const victim = victims[Math.floor(random() * victims.length)];
    if (!victim) continue;
    if (victims === gateways) counts.restarts += 1;
    else if (dice < 0.45) counts.kills += 1;
    else counts.drains += 1;
    process.kill(victim.pid, dice < 0.45 ? 'SIGKILL' : 'SIGTERM');
  }
  await delay(Math.max(0, endsAt - performance.now()));
  return counts;
}
