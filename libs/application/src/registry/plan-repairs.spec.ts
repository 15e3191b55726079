import { describe, expect, it } from 'vitest';
import type { ServerFailure } from '@mcp-hub/domain';
import type { ServerRecord } from '../ports/registry-store.port.js';
import type { DirectoryRecord, RouteRecord } from '../ports/route-table.port.js';
import { aReplicaReport, aServerEntry, aServerRecord, builtAt } from '../testing/builders.js';
import { anOpenApiEntry } from '../testing/openapi-entry.js';
import { aDirectoryRecord, aRouteRecord } from '../testing/routing-builders.js';
import { directoryRecordOf } from './directory-record.js';
import { orphanRepairs, planRepairs, tombstoneMs, type ActualState, type Repair } from './plan-repairs.js';

const now = Date.parse(builtAt) + 60_000;
const defaults = { attempts: 3, delayMs: 2_000 };

/** Workers are alive unless their name says `dead`. */
function actual(state: { directory?: DirectoryRecord; routes?: RouteRecord[] }): ActualState {
  return {
    directoryRecord: () => state.directory,
    routesOf: () => state.routes ?? [],
    isAlive: (worker) => !worker.startsWith('dead'),
  };
}

/** In few words: what is done, to what. */
function briefly(repairs: readonly Repair[]): string[] {
  return repairs.map((repair) => {
    switch (repair.kind) {
      case 'load':
        return `load ${repair.job.generation}/${repair.job.replica}${repair.job.isFallback ? ' as fallback' : ''}`;
      case 'remove_route':
        return `remove route ${repair.route.generation}/${repair.route.replica} of ${repair.route.worker}`;
      case 'write_directory':
        return `write directory ${repair.record.generation} ${repair.record.state}`;
      case 'drop_directory':
        return `drop directory ${repair.generation}`;
      case 'purge':
        return `purge ${repair.generation}`;
    }
  });
}

const failure = (overrides: Partial<ServerFailure> = {}): ServerFailure => ({
  code: 'crashed',
  message: 'It crashed.',
  remedy: 'Look.',
  since: builtAt,
  stage: 'loading',
  ...overrides,
});
const at = (ms: number): string => new Date(ms).toISOString();
const failed = (generation: number, nextRetryAt?: string) =>
  aReplicaReport({
    generation,
    outcome: 'failed',
    failure: failure(nextRetryAt === undefined ? {} : { nextRetryAt }),
  });
const healthy = (generation: number, replica = 1) => aReplicaReport({ generation, replica, capabilitiesHash: 'caps' });

function aRecord(overrides: Partial<ServerRecord> = {}): ServerRecord {
  const { generation = 3, entry = anOpenApiEntry() } = overrides;
  return aServerRecord({ generation, entry, reports: [healthy(generation)], ...overrides });
}
const lastHealthy = (generation: number) => ({ entry: anOpenApiEntry(), generation, capabilitiesHash: 'caps' });
const route = (generation: number, overrides: Partial<RouteRecord> = {}) => aRouteRecord({ generation, ...overrides });
const two = anOpenApiEntry({ replicas: 2 });

interface Case {
  name: string;
  record: ServerRecord;
  routes?: RouteRecord[];
  /** Default: as the record says. */
  directory?: DirectoryRecord | 'missing';
  repairs: string[];
}

const cases: Case[] = [
  { name: 'a server that runs as it should', record: aRecord(), routes: [route(3)], repairs: [] },
  { name: 'a missing replica', record: aRecord(), routes: [], repairs: ['load 3/1'] },
  {
    name: 'one missing replica of two',
    record: aRecord({ entry: two, reports: [healthy(3, 1), healthy(3, 2)] }),
    routes: [route(3, { replica: 2 })],
    repairs: ['load 3/1'],
  },
  {
    name: 'a dead worker',
    record: aRecord(),
    routes: [route(3, { worker: 'dead-1' })],
    repairs: ['remove route 3/1 of dead-1', 'load 3/1'],
  },
  {
    name: 'a worker that leaves',
    record: aRecord(),
    routes: [route(3, { state: 'draining' })],
    repairs: ['load 3/1'],
  },
  { name: 'a stale generation', record: aRecord(), routes: [route(2)], repairs: ['load 3/1'] },
  {
    name: 'a generation that never was healthy after one that serves',
    record: aRecord({ reports: [], lastHealthy: lastHealthy(2) }),
    routes: [route(2)],
    repairs: ['load 3/1'],
  },
  {
    name: 'a newest generation that does not serve, with nothing else that serves',
    record: aRecord({ reports: [], lastHealthy: lastHealthy(2) }),
    routes: [],
    repairs: ['load 3/1', 'load 2/1 as fallback'],
  },
  {
    name: 'a last healthy generation that is the newest',
    record: aRecord({ lastHealthy: lastHealthy(3) }),
    routes: [],
    repairs: ['load 3/1'],
  },
  {
    name: 'a failed generation before its next_retry_at',
    record: aRecord({ reports: [failed(3, at(now + 1))] }),
    repairs: [],
  },
  {
    name: 'a failed generation from its next_retry_at on',
    record: aRecord({ reports: [failed(3, at(now))] }),
    repairs: ['load 3/1'],
  },
  { name: 'a failed generation without next_retry_at', record: aRecord({ reports: [failed(3)] }), repairs: [] },
  {
    name: 'a failed generation with an older one that was healthy',
    record: aRecord({ reports: [failed(3)], lastHealthy: lastHealthy(2) }),
    repairs: ['load 2/1 as fallback'],
  },
  {
    name: 'a failed generation while the older one serves',
    record: aRecord({ reports: [failed(3)], lastHealthy: lastHealthy(2) }),
    routes: [route(2)],
    repairs: [],
  },
  { name: 'a failure of the generation before', record: aRecord({ reports: [failed(2)] }), repairs: ['load 3/1'] },
  {
    name: 'a replica that serves and was never reported',
    record: aRecord({ reports: [] }),
    routes: [route(3)],
    repairs: ['load 3/1'],
  },
  {
    name: 'a replica that serves again and was last reported as failed',
    record: aRecord({ reports: [failed(3, at(now + 1))] }),
    routes: [route(3)],
    repairs: ['load 3/1'],
  },
  {
    name: 'a replica whose capabilities got lost',
    record: aRecord({ reports: [aReplicaReport({ generation: 3 })] }),
    routes: [route(3)],
    repairs: ['load 3/1'],
  },
  {
    name: 'an entry with nothing to load',
    record: aRecord({ entry: aServerEntry(), reports: [] }),
    repairs: [],
  },
  {
    name: 'a disabled server',
    record: aRecord({ desired: 'disabled' }),
    routes: [route(2), route(3, { worker: 'dead-1' })],
    repairs: ['remove route 3/1 of dead-1'],
  },
  {
    name: 'a route from a former store',
    record: aRecord(),
    routes: [route(3), route(7)],
    repairs: ['remove route 7/1 of worker-1'],
  },
  {
    name: 'a directory that lacks the record',
    record: aRecord(),
    routes: [route(3)],
    directory: 'missing',
    repairs: ['write directory 3 enabled'],
  },
  {
    name: 'a directory record of the generation before',
    record: aRecord({ desired: 'disabled' }),
    directory: directoryRecordOf(aRecord({ generation: 2 }), 1),
    repairs: ['write directory 3 disabled'],
  },
  {
    name: 'a directory record without the failure that was reported',
    record: aRecord({ reports: [failed(3)] }),
    directory: directoryRecordOf(aRecord(), 1),
    repairs: ['write directory 3 enabled'],
  },
  {
    name: 'a directory record from a former store',
    record: aRecord(),
    routes: [route(3)],
    directory: aDirectoryRecord({ generation: 8 }),
    repairs: ['drop directory 8', 'write directory 3 enabled'],
  },
  {
    name: 'a directory record that differs in its revision only',
    record: aRecord(),
    routes: [route(3)],
    directory: directoryRecordOf(aRecord(), 999),
    repairs: [],
  },
  {
    name: 'a tombstone that is young',
    record: aRecord({ desired: 'deleted', updatedAt: at(now - tombstoneMs) }),
    repairs: [],
  },
  {
    name: 'a tombstone that is old',
    record: aRecord({ desired: 'deleted', updatedAt: at(now - tombstoneMs - 1) }),
    directory: 'missing',
    repairs: ['purge 3'],
  },
];

describe('planRepairs', () => {
  it.each(cases)('for $name: $repairs', ({ record, routes = [], directory, repairs }) => {
    const written = directory ?? directoryRecordOf(record, 1);
    const state = actual({ routes, ...(written === 'missing' ? {} : { directory: written }) });
    expect(briefly(planRepairs(record, state, now, defaults))).toEqual(repairs);
  });

  it('tells a job how often its generation has failed, and what it must be newer than', () => {
    const report = aReplicaReport({
      generation: 3,
      outcome: 'failed',
      failures: 4,
      sequence: 77,
      failure: failure({ nextRetryAt: builtAt }),
    });
    const record = aRecord({ reports: [report] });
    const [repair] = planRepairs(record, actual({ directory: directoryRecordOf(record, 1) }), now, defaults);
    expect(repair).toMatchObject({
      kind: 'load',
      job: { priorFailures: 4, afterSequence: 77, attempts: 3, retryDelayMs: 2_000 },
    });
  });

  it('takes retries from the entry where it has its own', () => {
    const entry = anOpenApiEntry({ retry_attempts: 0, retry_delay: 0.5 });
    const [repair] = planRepairs(
      aRecord({ entry }),
      actual({ directory: directoryRecordOf(aRecord(), 1) }),
      now,
      defaults,
    );
    expect(repair).toMatchObject({ job: { attempts: 1, retryDelayMs: 500 } });
  });

  it('loads the entry and the document of the generation that was healthy as fallback', () => {
    const old = { entry: anOpenApiEntry({ description: 'the old one' }), specHash: 'old', generation: 2 };
    const record = aRecord({ specHash: 'new', reports: [failed(3)], lastHealthy: old });
    const repairs = planRepairs(record, actual({ directory: directoryRecordOf(record, 1) }), now, defaults);
    expect(repairs).toMatchObject([
      { job: { specHash: 'old', entry: { description: 'the old one' }, isFallback: true } },
    ]);
  });
});

describe('orphanRepairs', () => {
  const deleted = (generation: number, revision = now) => aDirectoryRecord({ generation, revision, state: 'deleted' });
  const orphans: [name: string, state: Parameters<typeof actual>[0], repairs: string[]][] = [
    ['a route that nobody wants', { routes: [route(4)] }, ['write directory 5 deleted']],
    [
      'a route of a dead worker',
      { routes: [route(4, { worker: 'dead-1' })], directory: deleted(5) },
      ['remove route 4/1 of dead-1'],
    ],
    ['a route that workers were told of', { routes: [route(4)], directory: deleted(5) }, []],
    [
      'a route that is newer than what workers were told',
      { routes: [route(6)], directory: deleted(5) },
      ['write directory 7 deleted'],
    ],
    ['a directory record alone', { directory: aDirectoryRecord({ generation: 2 }) }, ['write directory 3 deleted']],
    ['a deletion that workers may still have to learn of', { directory: deleted(5, now - tombstoneMs) }, []],
    ['a deletion that is over', { directory: deleted(5, now - tombstoneMs - 1) }, ['drop directory 5']],
  ];

  it.each(orphans)('for %s', (_name, state, repairs) => {
    expect(briefly(orphanRepairs('weather', actual(state), now))).toEqual(repairs);
  });
});
