import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@mcp-hub/application';

export interface RetryOptions {
  signal: AbortSignal;
  log: Log;
  /** Logged as a warning for each failed attempt, with `attempt`, `retryInMs` and `error`. */
  event: string;
  /** Before the second attempt; doubles up to `maxMs`. */
  minMs?: number;
  maxMs?: number;
  /** Errors that waiting can't mend: thrown at once. */
  isFatal?: (error: unknown) => boolean;
}

/**
 * Calls `attempt` until it resolves, with exponential backoff: how a service waits for a database or queue that is not
 * there yet.
 *
 * @returns what the first attempt that succeeds gives
 * @throws the signal's reason when aborted, and what `isFatal` names
 */
export async function retryUntil<T>(attempt: (signal: AbortSignal) => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal, log, event, minMs = 200, maxMs = 5_000, isFatal = () => false } = options;
  let waitMs = minMs;
  for (let count = 1; ; count += 1) {
    signal.throwIfAborted();
    try {
      return await attempt(signal);
    } catch (error) {
      if (signal.aborted || isFatal(error)) throw signal.aborted ? signal.reason : error;
      log.warn(event, { attempt: count, retryInMs: waitMs, error });
    }
    await delay(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    waitMs = Math.min(waitMs * 2, maxMs);
  }
}
