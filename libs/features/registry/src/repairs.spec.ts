import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  AnnounceDesiredState,
  ApplyReport,
  ChangeDesiredState,
  Clock,
  hostedKey,
  PublishServer,
  ReadServers,
  ReconcileDesiredState,
  RouteView,
  StoreEntry,
  tombstoneMs,
  type Consumer,
  type DesiredChange,
  type Messaging,
} from '@mcp-hub/application';
import { aDocument, FakeBackend, RecordingLog } from '@mcp-hub/application/testing';
import { LoadFailed } from '@mcp-hub/domain';
import { RandomIds } from '@mcp-hub/platform';
import { openSqlite, SqliteBlobStore, SqliteRegistryStore } from '@mcp-hub/store-sqlite';
import {
  ForgetfulServer,
  Loss,
  LossyBlobExchange,
  LossyLoadQueue,
  LossyRouteTable,
  messageKinds,
  type MessageKind,
} from '../test/lossy-adapters.js';
import { TestWorker } from '../test/test-worker.js';

const leaseMs = 120;
const patience = { timeout: 8_000, interval: 30 };

class ShiftableClock extends Clock {
  shiftedByMs = 0;
  now(): number {
    return Date.now() + this.shiftedByMs;
  }
}

/** A hub of real use cases over SQLite and in-process adapters that lose what the test says. */
class Hub {
  readonly clock = new ShiftableClock();
  readonly loss = new Loss();
  readonly log = new RecordingLog();
  readonly server = new ForgetfulServer(this.clock);
  readonly routes = new LossyRouteTable(this.server, this.loss);
  readonly queue = new LossyLoadQueue(this.loss);
  readonly exchange = new LossyBlobExchange(this.clock, this.loss);
  readonly view = new RouteView(this.routes, this.clock, { leaseMs, resyncMs: leaseMs });
  readonly workers: TestWorker[] = [];
  private readonly database = openSqlite({ url: ':memory:' });
  readonly store = new SqliteRegistryStore(this.database);
  readonly blobs = new SqliteBlobStore(this.database, this.clock);
  private readonly messaging: Messaging = {
    routes: this.routes,
    queue: this.queue,
    blobs: this.blobs,
    exchange: this.exchange,
  };
  private readonly retries = { attempts: 1, delayMs: 5 };
  private readonly announce = new AnnounceDesiredState(this.messaging, this.clock, this.retries, this.log);
  readonly publish = new PublishServer(
    this.store,
    new StoreEntry(this.blobs, undefined, () => []),
    this.announce,
    this.clock,
  );
  readonly change = new ChangeDesiredState(this.store, this.announce, this.clock);
  readonly servers = new ReadServers(this.store, this.blobs, this.view);
  readonly reconciler = this.makeReconciler('api-1');
  private consumer: Consumer | undefined;
  private readonly killed: Promise<void>[] = [];

  async start(): Promise<void> {
    await Promise.all([this.store.start(), this.blobs.start()]);
    await this.view.start();
    await this.takeReports();
    await this.reconciler.execute();
    await this.join('worker-1');
  }

  async takeReports(): Promise<void> {
    const applyReport = new ApplyReport(this.store, this.messaging, this.clock, this.retries, this.log);
    this.consumer = await this.queue.consumeReports((report) => applyReport.execute(report));
  }

  makeReconciler(id: string, view = this.view): ReconcileDesiredState {
    return new ReconcileDesiredState(
      this.store,
      view,
      this.messaging,
      { id, clock: this.clock, ids: new RandomIds(), log: this.log },
      { retryDefaults: this.retries, leaseMs: 50 },
    );
  }

  async join(incarnation: string): Promise<TestWorker> {
    const { queue, exchange, clock } = this;
    const routes = new LossyRouteTable(this.server, this.loss);
    const worker = new TestWorker(incarnation, { routes, queue, exchange, clock }, leaseMs);
    this.workers.push(worker);
    await worker.start();
    return worker;
  }

  /** As by SIGKILL: it neither renews its lease nor answers any more. */
  kill(worker: TestWorker): void {
    this.workers.splice(this.workers.indexOf(worker), 1);
    this.killed.push(worker.die().then(() => worker.stop()));
  }

  /** What the workers really run, all together. */
  get running(): string[] {
    return this.workers.flatMap((worker) => worker.running).sort();
  }

  /** Nothing is left of what was published. */
  async throwStoreAway(): Promise<void> {
    for (const { id, generation, entry } of await this.store.list({ limit: 100 })) {
      await this.store.replace(id, generation, { entry, desired: 'deleted', at: '2020-01-01T00:00:00Z' });
      await this.store.purge(id, generation + 1);
    }
  }

  /** Passes of the reconciler, until what users see is as it should be and nothing is left to repair. */
  async becomesWell(id = 'weather'): Promise<void> {
    await vi.waitFor(async () => {
      const repairs = await this.reconciler.execute();
      const { record, status, capabilities } = await this.servers.details(id, { includeSpec: false });
      const isEnabled = record.desired === 'enabled';
      expect(status.status).toBe(isEnabled ? 'healthy' : 'disabled');
      expect(this.running).toEqual(
        isEnabled ? [hostedKey({ serverId: id, generation: record.generation, replica: 1 })] : [],
      );
      expect(this.view.servingRoutes(id).map((route) => hostedKey(route))).toEqual(this.running);
      expect(this.view.directoryRecord(id)).toMatchObject({ generation: record.generation, state: record.desired });
      expect(this.view.directoryRecord(id)?.failure).toBeUndefined();
      if (isEnabled) expect(capabilities?.tools).toHaveLength(1);
      expect(repairs).toEqual([]);
    }, patience);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.workers.map((worker) => worker.stop()), ...this.killed]);
    await this.consumer?.close();
    await this.queue.close();
    this.view.close();
    await Promise.all([this.store.close(), this.blobs.close()]);
  }
}

let hub: Hub;

beforeEach(async () => {
  hub = new Hub();
  await hub.start();
});
afterEach(() => hub.stop());

const document = () => aDocument({ openapi_config: { spec: { openapi: '3.1.0', paths: {} } } });
const publish = () => hub.publish.execute(document());
const worker = (): TestWorker => hub.workers[0] as TestWorker;

const change = (what: DesiredChange) => () => hub.change.execute('weather', what);

interface Scenario {
  name: string;
  /** The messages that are lost in turn. */
  kinds: MessageKind[];
  before?: () => Promise<void>;
  act: () => Promise<unknown>;
}

const runs = async (): Promise<void> => {
  await publish();
  await hub.becomesWell();
};

const scenarios: Scenario[] = [
  {
    name: 'a server is published',
    kinds: [
      'directory_write',
      'load_job',
      'healthy_report',
      'document',
      'capabilities',
      'route_write',
      'claim_release',
      'directory_event',
      'route_event',
    ],
    act: publish,
  },
  {
    name: 'its document was missed',
    kinds: ['blob_missing_report'],
    before: async () => hub.loss.arm('document'),
    act: publish,
  },
  {
    name: 'a server is reloaded',
    kinds: [
      'directory_write',
      'load_job',
      'healthy_report',
      'route_write',
      'route_removal',
      'claim_release',
      'directory_event',
      'route_event',
    ],
    before: runs,
    act: change('reload'),
  },
  {
    name: 'a server is disabled',
    kinds: ['directory_write', 'directory_event', 'route_removal', 'route_event'],
    before: runs,
    act: change('disable'),
  },
  {
    name: 'a server ends by itself',
    kinds: ['failed_report', 'route_removal', 'route_event'],
    before: runs,
    act: async () => {
      worker()
        .loader.backends.at(-1)
        ?.exit(new LoadFailed('crashed', 'It crashed.', 'Look.'));
      await vi.waitFor(() => expect(worker().log.named('server.ended')).toHaveLength(1));
      hub.clock.shiftedByMs += 61_000;
    },
  },
  { name: 'a worker joins', kinds: ['worker_event'], before: runs, act: () => hub.join('worker-2') },
];
const cases = scenarios.flatMap(({ kinds, ...scenario }) => kinds.map((kind) => ({ ...scenario, kind })));

describe('a message that is lost', () => {
  it.each(cases)('is made up for: $kind, when $name', async ({ kind, before, act }) => {
    await before?.();
    // An event goes to the registry and to the worker.
    hub.loss.arm(kind, kind.endsWith('_event') ? 2 : 1);
    await act();
    await vi.waitFor(() => expect(hub.loss.lost).toContain(kind), patience);
    await hub.becomesWell();
  });

  it('is made up for when many are', async () => {
    for (const kind of messageKinds) hub.loss.arm(kind, 2);
    await publish();
    await hub.becomesWell();
  });
});

describe('what is lost with its owner', () => {
  it('is loaded elsewhere: a worker that was killed', async () => {
    await runs();
    await hub.join('worker-2');
    hub.kill(worker());
    await hub.becomesWell();
    expect(hub.running).toEqual(['weather/1/1']);
  });

  it('is written again: all that the route table held', async () => {
    await runs();
    hub.server.forget();
    await hub.becomesWell();
    expect(worker().loader.requests).toHaveLength(1);
    expect((await hub.routes.read()).epoch).toBeDefined();
  });

  it('comes back also to a registry that was started after the loss', async () => {
    await runs();
    hub.server.forget();
    const view = new RouteView(hub.routes, hub.clock, { leaseMs, resyncMs: leaseMs });
    await view.start();
    await hub.makeReconciler('api-2', view).execute();
    await hub.becomesWell();
    view.close();
  });

  it('is sent again: all jobs that waited in the queue', async () => {
    await worker().stop();
    await publish();
    await hub.queue.close();
    await hub.queue.start();
    await hub.takeReports();
    await hub.join('worker-2');
    await hub.becomesWell();
  });
});

describe('what the store knows nothing of', () => {
  it('is retired, then forgotten', async () => {
    await runs();
    await hub.throwStoreAway();
    await vi.waitFor(async () => {
      await hub.reconciler.execute();
      expect(hub.running).toEqual([]);
      expect(hub.view.directoryRecord('weather')?.state).toBe('deleted');
    }, patience);
    hub.clock.shiftedByMs += tombstoneMs + 1_000;
    await vi.waitFor(async () => {
      await hub.reconciler.execute();
      expect((await hub.routes.read()).directory).toEqual([]);
    }, patience);
  });

  it('does not keep an id from being used again', async () => {
    await runs();
    await hub.change.execute('weather', 'delete');
    await vi.waitFor(() => expect(hub.running).toEqual([]), patience);
    hub.clock.shiftedByMs += tombstoneMs + 1_000;
    await hub.reconciler.execute();
    expect(await hub.store.find('weather')).toBeUndefined();
    const { record } = await publish();
    expect(record.generation).toBe(1);
    await hub.becomesWell();
  });

  it('gives way: a directory of a store that was thrown away', async () => {
    await runs();
    for (let count = 0; count < 3; count++) await hub.change.execute('weather', 'reload');
    await hub.becomesWell();
    await hub.throwStoreAway();
    await publish();
    await vi.waitFor(async () => {
      await hub.reconciler.execute();
      expect(hub.view.directoryRecord('weather')).toMatchObject({ generation: 1 });
      expect(hub.view.servingRoutes('weather').map((route) => route.generation)).toEqual([1]);
    }, patience);
  });
});

describe('a generation that does not come up', () => {
  const bad = new LoadFailed('document_invalid', 'It is no OpenAPI document.', 'Mend it.');

  it('leaves the last healthy one serving', async () => {
    await runs();
    worker().loader.failWith(bad);
    await hub.change.execute('weather', 'reload');
    await vi.waitFor(async () => {
      await hub.reconciler.execute();
      expect(hub.view.directoryRecord('weather')?.failure?.code).toBe('document_invalid');
    }, patience);
    expect(await hub.reconciler.execute()).toEqual([]);
    expect(hub.running).toEqual(['weather/1/1']);
    expect((await hub.servers.details('weather', { includeSpec: false })).status).toMatchObject({
      status: 'healthy',
      failure: { code: 'document_invalid' },
    });
  });

  it('has the last healthy one loaded when its worker dies', async () => {
    await runs();
    const other = await hub.join('worker-2');
    for (const each of [worker(), other]) {
      each.loader.loading = ({ generation }) =>
        generation === 1 ? Promise.resolve(new FakeBackend()) : Promise.reject(bad);
    }
    await hub.change.execute('weather', 'reload');
    await vi.waitFor(() => expect(hub.view.directoryRecord('weather')?.failure).toBeDefined(), patience);
    hub.kill(worker());
    await vi.waitFor(async () => {
      await hub.reconciler.execute();
      expect(other.running).toEqual(['weather/1/1']);
    }, patience);
  });

  it('is left alone until its time has come', async () => {
    worker().loader.failWith(new LoadFailed('document_unreachable', 'It does not answer.', 'See.'));
    await publish();
    await vi.waitFor(() => expect(hub.view.directoryRecord('weather')?.failure).toBeDefined(), patience);
    const tries = worker().loader.requests.length;
    for (let count = 0; count < 5; count++) await hub.reconciler.execute();
    expect(worker().loader.requests).toHaveLength(tries);
    worker().loader.loading = () => Promise.resolve(new FakeBackend());
    hub.clock.shiftedByMs += 61_000;
    await hub.becomesWell();
  });
});

describe('two registries at once', () => {
  it('give one load for each generation', async () => {
    const view = new RouteView(hub.routes, hub.clock, { leaseMs, resyncMs: leaseMs });
    await view.start();
    await hub.join('worker-2');
    for (const each of hub.workers) {
      each.loader.loading = async () => {
        await new Promise((resolve) => setTimeout(resolve, 40));
        return new FakeBackend();
      };
    }
    hub.routes.everybodyLeads = true;
    const other = hub.makeReconciler('api-2', view);
    await publish();
    for (let count = 0; count < 8; count++) {
      await Promise.all([hub.reconciler.execute(), other.execute()]);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await hub.becomesWell();
    const backends = hub.workers.flatMap((each) => each.loader.backends);
    expect([backends.length, backends.filter((backend) => !backend.isClosed).length]).toEqual([1, 1]);
    view.close();
  });
});
