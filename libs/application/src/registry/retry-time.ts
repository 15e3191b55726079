const firstRetryMs = 60_000;
const longestRetryMs = 3_600_000;

/**
 * When a failed generation is tried again: after 1 min, doubling to 1 h (design.md, "How an entry becomes a running
 * server").
 *
 * @param failures how often in a row it has failed; ≥ 1
 * @param now ms since the Unix epoch
 * @returns RFC 3339
 */
export function nextRetryAt(failures: number, now: number): string {
  const waitMs = Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs);
  return new Date(now + waitMs).toISOString();
}
