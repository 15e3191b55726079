import type { Profiler } from 'node:inspector';

/** Where a process spends its time, as shares of the time in which it did anything. */
export interface HotSpots {
  /** Of the whole time, the share in which it did anything. */
  busyShare: number;
  functions: { name: string; place: string; share: number }[];
  /** By where the code comes from: `libs/mcp`, `undici`, Node itself, writes. */
  origins: { name: string; share: number }[];
}

/** Time in which the process did nothing, or worked for the profiler itself (`dispatch` of an inspector session). */
const notCounted: ReadonlySet<string> = new Set(['(idle)', 'dispatch']);

/** @param most functions and origins that are named */
export function hotSpots({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile, most = 10): HotSpots {
  const times = new Map<number, number>();
  samples.forEach((id, index) => {
    times.set(id, (times.get(id) ?? 0) + Math.max(0, timeDeltas[index] ?? 0));
  });
  const functions = new Map<string, { name: string; place: string; time: number }>();
  const origins = new Map<string, number>();
  let busy = 0;
  let all = 0;
  for (const { id, callFrame } of nodes) {
    const time = times.get(id) ?? 0;
    all += time;
    if (callFrame.url === '' && notCounted.has(callFrame.functionName)) continue;
    busy += time;
    const name = callFrame.functionName === '' ? '(anonymous)' : callFrame.functionName;
    const place = placeOf(callFrame);
    const key = `${name} ${place}`;
    functions.set(key, { name, place, time: (functions.get(key)?.time ?? 0) + time });
    const origin = originOf(callFrame);
    origins.set(origin, (origins.get(origin) ?? 0) + time);
  }
  const share = (time: number): number => (busy === 0 ? 0 : time / busy);
  return {
    busyShare: all === 0 ? 0 : busy / all,
    functions: [...functions.values()]
      .sort((a, b) => b.time - a.time)
      .slice(0, most)
      .map(({ name, place, time }) => ({ name, place, share: share(time) })),
    origins: [...origins]
      .sort(([, a], [, b]) => b - a)
      .slice(0, most)
      .map(([name, time]) => ({ name, share: share(time) })),
  };
}

type CallFrame = Profiler.ProfileNode['callFrame'];

function placeOf({ url, lineNumber }: CallFrame): string {
  if (url === '') return 'native';
  const short = url.startsWith('node:') ? url : (/(?:node_modules|libs|apps|tools)\/.*$/.exec(url)?.[0] ?? url);
  return `${short.replace(/^.*node_modules\//, '')}:${lineNumber + 1}`;
}

const writes: ReadonlySet<string> = new Set(['writev', 'writeBuffer', 'writeUtf8String', 'writeLatin1String']);

function originOf({ url, functionName }: CallFrame): string {
  if (url === '') {
    if (writes.has(functionName)) return 'writes to sockets and pipes';
    return functionName.startsWith('(') ? functionName : 'other native code';
  }
  if (/^node:internal\/(abort_controller|event_target)$/.test(url)) return 'abort signals of Node';
  if (url.startsWith('node:')) return 'Node';
  const dependency = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url.slice(url.lastIndexOf('node_modules/')))?.[1];
  return dependency ?? /((?:libs|apps|tools)\/.+?)\/dist\//.exec(url)?.[1] ?? url;
}
