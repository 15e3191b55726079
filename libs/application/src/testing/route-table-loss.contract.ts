import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RouteEvent, RouteTable } from '../ports/route-table.port.js';
import { expectUnavailable, type ServerUnderTest } from './dependency-harness.js';
import type { RouteTableHarness } from './route-table.contract.js';
import { aDirectoryRecord, aRouteKey, aRouteRecord, aWorkerRecord } from './routing-builders.js';

const longMs = 60_000;
const patience = { timeout: 10_000, interval: 20 };

/** For tables whose state is on a server that can be away, or lose everything. */
export type RouteTableLossHarness = RouteTableHarness & ServerUnderTest;

/** What a `RouteTable` over the network promises of a connection that drops, and of a server that lost everything. */
export function routeTableLossContract(name: string, makeHarness: () => Promise<RouteTableLossHarness>): void {
  describe(`${name} as a RouteTable that loses its server`, () => {
    let harness: RouteTableLossHarness;
    let table: RouteTable;
    let events: RouteEvent[];

    const told = (kind: RouteEvent['kind']) => events.filter((event) => event.kind === kind);

    beforeEach(async () => {
      harness = await makeHarness();
      table = harness.create();
      events = [];
      table.watch((event) => events.push(event));
      await table.start();
    });
    afterEach(() => harness.close());

    it('says once that it is connected, when it is', async () => {
      await vi.waitFor(() => expect(events).toEqual([{ kind: 'connected' }]), patience);
      expect(table.isConnected()).toBe(true);
    });

    it('throws within 2 s while its server is away', async () => {
      await harness.drop();
      const calls = {
        ping: () => table.ping(),
        read: () => table.read(),
        liveWorkers: () => table.liveWorkers(),
        putDirectory: () => table.putDirectory(aDirectoryRecord()),
        rewriteDirectory: () => table.rewriteDirectory([aDirectoryRecord()], 'epoch-1'),
        dropDirectory: () => table.dropDirectory('weather', 1),
        announceWorker: () => table.announceWorker(aWorkerRecord(), longMs),
        renewWorker: () => table.renewWorker('worker-1', longMs),
        retireWorker: () => table.retireWorker('worker-1'),
        putRoute: () => table.putRoute(aRouteRecord()),
        removeRoute: () => table.removeRoute(aRouteKey(), 'worker-1'),
        claim: () => table.claim(aRouteKey(), 'worker-1', longMs),
        releaseClaim: () => table.releaseClaim(aRouteKey(), 'worker-1'),
        lead: () => table.lead('reconciler', 'api-1', longMs),
      };
      await expectUnavailable('routes', 2_500, calls);
    });

    it('does not do later what it refused while its server was away', async () => {
      await harness.drop();
      await expectUnavailable('routes', 2_500, { put: () => table.putDirectory(aDirectoryRecord()) });
      await harness.restore();
      await vi.waitFor(() => table.ping(), patience);
      expect((await table.read()).directory).toEqual([]);
    });

    it('tells its watchers once that the connection is lost', async () => {
      await harness.drop();
      await vi.waitFor(() => expect(told('disconnected')).toHaveLength(1), patience);
      expect(table.isConnected()).toBe(false);
      await expectUnavailable('routes', 2_500, { ping: () => table.ping() });
      expect(told('disconnected')).toHaveLength(1);
    });

    it('works again when its server is back', async () => {
      await table.putDirectory(aDirectoryRecord());
      await harness.drop();
      await vi.waitFor(() => expect(table.isConnected()).toBe(false), patience);
      await harness.restore();
      await vi.waitFor(() => expect(table.isConnected()).toBe(true), patience);
      expect(await table.putDirectory(aDirectoryRecord({ revision: 2 }))).toBe(true);
      expect((await table.read()).directory).toEqual([aDirectoryRecord({ revision: 2 })]);
    });

    it('tells its watchers once that the connection is back, and misses nothing from then on', async () => {
      await harness.drop();
      await vi.waitFor(() => expect(told('disconnected')).toHaveLength(1), patience);
      const isBack = new Promise<void>((resolve) => {
        table.watch((event) => {
          if (event.kind === 'connected') resolve();
        });
      });
      events.length = 0;
      await harness.restore();
      await isBack;
      await table.putDirectory(aDirectoryRecord());
      await vi.waitFor(() => expect(told('directory')).toHaveLength(1), patience);
      expect(told('connected')).toHaveLength(1);
    });

    it('survives one drop after the other', async () => {
      for (let drops = 1; drops <= 3; drops++) {
        await harness.drop();
        await vi.waitFor(() => expect(told('disconnected')).toHaveLength(drops), patience);
        await harness.restore();
        await vi.waitFor(() => expect(told('connected')).toHaveLength(drops + 1), patience);
      }
      await expect(table.ping()).resolves.toBeUndefined();
    });

    it('starts as soon as its server is there', async () => {
      await harness.drop();
      const late = harness.create();
      let isStarted = false;
      const started = late.start().then(() => (isStarted = true));
      await expectUnavailable('routes', 2_500, { ping: () => late.ping() });
      expect(isStarted).toBe(false);
      await harness.restore();
      await started;
      expect(late.isConnected()).toBe(true);
    });

    it('gives up starting when it is closed', async () => {
      await harness.drop();
      const late = harness.create();
      const started = late.start().then(
        () => 'started',
        () => 'gave up',
      );
      await late.close();
      expect(await started).toBe('gave up');
    });

    it('closes while its server is away', async () => {
      await harness.drop();
      await expect(table.close()).resolves.toBeUndefined();
    });

    it('knows nothing when its server lost everything', async () => {
      await table.rewriteDirectory([aDirectoryRecord()], 'epoch-1');
      await table.announceWorker(aWorkerRecord(), longMs);
      await table.putRoute(aRouteRecord());
      await harness.lose();
      expect(await table.renewWorker('worker-1', longMs)).toBe(false);
      expect(await table.read()).toEqual({ epoch: undefined, directory: [], workers: [], routes: [] });
    });

    it('takes everything again when its server lost everything', async () => {
      await table.announceWorker(aWorkerRecord(), longMs);
      await table.putRoute(aRouteRecord());
      await harness.lose();
      await table.announceWorker(aWorkerRecord(), longMs);
      expect(await table.putRoute(aRouteRecord())).toBe(true);
      await table.rewriteDirectory([aDirectoryRecord()], 'epoch-2');
      expect(await table.read()).toEqual({
        epoch: 'epoch-2',
        directory: [aDirectoryRecord()],
        workers: [aWorkerRecord()],
        routes: [aRouteRecord()],
      });
      await table.retireWorker('worker-1');
      expect(await table.read()).toMatchObject({ workers: [], routes: [] });
    });

    it('tells its watchers of changes after its server lost everything', async () => {
      await harness.lose();
      await table.putDirectory(aDirectoryRecord());
      await vi.waitFor(() => expect(told('directory')).toHaveLength(1), patience);
    });
  });
}
