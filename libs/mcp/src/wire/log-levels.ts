/** RFC 5424's, from the least to the most severe, as `logging/setLevel` orders them. */
const levels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];
const rankOf = new Map(levels.map((level, rank) => [level, rank]));

export function isLogLevel(level: unknown): level is string {
  return typeof level === 'string' && rankOf.has(level);
}

/** Whether somebody who asked for `wanted` and above gets a message of `level`; a level that nobody knows is let through. */
export function isLogged(level: unknown, wanted: string | undefined): boolean {
  if (wanted === undefined) return false;
  const rank = typeof level === 'string' ? rankOf.get(level) : undefined;
  return rank === undefined || rank >= (rankOf.get(wanted) ?? 0);
}
