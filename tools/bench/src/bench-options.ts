import { parseArgs } from 'node:util';
import { hubLegIds, legIds, peerLegIds, type LegId } from './legs/leg.js';

/** What a run does. */
export type BenchOptions =
  | { kind: 'calls'; seconds: number; rounds: number; connections: number[]; legs: LegId[]; out?: string }
  | { kind: 'profile'; leg: LegId; seconds: number; connections: number }
  | { kind: 'idle'; seconds: number; servers: number[]; out?: string }
  | { kind: 'recovery'; runs: number; out?: string }
  | { kind: 'sessions'; sessions: number; out?: string }
  | { kind: 'isolation'; seconds: number; rounds: number; connections: number; out?: string }
  | { kind: 'start'; runs: number; out?: string }
  | { kind: 'event-loop'; file: string; out?: string }
  | { kind: 'render'; files: string[] };

export const usage = `Usage: npm run bench -- [--peers] [--seconds N] [--rounds N] [--connections N,N] [--legs ${hubLegIds.join(',')}] [--out FILE]
       npm run bench -- --profile LEG [--seconds N] [--connections N]
       npm run bench -- --idle [--seconds N] [--servers N,N] [--out FILE]
       npm run bench -- --recovery [--runs N] [--out FILE]
       npm run bench -- --sessions [N] [--out FILE]
       npm run bench -- --isolation [--seconds N] [--rounds N] [--connections N] [--out FILE]
       npm run bench -- --start [--runs N] [--out FILE]
       npm run bench -- --event-loop DOCUMENT [--out FILE]
       npm run bench -- --render FILE…
Measures calls through each leg (docs/performance.md says what they are), with --peers through other hubs too (${peerLegIds.join(', ')}),
which it installs from npm and PyPI; where a leg's processes spend their time; what a hub costs at rest; how long calls fail after
kill -9 of the worker that hosts their server; what sessions at rest cost; how long calls take while another server of the same
worker misbehaves; how long a hub takes to start; how long the event loop of a hub is kept while it loads an OpenAPI document. --out writes the figures as JSON; --render puts such files into docs/performance.md.`;

const options = {
  seconds: { type: 'string' },
  rounds: { type: 'string' },
  connections: { type: 'string' },
  legs: { type: 'string', default: hubLegIds.join(',') },
  peers: { type: 'boolean', default: false },
  servers: { type: 'string', default: '0,10,200' },
  out: { type: 'string' },
  profile: { type: 'string' },
  idle: { type: 'boolean', default: false },
  recovery: { type: 'boolean', default: false },
  sessions: { type: 'boolean', default: false },
  isolation: { type: 'boolean', default: false },
  start: { type: 'boolean', default: false },
  'event-loop': { type: 'string' },
  runs: { type: 'string' },
  render: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>['values'];

/** @throws TypeError with one sentence where an argument is not right */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const out = values.out === undefined ? {} : { out: values.out };
  if (values.render) {
    if (positionals.length === 0) throw new TypeError('--render takes the files that --out wrote.');
    return { kind: 'render', files: positionals };
  }
  if (values.sessions) {
    const [sessions, ...strays] = positionals.length === 0 ? [1_000] : positionals.map(Number);
    if (strays.length > 0) throw new TypeError('--sessions takes one number.');
    return { kind: 'sessions', sessions: one('--sessions', String(sessions), 1, 10_000), ...out };
  }
  const [stray] = positionals;
  if (stray !== undefined) throw new TypeError(`There is no argument "${stray}".`);
  const document = values['event-loop'];
  if (document !== undefined) return { kind: 'event-loop', file: document, ...out };
  if (values.recovery) return { kind: 'recovery', runs: one('--runs', values.runs ?? '20', 1, 200), ...out };
  if (values.start) return { kind: 'start', runs: one('--runs', values.runs ?? '10', 1, 200), ...out };
  if (values.isolation) {
    const connections = one('--connections', values.connections ?? '16', 1, 1_024);
    return {
      kind: 'isolation',
      seconds: secondsOf(values.seconds ?? '5'),
      rounds: roundsOf(values, 3),
      connections,
      ...out,
    };
  }
  if (values.idle) {
    const seconds = secondsOf(values.seconds ?? '10');
    return { kind: 'idle', seconds, servers: numbers('--servers', values.servers, { from: 0, to: 1_000 }), ...out };
  }
  const seconds = secondsOf(values.seconds ?? '5');
  if (values.profile !== undefined) {
    const connections = one('--connections', values.connections ?? '16', 1, 1_024);
    return { kind: 'profile', leg: legOf(values.profile), seconds, connections };
  }
  const connections = numbers('--connections', values.connections ?? '1,16,64', { from: 1, to: 1_024 });
  const named = values.legs.split(',').map(legOf);
  const legs = values.peers ? [...named, ...peerLegIds] : named;
  return { kind: 'calls', seconds, rounds: roundsOf(values, 5), connections, legs: [...new Set(legs)], ...out };
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

function roundsOf({ rounds }: Values, otherwise: number): number {
  return one('--rounds', rounds ?? String(otherwise), 1, 100);
}

function one(name: string, text: string, from: number, to: number): number {
  const [value, ...others] = numbers(name, text, { from, to });
  if (value === undefined || others.length > 0) throw new TypeError(`${name} takes one number.`);
  return value;
}

/** Whole numbers, ascending and each once. */
function numbers(name: string, text: string, { from, to }: { from: number; to: number }): number[] {
  const values = text.split(',').map(Number);
  if (values.some((value) => !Number.isInteger(value) || value < from || value > to)) {
    throw new TypeError(`${name} takes whole numbers from ${from} to ${to}, with commas between them.`);
  }
  return [...new Set(values)].sort((a, b) => a - b);
}
