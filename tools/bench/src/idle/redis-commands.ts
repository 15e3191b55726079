/** Calls of each command since the server started, from the text of `INFO commandstats`. */
export function commandCalls(info: string): Map<string, number> {
  const calls = new Map<string, number>();
  for (const [, name = '', count] of info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) calls.set(name, Number(count));
  return calls;
}

export interface CommandRate {
  command: string;
  perSecond: number;
}

/** What ran between two looks, the most frequent first; the looks themselves are left out. */
export function commandRates(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  seconds: number,
): CommandRate[] {
  return [...after]
    .filter(([command]) => command !== 'info')
    .map(([command, count]) => ({ command, perSecond: (count - (before.get(command) ?? 0)) / seconds }))
    .filter(({ perSecond }) => perSecond > 0)
    .sort((a, b) => b.perSecond - a.perSecond);
}
