import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RouteView } from '../routing/route-view.js';
import { aReplicaReport, aServerEntry } from '../testing/builders.js';
import { aDocument, aRegistry, retryDefaults } from '../testing/registry-under-test.js';
import { aDirectoryRecord, aRouteRecord, aWorkerRecord } from '../testing/routing-builders.js';
import { directoryRecordOf } from './directory-record.js';
import { ReconcileDesiredState } from './reconcile.js';

let hub: ReturnType<typeof aRegistry>;
let view: RouteView;
let reconcile: ReconcileDesiredState;

beforeEach(async () => {
  hub = aRegistry();
  let next = 0;
  view = new RouteView(hub.routes, hub.clock, { leaseMs: 3_000, resyncMs: 30_000 });
  reconcile = new ReconcileDesiredState(
    hub.store,
    view,
    hub.messaging,
    { id: 'api-1', clock: hub.clock, ids: { next: () => `id-${(next += 1)}` }, log: hub.log },
    { retryDefaults, leaseMs: 6_000 },
  );
});
afterEach(() => view.close());

const kinds = async (): Promise<string[]> => (await reconcile.execute()).map((repair) => repair.kind);

/** One server that was published and runs as it should. */
async function aRunningServer(): Promise<void> {
  const { record } = await hub.publish.execute(aDocument());
  await hub.store.recordReport(aReplicaReport({ capabilitiesHash: 'caps' }), record);
  hub.routes.snapshot = {
    epoch: 'e',
    directory: [directoryRecordOf(record, 1)],
    workers: [aWorkerRecord()],
    routes: [aRouteRecord()],
  };
  hub.queue.jobs.length = 0;
  hub.routes.calls.length = 0;
}

describe('ReconcileDesiredState', () => {
  it('has nothing to do where all is well', async () => {
    await aRunningServer();
    expect(await kinds()).toEqual([]);
  });

  it('does nothing while another instance leads', async () => {
    await hub.publish.execute(aDocument());
    hub.routes.leads = false;
    expect(await kinds()).toEqual([]);
    expect(hub.routes.called('read')).toEqual([]);
  });

  it('enqueues what does not run', async () => {
    await aRunningServer();
    hub.routes.snapshot.routes = [];
    expect(await kinds()).toEqual(['load']);
    expect(hub.queue.jobs).toMatchObject([{ serverId: 'weather', generation: 1, replica: 1 }]);
  });

  it('lends the document again before the job that names it', async () => {
    await hub.publish.execute(aDocument({ openapi_config: { spec: 'openapi: 3.1.0' } }));
    hub.exchange.contents.clear();
    await reconcile.execute();
    expect(hub.exchange.contents.size).toBe(1);
    expect(hub.queue.jobs.at(-1)?.specHash).toBe([...hub.exchange.contents.keys()][0]);
  });

  it('writes the whole directory where the table has no epoch', async () => {
    await hub.publish.execute(aDocument());
    await hub.publish.execute(aDocument({ id: 'other', enabled: false }));
    hub.routes.snapshot = { epoch: undefined, directory: [], workers: [], routes: [] };
    await reconcile.execute();
    const [rewrite] = hub.routes.calls.filter(({ method }) => method === 'rewriteDirectory');
    expect(rewrite?.args).toMatchObject([[{ id: 'other', state: 'disabled' }, { id: 'weather' }], 'id-1']);
  });

  it('writes it again after a loss, however much its own copy still holds', async () => {
    await aRunningServer();
    await reconcile.execute();
    hub.routes.snapshot = { epoch: undefined, directory: [], workers: [], routes: [] };
    await reconcile.execute();
    expect(hub.routes.called('rewriteDirectory')).toHaveLength(1);
    expect(hub.queue.jobs).toEqual([]);
  });

  it('goes through stores of any size', async () => {
    for (let number = 0; number < 450; number++)
      await hub.publish.execute(aDocument({ id: `m-${number}`, enabled: false }));
    hub.routes.snapshot.epoch = undefined;
    await reconcile.execute();
    expect((hub.routes.called('rewriteDirectory')[0] as unknown[]).length).toBe(450);
  });

  it('forgets an old tombstone in the directory first', async () => {
    await aRunningServer();
    await hub.store.replace('weather', 1, {
      entry: aServerEntry(),
      desired: 'deleted',
      at: '2026-03-01T00:00:00.000Z',
    });
    await reconcile.execute();
    expect(hub.routes.calls.filter(({ method }) => method === 'dropDirectory').map(({ args }) => args)).toEqual([
      ['weather', 2],
    ]);
    expect(await hub.store.find('weather')).toBeUndefined();
  });

  it('keeps the tombstone while the directory can not be told', async () => {
    await aRunningServer();
    await hub.store.replace('weather', 1, {
      entry: aServerEntry(),
      desired: 'deleted',
      at: '2026-03-01T00:00:00.000Z',
    });
    hub.routes.failing.add('dropDirectory');
    await expect(reconcile.execute()).rejects.toThrow();
    expect(await hub.store.find('weather')).toBeDefined();
  });

  it('has workers retire what the store has never heard of', async () => {
    hub.routes.snapshot = {
      epoch: 'e',
      directory: [],
      workers: [aWorkerRecord()],
      routes: [aRouteRecord({ serverId: 'ghost', generation: 4 })],
    };
    await reconcile.execute();
    expect(hub.routes.called('putDirectory')).toMatchObject([{ id: 'ghost', generation: 5, state: 'deleted' }]);
  });

  it('does not take a server for an orphan that is published meanwhile', async () => {
    hub.routes.snapshot = { epoch: 'e', directory: [], workers: [aWorkerRecord()], routes: [aRouteRecord()] };
    const list = hub.store.list.bind(hub.store);
    hub.store.list = async (query) => {
      const page = await list(query);
      await hub.publish.execute(aDocument());
      hub.routes.calls.length = 0;
      return page;
    };
    expect(await kinds()).toEqual([]);
  });

  it('does not take a generation for a left-over that is written meanwhile', async () => {
    await aRunningServer();
    const list = hub.store.list.bind(hub.store);
    hub.store.list = async (query) => {
      const page = await list(query);
      const record = await hub.store.replace('weather', 1, { entry: aServerEntry(), desired: 'disabled', at: '' });
      hub.routes.emit({ kind: 'directory', record: directoryRecordOf(record, 2) });
      return page;
    };
    await view.start();
    expect(await kinds()).toEqual([]);
  });

  it('takes the place of a directory from a former store', async () => {
    await aRunningServer();
    hub.routes.snapshot.directory = [aDirectoryRecord({ generation: 12 })];
    expect(await kinds()).toEqual(['drop_directory', 'write_directory']);
  });

  it('collects the blobs that nothing names', async () => {
    await hub.publish.execute(aDocument({ openapi_config: { spec: 'openapi: 3.1.0' } }));
    await hub.blobs.put(new TextEncoder().encode('left over'));
    expect(await reconcile.collectBlobs()).toBe(1);
    expect(hub.blobs.contents.size).toBe(1);
  });
});
