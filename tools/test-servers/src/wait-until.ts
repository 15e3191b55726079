import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** Default: 10 seconds. */
  readonly timeoutMs?: number;
  /** Pause between two looks. Default: 20 ms. */
  readonly intervalMs?: number;
  /** What is waited for, to end the sentence "Timed out after 10000 ms waiting for …"; a function is asked at the end. */
  readonly describe: string | (() => string);
}

/** The condition did not come true in time. `cause` is what it threw last, if it did. */
export class WaitTimedOut extends Error {
  readonly code = 'wait_timed_out';
  override readonly name = 'WaitTimedOut';
}

/**
 * Asks `condition` until it gives something truthy, and gives that back. A condition that throws counts as not yet
 * true; one that never answers does not outlast the deadline.
 *
 * @throws WaitTimedOut at the deadline.
 */
export async function waitUntil<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 20, describe }: WaitOptions,
): Promise<Truthy<T>> {
  const deadline = performance.now() + timeoutMs;
  const expired = new AbortController();
  const timer = setTimeout(() => expired.abort(), timeoutMs);
  const expiry = new Promise<void>((resolve) => {
    expired.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  let lastError: unknown;
  try {
    while (performance.now() < deadline && !expired.signal.aborted) {
      try {
        const value = await Promise.race([ask(condition), expiry]);
        if (value) return value as Truthy<T>;
        lastError = undefined;
      } catch (error) {
        lastError = error;
      }
      await Promise.race([sleep(intervalMs), expiry]);
    }
  } finally {
    clearTimeout(timer);
  }
  const what = typeof describe === 'string' ? describe : describe();
  const reason = lastError instanceof Error ? `: ${lastError.message}` : '';
  throw new WaitTimedOut(`Timed out after ${timeoutMs} ms waiting for ${what}${reason}`, { cause: lastError });
}

type Truthy<T> = Exclude<T, false | 0 | '' | 0n | null | undefined>;

// A condition that throws at once must count like one that rejects.
async function ask<T>(condition: () => T | Promise<T>): Promise<T> {
  return condition();
}
