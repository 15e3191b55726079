import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LoadJob, RouteRecord, WorkerReport } from '@mcp-hub/application';
import { aDirectoryRecord, aLoadJob, anOpenApiEntry, FakeBackend } from '@mcp-hub/application/testing';
import { LoadFailed } from '@mcp-hub/domain';
import { SharedAdapters, WorkerUnderTest } from '../test/worker-under-test.js';

let shared: SharedAdapters;
let reports: WorkerReport[];
let worker: WorkerUnderTest;
const others: WorkerUnderTest[] = [];

beforeEach(async () => {
  shared = new SharedAdapters();
  reports = [];
  await shared.queue.consumeReports(async (report) => void reports.push(report));
  worker = new WorkerUnderTest(shared, 'worker-1');
});
afterEach(async () => {
  await Promise.all([worker, ...others.splice(0)].map((each) => each.close()));
  await shared.queue.close();
});

const patience = { timeout: 5_000 };
const aJob = (overrides: Partial<LoadJob> = {}): LoadJob => aLoadJob({ entry: anOpenApiEntry(), ...overrides });
const routes = async (): Promise<RouteRecord[]> => (await shared.table.read()).routes;
const served = () => vi.waitFor(async () => expect(await routes()).not.toEqual([]), patience);
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};

async function join(incarnation: string): Promise<WorkerUnderTest> {
  const other = new WorkerUnderTest(shared, incarnation);
  others.push(other);
  await other.start();
  return other;
}

describe('a worker', () => {
  it('announces what it can load, and where it is reached', async () => {
    await worker.start({ 'worker.loaders': ['openapi', 'pypi'], 'worker.capacity': 7 });
    expect((await shared.table.read()).workers).toEqual([
      {
        incarnation: 'worker-1',
        name: 'the worker-1',
        url: worker.url,
        capacity: 7,
        loaders: ['openapi'],
        isDraining: false,
      },
    ]);
    expect((await worker.readiness.check()).isReady).toBe(true);
  });

  it('loads what it is given, publishes its route, and reports it', async () => {
    await worker.start();
    await shared.queue.enqueue(aJob());
    await served();
    expect(await routes()).toMatchObject([
      { serverId: 'weather', worker: 'worker-1', state: 'healthy', target: { kind: 'http', url: worker.url } },
    ]);
    await vi.waitFor(() => expect(reports).toMatchObject([{ kind: 'replica', report: { outcome: 'healthy' } }]));
  });

  it('serves MCP clients that come through a gateway', async () => {
    await worker.start();
    await shared.queue.enqueue(aJob());
    await served();
    const opened = await worker.post('weather/1/1', initialize);
    expect([opened.status, await opened.json()]).toMatchObject([
      200,
      { result: { protocolVersion: '2025-06-18', serverInfo: { name: 'fake' } } },
    ]);
    const session = opened.headers.get('mcp-session-id') ?? '';
    expect(session).toMatch(/^worker-1-1-1\./);
    const call = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'echo', arguments: {} } };
    const answer = await worker.post('weather/1/1', call, { 'mcp-session-id': session });
    expect([answer.status, await answer.json()]).toMatchObject([200, { id: 2, result: { content: [] } }]);
  });

  it('tries as often as the job says, and reports the last failure', async () => {
    await worker.start();
    worker.loader.failWith(new LoadFailed('document_unreachable', 'It does not answer.', 'See whether it runs.'));
    await shared.queue.enqueue(aJob({ attempts: 3, retryDelayMs: 5 }));
    await vi.waitFor(
      () =>
        expect(reports).toMatchObject([{ report: { outcome: 'failed', failure: { code: 'document_unreachable' } } }]),
      patience,
    );
    expect(worker.loader.requests).toHaveLength(3);
  });

  it('comes up where a later attempt succeeds', async () => {
    await worker.start();
    let failures = 2;
    worker.loader.loading = async () => {
      if (failures-- > 0) throw new LoadFailed('document_unreachable', 'It does not answer.', 'Wait.');
      return new FakeBackend();
    };
    await shared.queue.enqueue(aJob({ attempts: 3, retryDelayMs: 5 }));
    await served();
    await vi.waitFor(() => expect(reports).toMatchObject([{ report: { outcome: 'healthy' } }]));
  });

  it('refuses variables that secrets.allow_env does not name', async () => {
    await worker.start();
    await shared.queue.enqueue(aJob({ entry: anOpenApiEntry({ auth_config: { type: 'bearer', token: '${HOME}' } }) }));
    await vi.waitFor(
      () => expect(reports).toMatchObject([{ report: { failure: { code: 'variable_refused' } } }]),
      patience,
    );
    expect(worker.loader.requests).toEqual([]);
  });

  it('retires what is disabled, closing the server', async () => {
    await worker.start();
    await shared.queue.enqueue(aJob());
    await served();
    await shared.table.putDirectory(aDirectoryRecord({ generation: 2, state: 'disabled' }));
    await vi.waitFor(() => expect(worker.loader.backends[0]?.isClosed).toBe(true), patience);
    expect(await routes()).toEqual([]);
    expect((await worker.post('weather/1/1', initialize)).status).toBe(421);
  });

  it('replaces a generation only once the next one is healthy', async () => {
    await worker.start();
    await shared.queue.enqueue(aJob());
    await served();
    let finish = (): void => undefined;
    worker.loader.loading = () => new Promise((resolve) => (finish = () => resolve(new FakeBackend())));
    await shared.table.putDirectory(aDirectoryRecord({ generation: 2 }));
    await shared.queue.enqueue(aJob({ generation: 2 }));
    await vi.waitFor(() => expect(worker.loader.requests).toHaveLength(2));
    expect((await worker.post('weather/1/1', initialize)).status).toBe(200);
    finish();
    await vi.waitFor(async () => expect((await routes()).map(({ generation }) => generation)).toEqual([2]), patience);
    await vi.waitFor(() => expect(worker.loader.backends[0]?.isClosed).toBe(true), patience);
  });

  it('keeps the old generation serving when a reload fails', async () => {
    await worker.start();
    await shared.queue.enqueue(aJob());
    await served();
    worker.loader.failWith(new LoadFailed('document_invalid', 'It is no OpenAPI document.', 'Mend it.'));
    await shared.table.putDirectory(aDirectoryRecord({ generation: 2 }));
    await shared.queue.enqueue(aJob({ generation: 2 }));
    await vi.waitFor(() => expect(reports).toHaveLength(2), patience);
    expect((await routes()).map(({ generation }) => generation)).toEqual([1]);
    expect((await worker.post('weather/1/1', initialize)).status).toBe(200);
  });

  it('that is full still takes the reload of what it serves', async () => {
    await worker.start({ 'worker.capacity': 1 });
    await shared.queue.enqueue(aJob());
    await served();
    await shared.table.putDirectory(aDirectoryRecord({ generation: 2 }));
    await shared.queue.enqueue(aJob({ generation: 2 }));
    await vi.waitFor(async () => expect((await routes()).map(({ generation }) => generation)).toEqual([2]), patience);
  });
});

describe('several workers', () => {
  it('load a job once, however often it is sent', async () => {
    await worker.start();
    const other = await join('worker-2');
    for (const each of [worker, other]) {
      each.loader.loading = async () => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return new FakeBackend();
      };
    }
    for (let count = 0; count < 8; count++) {
      await shared.queue.enqueue(aJob());
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await served();
    expect([...worker.loader.backends, ...other.loader.backends].filter((backend) => !backend.isClosed)).toHaveLength(
      1,
    );
    expect(worker.loader.requests.length + other.loader.requests.length).toBe(1);
  });

  it('hand over what one of them serves that leaves', async () => {
    await worker.start();
    await shared.queue.enqueue(aJob());
    await served();
    const other = await join('worker-2');
    const leaving = worker.close();
    await vi.waitFor(
      async () => expect(await routes()).toMatchObject([{ worker: 'worker-1', state: 'draining' }]),
      patience,
    );
    expect((await shared.table.read()).workers.find(({ incarnation }) => incarnation === 'worker-1')?.isDraining).toBe(
      true,
    );
    expect((await worker.post('weather/1/1', { jsonrpc: '2.0', id: 1, method: 'ping' })).status).not.toBe(421);
    await shared.queue.enqueue(aJob());
    await leaving;
    expect(await routes()).toMatchObject([{ worker: 'worker-2', state: 'healthy' }]);
    expect(worker.loader.backends[0]?.isClosed).toBe(true);
    expect(other.loader.backends[0]?.isClosed).toBe(false);
  });

  it('give back the job in hand of one that leaves', async () => {
    await worker.start();
    worker.loader.loading = () => new Promise(() => undefined);
    await shared.queue.enqueue(aJob());
    await vi.waitFor(() => expect(worker.loader.requests).toHaveLength(1), patience);
    await join('worker-2');
    await worker.close();
    await served();
    expect(await routes()).toMatchObject([{ worker: 'worker-2' }]);
    expect(reports.filter((report) => report.kind === 'replica' && report.report.outcome === 'failed')).toEqual([]);
  });
});

describe('a worker that leaves alone', () => {
  it('is gone at once, with all its routes', async () => {
    await worker.start();
    await shared.queue.enqueue(aJob());
    await served();
    await worker.close();
    expect(await shared.table.read()).toMatchObject({ workers: [], routes: [] });
    expect(worker.loader.backends[0]?.isClosed).toBe(true);
  });
});
