import type { LegId } from '../legs/leg.js';
import type { Sample } from '../measure.js';
import type { Aim } from './aims.js';
import { ratioOf, summarize, type LegSummary } from './summary.js';

const connections = 16;
const ratios: readonly { what: string; of: LegId; to: LegId; atLeast: number }[] = [
  { what: 'gateway / bare proxy', of: 'c1', to: 'b', atLeast: 0.8 },
  { what: 'standalone before a remote / bare proxy', of: 'r1', to: 'b', atLeast: 0.7 },
  { what: 'split before a remote / bare proxy', of: 'r2', to: 'b', atLeast: 0.45 },
  { what: 'module tool, split / mcp-hub, the same as its child', of: 'c2', to: 'p1', atLeast: 4 },
  { what: 'module tool, standalone / mcp-hub, the same as its child', of: 'd', to: 'p1', atLeast: 4 },
  { what: 'module tool, split / mcp-hub before a remote', of: 'c2', to: 'p2', atLeast: 4 },
  { what: 'module tool, standalone / mcp-hub before a remote', of: 'd', to: 'p2', atLeast: 4 },
];
const quickLegs: readonly LegId[] = ['c1', 'c2', 'd', 'r1', 'r2'];
const sessionLegs: readonly LegId[] = ['e1', 'e2'];

/** What the speed of calls should be, all at 16 connections. */
export function callAims(samples: readonly Sample[]): Aim[] {
  const legs = summarize(samples);
  const at16 = (id: LegId): LegSummary | undefined =>
    legs.find((leg) => leg.leg === id && leg.connections === connections);
  const split = at16('c2');
  const sessions = samples.filter(({ leg }) => sessionLegs.includes(leg));
  return [
    ...ratios.map(({ what, of, to, atLeast }) => ({
      what: `${what} (${of} / ${to})`,
      atLeast,
      unit: '×',
      ...measured(ratioOf(samples, { of, to, connections })),
    })),
    {
      what: 'CPU of the gateway by call (c2)',
      atMost: 110,
      unit: 'µs',
      ...measured(split?.processes.find(({ role }) => role === 'gateway')?.cpuUsPerCall),
    },
    { what: 'CPU of the whole path by call (c2)', atMost: 300, unit: 'µs', ...measured(split?.cpuUsPerCall) },
    ...quickLegs.map((id) => ({ what: `p99 of ${id}`, atMost: 5, unit: 'ms', ...measured(at16(id)?.p99Ms) })),
    {
      what: `calls lost in sessions (${sessionLegs.join(', ')})`,
      atMost: 0,
      unit: '',
      ...measured(sessions.length === 0 ? undefined : sessions.reduce((sum, { errors }) => sum + errors, 0)),
    },
  ];
}

function measured(value: number | undefined): Pick<Aim, 'measured'> {
  return value === undefined ? {} : { measured: value };
}
