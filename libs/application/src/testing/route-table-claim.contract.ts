import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RouteTable } from '../ports/route-table.port.js';
import { repeatedly } from './repeatedly.js';
import type { RouteTableHarness } from './route-table.contract.js';
import { aRouteKey, aRouteRecord, aWorkerRecord } from './routing-builders.js';

/** Longer than a test runs. */
const longMs = 60_000;
/** Short, but long enough to do something before it is over. */
const shortMs = 500;
const patience = { timeout: 5_000, interval: 10 };

/** What every `RouteTable` promises of claims and leadership. */
export function routeTableClaimContract(name: string, makeHarness: () => Promise<RouteTableHarness>): void {
  describe(`${name} as a RouteTable with claims`, () => {
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

    const claims = (worker: string, leaseMs = longMs) => table.claim(aRouteKey(), worker, leaseMs);

    describe('claims', () => {
      it('grants a claim to one of many at a time', async () => {
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            (index % 2 ? table : other).claim(aRouteKey(), `worker-${index}`, longMs),
          ),
        );
        expect(outcomes.filter((outcome) => outcome === 'granted')).toHaveLength(1);
        expect(outcomes.filter((outcome) => outcome === 'held')).toHaveLength(19);
      });

      it('grants claims that differ in server, generation or replica', async () => {
        await claims('worker-1');
        for (const other of [{ serverId: 'b' }, { generation: 2 }, { replica: 2 }]) {
          expect(await table.claim(aRouteKey(other), 'worker-2', longMs)).toBe('granted');
        }
      });

      it('grants it again to its holder, for longer', async () => {
        await claims('worker-1', shortMs);
        await repeatedly(2 * shortMs, async () => {
          expect(await claims('worker-1', shortMs)).toBe('granted');
        });
        expect(await claims('worker-2')).toBe('held');
      });

      it('grants it to another when its lease ran out', async () => {
        await claims('worker-1', shortMs);
        expect(await claims('worker-2')).toBe('held');
        await vi.waitFor(async () => {
          expect(await claims('worker-2')).toBe('granted');
        }, patience);
      });

      it('grants it to another when its holder released it', async () => {
        await claims('worker-1');
        await table.releaseClaim(aRouteKey(), 'worker-1');
        expect(await claims('worker-2')).toBe('granted');
      });

      it('is not released by another than its holder', async () => {
        await claims('worker-1');
        await table.releaseClaim(aRouteKey(), 'worker-2');
        expect(await claims('worker-2')).toBe('held');
      });

      it('says that a live worker serves it already, even while somebody holds the claim', async () => {
        await claims('worker-1');
        await table.announceWorker(aWorkerRecord(), longMs);
        await table.putRoute(aRouteRecord());
        expect(await claims('worker-2')).toBe('served');
        expect(await claims('worker-1')).toBe('served');
      });

      it('grants it when the worker that serves it is gone', async () => {
        await table.announceWorker(aWorkerRecord(), shortMs);
        await table.putRoute(aRouteRecord());
        expect(await claims('worker-2')).toBe('served');
        await vi.waitFor(async () => {
          expect(await claims('worker-2')).toBe('granted');
        }, patience);
      });

      it('grants it when the route that serves it is draining', async () => {
        await table.announceWorker(aWorkerRecord(), longMs);
        await table.putRoute(aRouteRecord({ state: 'draining' }));
        expect(await claims('worker-2')).toBe('granted');
      });

      it('grants it when the route is removed', async () => {
        await table.announceWorker(aWorkerRecord(), longMs);
        await table.putRoute(aRouteRecord());
        await table.removeRoute(aRouteKey(), 'worker-1');
        expect(await claims('worker-2')).toBe('granted');
      });
    });

    describe('leadership', () => {
      it('is of one holder at a time', async () => {
        const outcomes = await Promise.all(
          Array.from({ length: 10 }, (_, index) =>
            (index % 2 ? table : other).lead('reconciler', `api-${index}`, longMs),
          ),
        );
        expect(outcomes.filter(Boolean)).toHaveLength(1);
      });

      it('is kept by calling again', async () => {
        await table.lead('reconciler', 'api-1', shortMs);
        await repeatedly(2 * shortMs, async () => {
          expect(await table.lead('reconciler', 'api-1', shortMs)).toBe(true);
        });
        expect(await table.lead('reconciler', 'api-2', longMs)).toBe(false);
      });

      it('passes on when its lease ran out', async () => {
        await table.lead('reconciler', 'api-1', shortMs);
        expect(await table.lead('reconciler', 'api-2', longMs)).toBe(false);
        await vi.waitFor(async () => {
          expect(await table.lead('reconciler', 'api-2', longMs)).toBe(true);
        }, patience);
      });

      it('is apart for every role', async () => {
        await table.lead('reconciler', 'api-1', longMs);
        expect(await table.lead('collector', 'api-2', longMs)).toBe(true);
      });
    });
  });
}
