import { describe, expect, it } from 'vitest';
import type { ServerRecord } from '../ports/registry-store.port.js';
import type { RouteRecord, WorkerRecord } from '../ports/route-table.port.js';
import { aReplicaReport, aServerEntry, aServerRecord, builtAt } from '../testing/builders.js';
import { anOpenApiEntry } from '../testing/openapi-entry.js';
import { aRouteRecord, aWorkerRecord } from '../testing/routing-builders.js';
import { directoryRecordOf } from './directory-record.js';
import { statusOf } from './server-status-view.js';

const worker = aWorkerRecord();
const silent = {
  code: 'upstream_unreachable' as const,
  message: 'It does not answer.',
  remedy: 'Read its log.',
  since: builtAt,
  stage: 'calls',
};
const failedReport = aReplicaReport({ outcome: 'failed' });
const record = (overrides: Partial<ServerRecord> = {}): ServerRecord =>
  aServerRecord({ entry: anOpenApiEntry(), ...overrides });
const two = anOpenApiEntry({ replicas: 2 });

const cases: [
  name: string,
  record: ServerRecord,
  routes: RouteRecord[],
  workers: WorkerRecord[],
  status: string,
  code?: string,
][] = [
  ['disabled', record({ desired: 'disabled' }), [aRouteRecord()], [worker], 'disabled'],
  ['loading', record(), [], [worker], 'loading'],
  ['served', record(), [aRouteRecord()], [worker], 'healthy'],
  ['served by some replicas', record({ entry: two }), [aRouteRecord()], [worker], 'degraded'],
  [
    'served by all replicas',
    record({ entry: two }),
    [aRouteRecord(), aRouteRecord({ replica: 2 })],
    [worker],
    'healthy',
  ],
  ['served, but not well', record(), [aRouteRecord({ state: 'degraded' })], [worker], 'degraded'],
  [
    'served by one that does not answer',
    record(),
    [aRouteRecord({ state: 'degraded', failure: silent })],
    [worker],
    'degraded',
    'upstream_unreachable',
  ],
  [
    'served by one that does not answer, after a load that failed',
    record({ reports: [failedReport] }),
    [aRouteRecord({ state: 'degraded', failure: silent })],
    [worker],
    'degraded',
    'crashed',
  ],
  ['failed', record({ reports: [failedReport] }), [], [worker], 'failed', 'crashed'],
  [
    'served by an older generation than the one that failed',
    record({ generation: 2, reports: [aReplicaReport({ generation: 2, outcome: 'failed' })] }),
    [aRouteRecord()],
    [worker],
    'healthy',
    'crashed',
  ],
  [
    'served, after a failure whose end was not reported yet',
    record({ reports: [failedReport] }),
    [aRouteRecord()],
    [worker],
    'healthy',
  ],
  [
    'loading, after a failure of the generation before',
    record({ generation: 2, reports: [failedReport] }),
    [],
    [worker],
    'loading',
  ],
  ['with nothing to load', record({ entry: aServerEntry() }), [], [worker], 'failed', 'nothing_to_load'],
  ['waiting for a worker', record(), [], [], 'loading', 'no_capacity'],
  ['waiting for a worker that stays', record(), [], [aWorkerRecord({ isDraining: true })], 'loading', 'no_capacity'],
  [
    'waiting for a worker with its loader',
    record(),
    [],
    [aWorkerRecord({ loaders: ['npm'] })],
    'loading',
    'no_capacity',
  ],
];

describe('statusOf', () => {
  it.each(cases)('for a server that is %s', (_name, server, routes, liveWorkers, status, code) => {
    const told = statusOf(server, { routes, liveWorkers });
    expect([told.status, told.failure?.code]).toEqual([status, code]);
  });

  it('says since when what serves is loaded', () => {
    const routes = [aRouteRecord({ since: '2026-02-02T00:00:00.000Z' }), aRouteRecord({ replica: 2, since: builtAt })];
    expect(statusOf(record({ entry: two }), { routes, liveWorkers: [] }).loadedAt).toBe(builtAt);
  });

  it('names the packages that the hub can not run', () => {
    const entry = aServerEntry({
      packages: [
        {
          registry_name: 'nuget',
          name: 'x',
          version: '1',
          package_arguments: [],
          runtime_arguments: [],
          environment_variables: [],
        },
      ],
    });
    expect(statusOf(record({ entry }), { routes: [], liveWorkers: [] }).failure?.message).toContain('nuget');
  });
});

describe('directoryRecordOf', () => {
  it('carries the failure of the newest generation', () => {
    expect(directoryRecordOf(record({ reports: [failedReport] }), 5)).toMatchObject({
      id: 'weather',
      generation: 1,
      revision: 5,
      state: 'enabled',
      replicas: 1,
      sessionRecovery: 'transparent',
      limits: {},
      failure: { code: 'crashed' },
    });
  });

  it.each([
    ['a disabled server', record({ desired: 'disabled', reports: [failedReport] })],
    ['a failure of an older generation', record({ generation: 2, reports: [failedReport] })],
    ['a server that waits for a worker', record()],
  ])('has no failure for %s', (_name, server) => {
    expect(directoryRecordOf(server, 1)).not.toHaveProperty('failure');
  });
});
