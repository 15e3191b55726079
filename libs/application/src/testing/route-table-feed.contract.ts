import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RouteEvent, RouteTable } from '../ports/route-table.port.js';
import type { RouteTableHarness } from './route-table.contract.js';
import { aDirectoryRecord, aRouteKey, aRouteRecord, aWorkerRecord } from './routing-builders.js';

const longMs = 60_000;
const patience = { timeout: 5_000, interval: 10 };

/** What every `RouteTable` promises of its change feed. */
export function routeTableFeedContract(name: string, makeHarness: () => Promise<RouteTableHarness>): void {
  describe(`${name} as a RouteTable's change feed`, () => {
    let harness: RouteTableHarness;
    let table: RouteTable;
    let events: RouteEvent[];
    let stop: () => void;

    beforeEach(async () => {
      harness = await makeHarness();
      const watched = harness.create();
      table = harness.create();
      await watched.start();
      await table.start();
      events = [];
      stop = watched.watch((event) => events.push(event));
    });
    afterEach(() => harness.close());

    /** All events up to now: a marker is written and waited for, since order holds only per key. */
    async function eventsSoFar(): Promise<RouteEvent[]> {
      await table.putDirectory(aDirectoryRecord({ id: 'the-marker' }));
      const isMarker = (event: RouteEvent) => event.kind === 'directory' && event.record.id === 'the-marker';
      await vi.waitFor(() => expect(events.some(isMarker)).toBe(true), patience);
      return events.filter((event) => !isMarker(event));
    }

    it('is connected after the start', () => {
      expect(table.isConnected()).toBe(true);
    });

    it('is not connected before the start and after the end', async () => {
      const late = harness.create();
      if (late !== table) expect(late.isConnected()).toBe(false);
      await table.close();
      expect(table.isConnected()).toBe(false);
    });

    it('tells of a directory record', async () => {
      await table.putDirectory(aDirectoryRecord());
      expect(await eventsSoFar()).toEqual([{ kind: 'directory', record: aDirectoryRecord() }]);
    });

    it('tells of no directory record that was refused', async () => {
      await table.putDirectory(aDirectoryRecord({ generation: 2 }));
      await table.putDirectory(aDirectoryRecord({ generation: 1 }));
      expect(await eventsSoFar()).toEqual([{ kind: 'directory', record: aDirectoryRecord({ generation: 2 }) }]);
    });

    it('tells of a rewritten directory before its epoch', async () => {
      await table.rewriteDirectory([aDirectoryRecord({ id: 'a' }), aDirectoryRecord({ id: 'b' })], 'epoch-1');
      expect(await eventsSoFar()).toEqual([
        { kind: 'directory', record: aDirectoryRecord({ id: 'a' }) },
        { kind: 'directory', record: aDirectoryRecord({ id: 'b' }) },
        { kind: 'epoch', epoch: 'epoch-1' },
      ]);
    });

    it('tells of a worker that announces itself', async () => {
      await table.announceWorker(aWorkerRecord(), longMs);
      expect(await eventsSoFar()).toEqual([{ kind: 'worker', record: aWorkerRecord() }]);
    });

    it('tells of no renewals', async () => {
      await table.announceWorker(aWorkerRecord(), longMs);
      await table.renewWorker('worker-1', longMs);
      expect(await eventsSoFar()).toHaveLength(1);
    });

    it('tells of no lease that ran out', async () => {
      await table.announceWorker(aWorkerRecord(), 30);
      await vi.waitFor(async () => expect((await table.liveWorkers()).size).toBe(0), patience);
      await table.read();
      expect(await eventsSoFar()).toEqual([{ kind: 'worker', record: aWorkerRecord() }]);
    });

    it('tells of a retired worker with its routes', async () => {
      await table.announceWorker(aWorkerRecord(), longMs);
      await table.putRoute(aRouteRecord());
      await eventsSoFar();
      events.length = 0;
      await table.retireWorker('worker-1');
      await vi.waitFor(() => expect(events).toHaveLength(2), patience);
      expect(events).toEqual(
        expect.arrayContaining([
          { kind: 'route_gone', key: aRouteKey(), worker: 'worker-1' },
          { kind: 'worker_gone', incarnation: 'worker-1' },
        ]),
      );
    });

    it('tells of a route', async () => {
      await table.putRoute(aRouteRecord());
      expect(await eventsSoFar()).toEqual([{ kind: 'route', route: aRouteRecord() }]);
    });

    it('tells of no route that was refused', async () => {
      await table.announceWorker(aWorkerRecord(), longMs);
      await table.putRoute(aRouteRecord());
      await table.putRoute(aRouteRecord({ worker: 'worker-2' }));
      expect((await eventsSoFar()).filter((event) => event.kind === 'route')).toEqual([
        { kind: 'route', route: aRouteRecord() },
      ]);
    });

    it('tells of a removed route', async () => {
      await table.putRoute(aRouteRecord());
      await table.removeRoute(aRouteKey(), 'worker-1');
      expect((await eventsSoFar()).at(-1)).toEqual({ kind: 'route_gone', key: aRouteKey(), worker: 'worker-1' });
    });

    it('tells of nothing where nothing was removed', async () => {
      await table.removeRoute(aRouteKey(), 'worker-1');
      await table.retireWorker('worker-1');
      await table.claim(aRouteKey(), 'worker-1', longMs);
      await table.releaseClaim(aRouteKey(), 'worker-1');
      expect(await eventsSoFar()).toEqual([]);
    });

    it('keeps the order of one key', async () => {
      const revisions = Array.from({ length: 50 }, (_, index) => index + 1);
      await Promise.all(revisions.map((revision) => table.putDirectory(aDirectoryRecord({ revision }))));
      const told = (await eventsSoFar()).flatMap((event) =>
        event.kind === 'directory' ? [event.record.revision] : [],
      );
      expect(told.at(-1)).toBe(50);
      expect(told).toEqual([...told].sort((a, b) => a - b));
    });

    it('tells every watcher', async () => {
      const more: RouteEvent[] = [];
      table.watch((event) => more.push(event));
      await table.putDirectory(aDirectoryRecord());
      await vi.waitFor(() => expect(more).toHaveLength(1), patience);
      expect(await eventsSoFar()).toHaveLength(1);
    });

    it('tells nothing to a watcher that stopped', async () => {
      const more: RouteEvent[] = [];
      table.watch((event) => more.push(event));
      stop();
      await table.putDirectory(aDirectoryRecord());
      await vi.waitFor(() => expect(more).toHaveLength(1), patience);
      expect(events).toEqual([]);
    });

    it('hands out records that nobody else holds', async () => {
      const record = aDirectoryRecord();
      await table.putDirectory(record);
      record.name = 'changed by the writer';
      const [read] = (await table.read()).directory;
      expect(read?.name).toBe('weather server');
      if (read) read.name = 'changed by a reader';
      expect((await table.read()).directory[0]?.name).toBe('weather server');
    });
  });
}
