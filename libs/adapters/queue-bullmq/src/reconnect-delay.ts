const longestMs = 1_000;

/** Before the next attempt to connect: soon at first, then ever less often, and not all clients at once. */
export function reconnectDelayMs(attempt: number): number {
  return Math.min(longestMs, 25 * 2 ** Math.min(attempt, 10)) * (0.8 + 0.4 * Math.random());
}
