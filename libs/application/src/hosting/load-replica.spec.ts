import { DependencyUnavailable, LoadFailed, SecretUnreadable } from '@mcp-hub/domain';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LoadAttempt, LoadJob, WorkerReport } from '../ports/load-queue.port.js';
import type { ReplicaReport } from '../ports/registry-store.port.js';
import { RouteView } from '../routing/route-view.js';
import { FakeBackend, FakeEndpoint, FakeLoader } from '../testing/fake-backend.js';
import { ManualDelay } from '../testing/manual-delay.js';
import { MemoryBlobExchange } from '../testing/memory-blobs.js';
import { RecordingLog } from '../testing/recording-log.js';
import { RecordingQueue } from '../testing/recording-queue.js';
import { aDirectoryRecord, aLoadJob, aRouteKey, aRouteRecord, aWorkerRecord } from '../testing/routing-builders.js';
import { ScriptedRouteTable } from '../testing/scripted-route-table.js';
import { SetClock } from '../testing/set-clock.js';
import { HostedServers } from './hosted-servers.js';
import { LoadReplica } from './load-replica.js';

const start = Date.parse('2026-03-04T05:06:07.000Z');

function aWorker({ timeoutMs = 5_000, claimLeaseMs = 10_000 } = {}) {
  const table = new ScriptedRouteTable();
  table.snapshot = { epoch: 'e', directory: [], workers: [aWorkerRecord()], routes: [] };
  const clock = new SetClock(start);
  const log = new RecordingLog();
  const view = new RouteView(table, clock, { leaseMs: 3_000, resyncMs: 30_000 });
  const queue = new RecordingQueue();
  const exchange = new MemoryBlobExchange();
  const loader = new FakeLoader();
  const hosted = new HostedServers<FakeEndpoint>(
    table,
    view,
    { clock, log },
    { incarnation: 'worker-1', drainMs: 100, targetOf: () => ({ kind: 'local', handle: '' }) },
  );
  hosted.start();
  const timers = new ManualDelay();
  let reveal = (entry: LoadJob['entry']): LoadJob['entry'] => entry;
  const load = new LoadReplica<FakeEndpoint>(
    {
      routes: table,
      view,
      queue,
      exchange,
      hosted,
      clock,
      timers,
      log,
      loaders: new Map([['openapi', loader]]),
      revealEntry: (entry) => reveal(entry),
      makeEndpoint: () => new FakeEndpoint(),
    },
    { incarnation: 'worker-1', timeoutMs, claimLeaseMs },
  );
  const revealWith = (map: typeof reveal): void => {
    reveal = map;
  };
  return { table, clock, timers, log, view, queue, exchange, loader, hosted, load, revealWith };
}

let worker: ReturnType<typeof aWorker>;

beforeEach(() => {
  worker = aWorker();
});
afterEach(async () => {
  await worker.hosted.close();
  worker.view.close();
  vi.useRealTimers();
});

const once = (overrides: Partial<LoadAttempt> = {}): LoadAttempt => ({
  attempt: 1,
  isLast: true,
  signal: new AbortController().signal,
  ...overrides,
});
const run = (job: Partial<LoadJob> = {}, attempt: Partial<LoadAttempt> = {}) =>
  worker.load.execute(aLoadJob(job), once(attempt));
const reportsOf = (reports: readonly WorkerReport[]): ReplicaReport[] =>
  reports.flatMap((report) => (report.kind === 'replica' ? [report.report] : []));
const transient = new LoadFailed('document_unreachable', 'It does not answer.', 'See whether it runs.');
const permanent = new LoadFailed('document_invalid', 'It is no OpenAPI document.', 'Mend it.');
const direct = (record: Parameters<typeof aDirectoryRecord>[0]): void =>
  worker.table.emit({ kind: 'directory', record: aDirectoryRecord(record) });

describe('LoadReplica', () => {
  it('loads, serves, and reports what the server has', async () => {
    await run();
    expect(worker.hosted.find(aRouteKey())?.backend).toBe(worker.loader.backends[0]);
    const [report] = reportsOf(worker.queue.reports);
    expect(report).toMatchObject({ outcome: 'healthy', generation: 1, replica: 1, worker: 'worker-1', failures: 0 });
    const capabilities = await worker.exchange.get(report?.capabilitiesHash ?? '');
    expect(JSON.parse(new TextDecoder().decode(capabilities))).toMatchObject({ tools: [{ name: 'echo' }] });
  });

  it('gives the loader the entry with its secrets, and reports it without', async () => {
    worker.revealWith((entry) => ({ ...entry, description: 'revealed' }));
    await run();
    expect(worker.loader.requests).toMatchObject([{ generation: 1, entry: { description: 'revealed' } }]);
    expect(worker.queue.reports).toMatchObject([{ stored: { entry: aLoadJob().entry } }]);
    expect(worker.hosted.find(aRouteKey())?.stored.entry).toEqual(aLoadJob().entry);
  });

  it('gives the loader the inline document', async () => {
    const specHash = await worker.exchange.put(new TextEncoder().encode('openapi: 3.1.0'));
    await run({ specHash });
    expect(new TextDecoder().decode(worker.loader.requests[0]?.spec)).toBe('openapi: 3.1.0');
  });

  it('says which document it misses, and leaves it at that', async () => {
    await run({ specHash: 'gone' });
    expect(worker.queue.reports).toEqual([{ kind: 'blob_missing', ...aRouteKey(), hash: 'gone' }]);
    expect(worker.loader.requests).toEqual([]);
  });

  it.each(['held', 'served'] as const)('drops a job that is %s already', async (outcome) => {
    worker.table.claimOutcome = outcome;
    await run();
    expect([worker.loader.requests, worker.queue.reports]).toEqual([[], []]);
    expect(worker.table.called('releaseClaim')).toEqual([]);
  });

  it('releases its claim when it is done, and when it has failed', async () => {
    await run();
    worker.loader.failWith(permanent);
    await expect(run({ serverId: 'other' })).rejects.toThrow(permanent);
    expect(worker.table.called('releaseClaim')).toEqual([aRouteKey(), aRouteKey({ serverId: 'other' })]);
  });

  it('renews its claim while it loads', async () => {
    vi.useFakeTimers();
    let finish = (): void => undefined;
    worker.loader.loading = () => new Promise((resolve) => (finish = () => resolve(new FakeBackend())));
    const loading = run();
    await vi.advanceTimersByTimeAsync(10_000);
    finish();
    await loading;
    expect(worker.table.called('claim')).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(worker.table.called('claim')).toHaveLength(4);
  });

  it('closes what another worker has come to serve first', async () => {
    worker.table.takesRoutes = false;
    await run();
    expect(worker.loader.backends[0]?.isClosed).toBe(true);
    expect(worker.queue.reports).toEqual([]);
  });
});

describe('LoadReplica after an outage of the table', () => {
  beforeEach(async () => {
    worker.table.snapshot = {
      ...worker.table.snapshot,
      workers: [aWorkerRecord(), aWorkerRecord({ incarnation: 'worker-2' })],
      routes: [aRouteRecord({ ...aRouteKey(), worker: 'worker-2' })],
    };
    await worker.view.start();
    worker.table.emit({ kind: 'disconnected' });
    worker.clock.time += 60_000;
    worker.table.emit({ kind: 'connected' });
  });

  it('drops an old job for what ran before, although its worker has not renewed its lease', async () => {
    await run();
    expect(worker.loader.requests).toEqual([]);
  });

  it('loads it once the worker had its time to come back', async () => {
    worker.table.snapshot = { ...worker.table.snapshot, workers: [aWorkerRecord()], routes: [] };
    worker.clock.time += 6_000;
    await worker.view.refresh();
    await run();
    expect(worker.loader.requests).toHaveLength(1);
  });
});

describe('LoadReplica and what is outdated', () => {
  beforeEach(() => worker.view.start());

  it.each([
    ['a disabled server', { generation: 1, state: 'disabled' }],
    ['a deleted server', { generation: 3, state: 'deleted' }],
    ['an older generation', { generation: 2 }],
  ] as const)('does not load %s', async (_name, record) => {
    direct(record);
    await run();
    expect([worker.loader.requests, worker.table.called('claim')]).toEqual([[], []]);
  });

  it('loads what it has not heard of yet', async () => {
    direct({ generation: 1, state: 'disabled' });
    await run({ generation: 2 });
    expect(worker.hosted.count).toBe(1);
  });

  it('loads an older generation as fallback', async () => {
    direct({ generation: 2 });
    await run({ isFallback: true });
    expect(worker.hosted.count).toBe(1);
  });

  it('does not load a fallback once the newer generation serves', async () => {
    direct({ generation: 2 });
    worker.table.emit({ kind: 'route', route: aRouteRecord({ generation: 2 }) });
    await run({ isFallback: true });
    expect(worker.loader.requests).toEqual([]);
  });
});

describe('LoadReplica and the other replicas of a server', () => {
  const others = (...workers: Parameters<typeof aWorkerRecord>[0][]): Promise<void> => {
    worker.table.snapshot = {
      ...worker.table.snapshot,
      workers: [aWorkerRecord(), ...workers.map((record) => aWorkerRecord(record))],
    };
    return worker.view.start();
  };
  const passedOn = (): unknown[] => worker.queue.jobs.map(({ replica, passes }) => [replica, passes]);

  it('leaves a second replica to a worker that hosts none', async () => {
    await others({ incarnation: 'worker-2' });
    await run();
    await run({ replica: 2 });
    expect([worker.hosted.count, passedOn()]).toEqual([1, [[2, 1]]]);
  });

  it('leaves it to others while the first one is still loading', async () => {
    await others({ incarnation: 'worker-2' });
    await Promise.all([run(), run({ replica: 2 })]);
    expect([worker.hosted.count, passedOn()]).toEqual([1, [[2, 1]]]);
  });

  it('hosts it beside the first where nobody else took it', async () => {
    await others({ incarnation: 'worker-2' });
    await run();
    await run({ replica: 2, passes: 3 });
    expect(worker.hosted.count).toBe(2);
  });

  it.each([
    ['is leaving', { isDraining: true }],
    ['does not load such servers', { loaders: ['module'] }],
  ])('hosts it beside the first where the other worker %s', async (_why, record) => {
    await others({ incarnation: 'worker-2', ...record });
    await run();
    await run({ replica: 2 });
    expect(worker.hosted.count).toBe(2);
  });

  it('hosts both where it is alone', async () => {
    await others();
    await run();
    await run({ replica: 2 });
    expect(worker.hosted.count).toBe(2);
  });
});

describe('LoadReplica and duplicates', () => {
  it('loads once where the same job comes again while it loads', async () => {
    await Promise.all([run(), run(), run()]);
    expect([worker.loader.requests.length, worker.hosted.count]).toEqual([1, 1]);
  });

  it('does not load again what it serves, but publishes and reports it once more', async () => {
    await run();
    worker.table.calls.length = 0;
    worker.exchange.contents.clear();
    await run({ afterSequence: start + 500 });
    expect(worker.loader.requests).toHaveLength(1);
    expect(worker.table.called('putRoute')).toHaveLength(1);
    const [first, second] = reportsOf(worker.queue.reports);
    expect(second).toMatchObject({
      outcome: 'healthy',
      sequence: start + 501,
      capabilitiesHash: first?.capabilitiesHash,
    });
    expect(worker.exchange.contents.has(first?.capabilitiesHash ?? '')).toBe(true);
  });

  it('leaves alone what serves, where it can not be reported again', async () => {
    await run();
    const [backend] = worker.loader.backends;
    if (backend) backend.describing = () => Promise.reject(transient);
    await run();
    expect([worker.hosted.count, backend?.isClosed, worker.queue.reports.length]).toEqual([1, false, 1]);
  });
});

describe('LoadReplica after a failure', () => {
  it('throws without a report while attempts are left', async () => {
    worker.loader.failWith(transient);
    await expect(run({}, { isLast: false })).rejects.toBe(transient);
    expect(worker.queue.reports).toEqual([]);
  });

  it('reports the last attempt, with when it is tried again', async () => {
    worker.loader.failWith(transient);
    await expect(run({ priorFailures: 2 }, { attempt: 3 })).rejects.toBe(transient);
    expect(reportsOf(worker.queue.reports)).toMatchObject([
      {
        outcome: 'failed',
        failures: 3,
        failure: {
          code: 'document_unreachable',
          message: transient.message,
          remedy: transient.remedy,
          nextRetryAt: new Date(start + 240_000).toISOString(),
        },
      },
    ]);
  });

  it('waits an hour at most', async () => {
    worker.loader.failWith(transient);
    await expect(run({ priorFailures: 40 })).rejects.toBe(transient);
    const [report] = reportsOf(worker.queue.reports);
    expect(report?.failure?.nextRetryAt).toBe(new Date(start + 3_600_000).toISOString());
  });

  it('reports what can not get better at once, and for good', async () => {
    worker.loader.failWith(permanent);
    await expect(run({}, { isLast: false })).rejects.toBe(permanent);
    const [report] = reportsOf(worker.queue.reports);
    expect(report?.failure?.code).toBe('document_invalid');
    expect(report?.failure).not.toHaveProperty('nextRetryAt');
  });

  it.each([
    [
      'a missing variable',
      new LoadFailed('variable_missing', 'The variable X is not set.', 'Set it.'),
      'variable_missing',
    ],
    ['a secret that it has no key for', new SecretUnreadable('unknown_key'), 'secret_unreadable'],
    ['something unforeseen', new TypeError('x is not a function'), 'crashed'],
    ['a part of the hub that is away', new DependencyUnavailable('queue'), 'install_failed'],
  ])('gives %s its code', async (_name, error, code) => {
    worker.revealWith(() => {
      throw error;
    });
    await expect(run()).rejects.toThrow(LoadFailed);
    expect(reportsOf(worker.queue.reports)[0]?.failure?.code).toBe(code);
  });

  it('has no loader of that type', async () => {
    await expect(run({ loaderType: 'npm' })).rejects.toMatchObject({ code: 'no_capacity' });
  });

  it('closes a backend that does not say what it has', async () => {
    const backend = new FakeBackend();
    backend.describing = () => Promise.reject(transient);
    worker.loader.loading = () => Promise.resolve(backend);
    await expect(run()).rejects.toBe(transient);
    expect([backend.isClosed, worker.hosted.count]).toEqual([true, 0]);
  });

  it('closes a backend whose route can not be written', async () => {
    worker.table.failing.add('putRoute');
    await expect(run()).rejects.toMatchObject({ code: 'install_failed' });
    expect([worker.loader.backends[0]?.isClosed, worker.hosted.count]).toEqual([true, 0]);
  });

  it('goes on serving what it could not report', async () => {
    worker.queue.isAway = true;
    await run();
    expect([worker.loader.backends[0]?.isClosed, worker.hosted.count]).toEqual([false, 1]);
  });
});

describe('LoadReplica and its deadline', () => {
  beforeEach(() => {
    worker = aWorker({ timeoutMs: 30 });
  });

  it('fails a load that takes too long, and tells the loader', async () => {
    let signal: AbortSignal | undefined;
    worker.loader.loading = (_request, context) => {
      signal = context.signal;
      return new Promise(() => undefined);
    };
    await expect(run()).rejects.toMatchObject({ code: 'start_timeout' });
    expect(signal?.aborted).toBe(true);
    expect(reportsOf(worker.queue.reports)[0]?.failure?.code).toBe('start_timeout');
  });

  it('closes a backend that comes too late', async () => {
    const late = new FakeBackend();
    let finish = (): void => undefined;
    worker.loader.loading = () => new Promise((resolve) => (finish = () => resolve(late)));
    await expect(run()).rejects.toMatchObject({ code: 'start_timeout' });
    finish();
    await vi.waitFor(() => expect(late.isClosed).toBe(true));
    expect(worker.hosted.count).toBe(0);
  });

  it('counts the time that the server takes to say what it has', async () => {
    const backend = new FakeBackend();
    backend.describing = () => new Promise(() => undefined);
    worker.loader.loading = () => Promise.resolve(backend);
    await expect(run()).rejects.toMatchObject({ code: 'start_timeout' });
    expect(backend.isClosed).toBe(true);
  });
});

describe('LoadReplica that is abandoned', () => {
  it('does not report that the consumer was closed', async () => {
    const abort = new AbortController();
    worker.loader.loading = () => new Promise(() => undefined);
    const loading = run({}, { signal: abort.signal });
    await vi.waitFor(() => expect(worker.loader.requests).toHaveLength(1));
    abort.abort();
    await expect(loading).rejects.toThrow(LoadFailed);
    expect(worker.queue.reports).toEqual([]);
    expect(worker.table.called('releaseClaim')).toHaveLength(1);
  });
});

describe('LoadReplica and servers that end by themselves', () => {
  it('takes it out of service and reports why', async () => {
    await run();
    worker.loader.backends[0]?.exit(new Error('exit code 1'));
    await vi.waitFor(() => expect(worker.queue.reports).toHaveLength(2));
    expect(worker.hosted.count).toBe(0);
    expect(worker.table.called('removeRoute')).toEqual([aRouteKey()]);
    expect(reportsOf(worker.queue.reports)[1]).toMatchObject({
      outcome: 'failed',
      failures: 1,
      failure: { code: 'crashed', nextRetryAt: new Date(start + 60_000).toISOString() },
    });
  });

  it('keeps the cause that the backend gives', async () => {
    await run();
    worker.loader.backends[0]?.exit(new LoadFailed('out_of_memory', 'It took too much.', 'Raise limits.memory_mb.'));
    await vi.waitFor(() => expect(worker.queue.reports).toHaveLength(2));
    expect(reportsOf(worker.queue.reports)[1]?.failure?.code).toBe('out_of_memory');
  });

  it('serves nothing that ended before it was in service', async () => {
    const backend = new FakeBackend();
    const describe = backend.describing;
    backend.describing = async () => {
      const description = await describe();
      backend.exit(new Error('exit code 1'));
      return description;
    };
    worker.loader.loading = () => Promise.resolve(backend);
    await expect(run()).rejects.toMatchObject({ code: 'crashed' });
    expect([worker.hosted.count, worker.table.called('putRoute')]).toEqual([0, []]);
  });

  it('says nothing healthy of one that ends while its route is written', async () => {
    worker.table.putRoute = async () => {
      worker.loader.backends[0]?.exit(new Error('exit code 1'));
      return true;
    };
    await run();
    await vi.waitFor(() => expect(reportsOf(worker.queue.reports).map(({ outcome }) => outcome)).toEqual(['failed']));
    expect(worker.hosted.count).toBe(0);
  });

  it('drops it although the report can not be sent', async () => {
    await run();
    worker.queue.isAway = true;
    worker.loader.backends[0]?.exit(new Error('exit code 1'));
    await vi.waitFor(() => expect(worker.log.named('server.exit_not_reported')).toHaveLength(1));
    expect(worker.hosted.count).toBe(0);
  });
});

describe('LoadReplica and sequences', () => {
  it('follows the clock, always upwards, also where the clock goes back', async () => {
    for (const [index, time] of [start, start, start - 60_000, start + 1_000].entries()) {
      worker.clock.time = time;
      await run({ serverId: `server-${index}` });
    }
    expect(reportsOf(worker.queue.reports).map(({ sequence }) => sequence - start)).toEqual([0, 1, 2, 1_000]);
  });

  it('is above the report that was known when the job was sent', async () => {
    await run({ afterSequence: start + 3_600_000 });
    expect(reportsOf(worker.queue.reports)[0]?.sequence).toBe(start + 3_600_001);
  });
});

describe('LoadReplica and what changes once a server serves', () => {
  const toolsOf = async ({ capabilitiesHash = '' }: ReplicaReport): Promise<unknown> => {
    const content = new TextDecoder().decode(await worker.exchange.get(capabilitiesHash));
    return (JSON.parse(content) as { tools: { name: string }[] }).tools.map(({ name }) => name);
  };
  const hasTools = (backend: FakeBackend | undefined, ...names: string[]): void => {
    if (!backend) throw new Error('Nothing was loaded.');
    const tools = names.map((name) => ({ name, inputSchema: { type: 'object' } }));
    const lists = { tools, resources: [], resourceTemplates: [], prompts: [] };
    backend.describing = () => Promise.resolve({ serverInfo: {}, capabilities: {}, ...lists });
  };

  it('reports it again with what it has then', async () => {
    await run();
    const [backend] = worker.loader.backends;
    hasTools(backend, 'echo', 'more');
    backend?.tell('notifications/tools/list_changed');
    await worker.timers.runAll();
    const reports = reportsOf(worker.queue.reports);
    expect(reports).toMatchObject([{ outcome: 'healthy' }, { outcome: 'healthy', generation: 1, replica: 1 }]);
    const [first, second] = reports;
    expect(second?.sequence).toBeGreaterThan(first?.sequence ?? 0);
    expect(second && (await toolsOf(second))).toEqual(['echo', 'more']);
  });

  it('does not miss what changes while it is being put in service', async () => {
    const backend = new FakeBackend();
    worker.loader.loading = () => Promise.resolve(backend);
    const { describing } = backend;
    backend.describing = async () => {
      const described = await describing();
      hasTools(backend, 'late');
      backend.tell('notifications/tools/list_changed');
      return described;
    };
    await run();
    await worker.timers.runAll();
    const [, second] = reportsOf(worker.queue.reports);
    expect(second && (await toolsOf(second))).toEqual(['late']);
  });
});
