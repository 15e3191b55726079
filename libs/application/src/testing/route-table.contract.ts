import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RouteTable } from '../ports/route-table.port.js';
import { builtAt } from './builders.js';
import { repeatedly } from './repeatedly.js';
import { aDirectoryRecord, aRouteKey, aRouteRecord, aWorkerRecord } from './routing-builders.js';

/** One empty route table for one test. */
export interface RouteTableHarness {
  /** A client of that table, not started. In one process it may be the same one every time. */
  create(): RouteTable;
  /** Closes all clients, and forgets the table. */
  close(): Promise<void>;
}

/** Longer than a test runs. */
const longMs = 60_000;
/** Short, but long enough to do something before it is over. */
const shortMs = 500;
const patience = { timeout: 5_000, interval: 10 };

/** What every `RouteTable` promises of its records; `routeTableClaimContract` and `routeTableFeedContract` are the rest. */
export function routeTableContract(name: string, makeHarness: () => Promise<RouteTableHarness>): void {
  describe(`${name} as a RouteTable`, () => {
    let harness: RouteTableHarness;
    let table: RouteTable;
    let other: RouteTable;

    beforeEach(async () => {
      harness = await makeHarness();
      table = harness.create();
      other = harness.create();
      await table.start();
      await other.start();
    });
    afterEach(() => harness.close());

    it('answers a ping', async () => {
      await expect(table.ping()).resolves.toBeUndefined();
    });

    it('starts again without harm', async () => {
      await table.start();
      await expect(table.putDirectory(aDirectoryRecord())).resolves.toBe(true);
    });

    it('closes again without harm', async () => {
      await table.close();
      await expect(table.close()).resolves.toBeUndefined();
    });

    it('is empty at first', async () => {
      expect(await table.read()).toEqual({ epoch: undefined, directory: [], workers: [], routes: [] });
    });

    describe('directory', () => {
      it('gives every client all fields of a record', async () => {
        const record = aDirectoryRecord({
          failure: {
            code: 'module_error',
            message: 'No "createServer" in it: ☂',
            remedy: 'Export one.',
            since: '2026-01-02T03:04:05.000Z',
            stage: 'loading',
          },
          limits: {},
        });
        expect(await table.putDirectory(record)).toBe(true);
        expect((await other.read()).directory).toEqual([record]);
      });

      const older = aDirectoryRecord({ generation: 3, revision: 5 });
      it.each([
        ['a larger generation', { generation: 4, revision: 1 }],
        ['a larger revision of the same generation', { generation: 3, revision: 6 }],
        ['a record as new', { generation: 3, revision: 5 }],
      ])('replaces a record by one of %s', async (_, order) => {
        await table.putDirectory(older);
        const newer = aDirectoryRecord({ ...order, state: 'disabled' });
        expect(await table.putDirectory(newer)).toBe(true);
        expect((await table.read()).directory).toEqual([newer]);
      });

      it.each([
        ['a smaller generation', { generation: 2, revision: 9 }],
        ['a smaller revision of the same generation', { generation: 3, revision: 4 }],
      ])('refuses %s, changing nothing', async (_, order) => {
        await table.putDirectory(older);
        expect(await table.putDirectory(aDirectoryRecord({ ...order, state: 'disabled' }))).toBe(false);
        expect((await table.read()).directory).toEqual([older]);
      });

      it('ends at the newest of concurrent writes', async () => {
        const revisions = Array.from({ length: 20 }, (_, index) => (index * 7) % 20);
        await Promise.all(
          revisions.map((revision, index) =>
            (index % 2 ? table : other).putDirectory(aDirectoryRecord({ revision, name: `name ${revision}` })),
          ),
        );
        expect((await table.read()).directory).toEqual([aDirectoryRecord({ revision: 19, name: 'name 19' })]);
      });

      it('rewrites all records and sets the epoch', async () => {
        const records = Array.from({ length: 250 }, (_, index) => aDirectoryRecord({ id: `server-${index}` }));
        await table.rewriteDirectory(records, 'epoch-1');
        const snapshot = await other.read();
        expect(snapshot.epoch).toBe('epoch-1');
        expect(new Map(snapshot.directory.map((record) => [record.id, record]))).toEqual(
          new Map(records.map((record) => [record.id, record])),
        );
      });

      it('rewrites nothing that is newer', async () => {
        const newer = aDirectoryRecord({ generation: 7 });
        await table.putDirectory(newer);
        await table.rewriteDirectory([aDirectoryRecord({ generation: 6 })], 'epoch-2');
        expect(await table.read()).toMatchObject({ epoch: 'epoch-2', directory: [newer] });
      });

      it('sets an epoch where there are no records', async () => {
        await table.rewriteDirectory([], 'epoch-3');
        expect(await table.read()).toMatchObject({ epoch: 'epoch-3', directory: [] });
      });

      it('drops a record at its generation only', async () => {
        await table.putDirectory(aDirectoryRecord({ generation: 2 }));
        await table.dropDirectory('weather', 1);
        expect((await table.read()).directory).toHaveLength(1);
        await table.dropDirectory('weather', 2);
        expect((await table.read()).directory).toEqual([]);
      });

      it('drops what is not there without harm', async () => {
        await expect(table.dropDirectory('nothing', 1)).resolves.toBeUndefined();
      });
    });

    describe('workers', () => {
      it('lists an announced worker with all its fields', async () => {
        await table.announceWorker(aWorkerRecord(), longMs);
        expect((await other.read()).workers).toEqual([aWorkerRecord()]);
        expect(await other.liveWorkers()).toEqual(new Set(['worker-1']));
      });

      it('lists a worker without a url or loaders', async () => {
        const { url: _, ...local } = aWorkerRecord({ loaders: [] });
        await table.announceWorker(local, longMs);
        expect((await table.read()).workers).toEqual([local]);
      });

      it('changes a worker that announces itself again', async () => {
        await table.announceWorker(aWorkerRecord(), longMs);
        await table.announceWorker(aWorkerRecord({ isDraining: true }), longMs);
        expect((await table.read()).workers).toEqual([aWorkerRecord({ isDraining: true })]);
      });

      it('forgets a worker whose lease ran out', async () => {
        await table.announceWorker(aWorkerRecord(), shortMs);
        await table.announceWorker(aWorkerRecord({ incarnation: 'worker-2' }), longMs);
        expect(await table.liveWorkers()).toEqual(new Set(['worker-1', 'worker-2']));
        await vi.waitFor(async () => {
          expect(await table.liveWorkers()).toEqual(new Set(['worker-2']));
        }, patience);
        expect((await table.read()).workers).toEqual([aWorkerRecord({ incarnation: 'worker-2' })]);
      });

      it('keeps a worker that renews beyond its first lease', async () => {
        await table.announceWorker(aWorkerRecord(), shortMs);
        await repeatedly(2 * shortMs, async () => {
          expect(await table.renewWorker('worker-1', shortMs)).toBe(true);
        });
        expect(await table.liveWorkers()).toEqual(new Set(['worker-1']));
      });

      it('does not renew a worker that it does not know', async () => {
        expect(await table.renewWorker('worker-1', longMs)).toBe(false);
        expect(await table.liveWorkers()).toEqual(new Set());
      });

      it('does not renew a worker whose lease ran out, until it is announced again', async () => {
        await table.announceWorker(aWorkerRecord(), 50);
        await vi.waitFor(async () => {
          expect(await table.liveWorkers()).toEqual(new Set());
        }, patience);
        expect(await table.renewWorker('worker-1', longMs)).toBe(false);
        await table.announceWorker(aWorkerRecord(), longMs);
        expect(await table.renewWorker('worker-1', longMs)).toBe(true);
      });

      it('retires a worker with its lease, routes and claims', async () => {
        await table.announceWorker(aWorkerRecord(), longMs);
        await table.putRoute(aRouteRecord());
        await table.putRoute(aRouteRecord({ replica: 2 }));
        await table.claim(aRouteKey({ replica: 3 }), 'worker-1', longMs);
        await table.retireWorker('worker-1');
        expect(await other.read()).toMatchObject({ workers: [], routes: [] });
        expect(await other.liveWorkers()).toEqual(new Set());
        expect(await other.renewWorker('worker-1', longMs)).toBe(false);
        expect(await other.claim(aRouteKey({ replica: 3 }), 'worker-2', longMs)).toBe('granted');
      });

      it('leaves what is others’ when it retires a worker', async () => {
        await table.announceWorker(aWorkerRecord({ incarnation: 'worker-2' }), longMs);
        await table.putRoute(aRouteRecord());
        const taken = aRouteRecord({ worker: 'worker-2' });
        await table.putRoute(taken);
        await table.claim(aRouteKey({ replica: 2 }), 'worker-1', longMs);
        await table.releaseClaim(aRouteKey({ replica: 2 }), 'worker-1');
        await table.claim(aRouteKey({ replica: 2 }), 'worker-2', longMs);
        await table.retireWorker('worker-1');
        expect(await table.read()).toMatchObject({ workers: [{ incarnation: 'worker-2' }], routes: [taken] });
        expect(await table.claim(aRouteKey({ replica: 2 }), 'worker-3', longMs)).toBe('held');
      });

      it('retires an unknown worker without harm', async () => {
        await expect(table.retireWorker('worker-9')).resolves.toBeUndefined();
      });

      it('retires the routes of a worker whose lease ran out', async () => {
        await table.announceWorker(aWorkerRecord(), 50);
        await table.putRoute(aRouteRecord());
        await vi.waitFor(async () => {
          expect((await table.read()).workers).toEqual([]);
        }, patience);
        await table.retireWorker('worker-1');
        expect((await table.read()).routes).toEqual([]);
      });
    });

    describe('routes', () => {
      beforeEach(() => table.announceWorker(aWorkerRecord(), longMs));

      it('gives every client all fields of a route', async () => {
        const local = aRouteRecord({ replica: 2, target: { kind: 'local', handle: 'handle-1' } });
        const failure = {
          code: 'upstream_unreachable' as const,
          message: 'It does not answer.',
          remedy: 'Read its log.',
          since: builtAt,
          stage: 'calls',
          nextRetryAt: builtAt,
        };
        const degraded = aRouteRecord({ replica: 3, state: 'degraded', failure });
        for (const route of [aRouteRecord(), local, degraded]) expect(await table.putRoute(route)).toBe(true);
        expect((await other.read()).routes).toEqual(expect.arrayContaining([aRouteRecord(), local, degraded]));
      });

      it('keeps apart what differs in server, generation or replica', async () => {
        const keys = [
          { serverId: 'a', generation: 1, replica: 11 },
          { serverId: 'a', generation: 11, replica: 1 },
        ];
        for (const key of [...keys, { serverId: 'b', generation: 1, replica: 11 }]) {
          await table.putRoute(aRouteRecord(key));
        }
        expect((await table.read()).routes).toHaveLength(3);
      });

      it('changes a route of the same worker', async () => {
        await table.putRoute(aRouteRecord());
        expect(await table.putRoute(aRouteRecord({ state: 'degraded' }))).toBe(true);
        expect((await table.read()).routes).toEqual([aRouteRecord({ state: 'degraded' })]);
      });

      it('does not take a route from another live worker', async () => {
        await table.putRoute(aRouteRecord());
        expect(await table.putRoute(aRouteRecord({ worker: 'worker-2' }))).toBe(false);
        expect((await table.read()).routes).toEqual([aRouteRecord()]);
      });

      it('takes a route from another live worker that is draining it', async () => {
        await table.putRoute(aRouteRecord({ state: 'draining' }));
        expect(await table.putRoute(aRouteRecord({ worker: 'worker-2' }))).toBe(true);
        expect((await table.read()).routes).toEqual([aRouteRecord({ worker: 'worker-2' })]);
      });

      it('takes a route from a worker whose lease ran out', async () => {
        await table.announceWorker(aWorkerRecord(), 50);
        await table.putRoute(aRouteRecord());
        await vi.waitFor(async () => {
          expect(await table.putRoute(aRouteRecord({ worker: 'worker-2' }))).toBe(true);
        }, patience);
        expect((await table.read()).routes).toEqual([aRouteRecord({ worker: 'worker-2' })]);
      });

      it('lists routes of workers without a lease', async () => {
        await table.putRoute(aRouteRecord({ worker: 'never-announced' }));
        expect((await table.read()).routes).toEqual([aRouteRecord({ worker: 'never-announced' })]);
      });

      it('removes a route for its worker only', async () => {
        await table.putRoute(aRouteRecord());
        expect(await table.removeRoute(aRouteKey(), 'worker-2')).toBe(false);
        expect((await table.read()).routes).toHaveLength(1);
        expect(await table.removeRoute(aRouteKey(), 'worker-1')).toBe(true);
        expect((await table.read()).routes).toEqual([]);
      });

      it('removes what is not there without harm', async () => {
        expect(await table.removeRoute(aRouteKey(), 'worker-1')).toBe(false);
      });
    });
  });
}
