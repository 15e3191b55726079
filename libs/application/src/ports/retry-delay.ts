const longestMs = 24 * 60 * 60 * 1000;

/**
 * The delay before the next attempt: `firstMs` after the first failure, then twice as long each time, ±20 % so that
 * what failed together is not tried together. At most a day.
 *
 * @param failures how often it was tried; ≥ 1
 * @param random in [0, 1)
 */
export function retryDelayMs(firstMs: number, failures: number, random: () => number): number {
  const jitter = 0.8 + 0.4 * random();
  return Math.min(longestMs, firstMs * 2 ** (failures - 1) * jitter);
}
