import { parseArgs } from 'node:util';
import { legIds, type LegId } from './legs/leg.js';

/** What a run does. */
export type BenchOptions =
  | { kind: 'calls'; seconds: number; rounds: number; connections: number[]; legs: LegId[]; out?: string }
  | { kind: 'profile'; leg: LegId; seconds: number; connections: number }
  | { kind: 'idle'; seconds: number; servers: number[]; out?: string }
  | { kind: 'recovery'; runs: number; out?: string }
  | { kind: 'render'; files: string[] };

export const usage = `Usage: npm run bench -- [--seconds N] [--rounds N] [--connections N,N] [--legs a,b,c1,c2,c3,d] [--out FILE]
       npm run bench -- --profile LEG [--seconds N] [--connections N]
       npm run bench -- --idle [--seconds N] [--servers N,N] [--out FILE]
       npm run bench -- --recovery [--runs N] [--out FILE]
       npm run bench -- --render FILE…
Measures calls through each leg (docs/performance.md says what they are), where a leg's processes spend their time,
what a hub costs at rest, or how long calls fail after kill -9 of the worker that hosts their server. --out writes the figures as JSON; --render puts such files into docs/performance.md.`;

/** @throws TypeError with one sentence where an argument is not right */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      connections: { type: 'string' },
      legs: { type: 'string', default: legIds.join(',') },
      servers: { type: 'string', default: '0,10,200' },
      out: { type: 'string' },
      profile: { type: 'string' },
      idle: { type: 'boolean', default: false },
      recovery: { type: 'boolean', default: false },
      runs: { type: 'string', default: '20' },
      render: { type: 'boolean', default: false },
    },
  });
  const out = values.out === undefined ? {} : { out: values.out };
  if (values.render) {
    if (positionals.length === 0) throw new TypeError('--render takes the files that --out wrote.');
    return { kind: 'render', files: positionals };
  }
  const [stray] = positionals;
  if (stray !== undefined) throw new TypeError(`There is no argument "${stray}".`);
  if (values.recovery) {
    const [runs = 20] = numbers('--runs', values.runs, { from: 1, to: 200 });
    return { kind: 'recovery', runs, ...out };
  }
  if (values.idle) {
    const seconds = secondsOf(values.seconds ?? '10');
    return { kind: 'idle', seconds, servers: numbers('--servers', values.servers, { from: 0, to: 1_000 }), ...out };
  }
  const seconds = secondsOf(values.seconds ?? '5');
  const connections = numbers('--connections', values.connections ?? '1,16,64', { from: 1, to: 1_024 });
  if (values.profile !== undefined) {
    const count = values.connections === undefined ? 16 : (connections[0] ?? 16);
    return { kind: 'profile', leg: legOf(values.profile), seconds, connections: count };
  }
  const [rounds = 1] = numbers('--rounds', values.rounds, { from: 1, to: 100 });
  return { kind: 'calls', seconds, rounds, connections, legs: values.legs.split(',').map(legOf), ...out };
}

function legOf(text: string): LegId {
  const leg = legIds.find((id) => id === text.trim());
  if (leg === undefined) throw new TypeError(`There is no leg "${text}". There are: ${legIds.join(', ')}.`);
  return leg;
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 600)) throw new TypeError('--seconds takes a number up to 600.');
  return seconds;
}

/** Whole numbers, ascending and each once. */
function numbers(name: string, text: string, { from, to }: { from: number; to: number }): number[] {
  const values = text.split(',').map(Number);
  if (values.some((value) => !Number.isInteger(value) || value < from || value > to)) {
    throw new TypeError(`${name} takes whole numbers from ${from} to ${to}, with commas between them.`);
  }
  return [...new Set(values)].sort((a, b) => a - b);
}
