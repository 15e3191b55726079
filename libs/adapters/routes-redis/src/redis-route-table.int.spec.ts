import { randomUUID } from 'node:crypto';
import {
  aDirectoryRecord,
  aRouteKey,
  aRouteRecord,
  aWorkerRecord,
  routeTableClaimContract,
  routeTableContract,
  routeTableFeedContract,
  routeTableLossContract,
  type RouteTableHarness,
  type RouteTableLossHarness,
} from '@mcp-hub/application/testing';
import type { RouteEvent } from '@mcp-hub/application';
import type {} from '@mcp-hub/test-servers/vitest-redis';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { RedisRouteTable } from './redis-route-table.js';
import { RedisUnderTest } from '../test/redis-under-test.js';

const redisUrl = inject('redisUrl');
const patience = { timeout: 10_000, interval: 20 };

function harnessOn(url: string, namespace = `test-${randomUUID()}`): RouteTableHarness {
  const tables: RedisRouteTable[] = [];
  return {
    create: () => {
      const table = new RedisRouteTable({ url, namespace });
      tables.push(table);
      return table;
    },
    close: async () => {
      await Promise.all(tables.map((table) => table.close()));
    },
  };
}

describe.skipIf(redisUrl === undefined)('with a Redis server', () => {
  routeTableContract('RedisRouteTable', async () => harnessOn(redisUrl ?? ''));
  routeTableClaimContract('RedisRouteTable', async () => harnessOn(redisUrl ?? ''));
  routeTableFeedContract('RedisRouteTable', async () => harnessOn(redisUrl ?? ''));

  describe('RedisRouteTable in its Redis', () => {
    const namespace = `test-${randomUUID()}`;
    let redis: Redis;
    let harness: RouteTableHarness;

    beforeEach(() => {
      redis = new Redis(redisUrl ?? '');
      harness = harnessOn(redisUrl ?? '', namespace);
    });
    afterEach(async () => {
      await redis.quit();
      await harness.close();
    });

    it('keeps everything under its namespace, and nothing of a worker that retired', async () => {
      const before = new Set(await redis.keys('*'));
      const table = harness.create();
      await table.start();
      await table.announceWorker(aWorkerRecord(), 60_000);
      await table.putRoute(aRouteRecord());
      await table.claim(aRouteKey({ replica: 2 }), 'worker-1', 60_000);
      await table.lead('reconciler', 'api-1', 60_000);
      await table.rewriteDirectory([aDirectoryRecord()], 'epoch-1');
      const made = (await redis.keys(`${namespace}:*`)).map((key) => key.slice(namespace.length + 1));
      expect(made).toContain('lease:worker-1');
      await table.retireWorker('worker-1');
      const left = (await redis.keys(`${namespace}:*`)).map((key) => key.slice(namespace.length + 1));
      expect(left.sort()).toEqual(['directory', 'epoch', 'leader:reconciler']);
      const foreign = (await redis.keys('*')).filter((key) => !before.has(key) && !key.startsWith('test-'));
      expect(foreign).toEqual([]);
    });

    it('forgets the record of a worker that nobody retired', async () => {
      const table = harness.create();
      await table.start();
      await table.announceWorker(aWorkerRecord(), 50);
      await vi.waitFor(async () => expect(await table.liveWorkers()).toEqual(new Set()), patience);
      expect(await redis.hlen(`${namespace}:workers`)).toBe(0);
    });
  });

  describe('with a server of its own', () => {
    let server: RedisUnderTest;
    beforeAll(async () => {
      server = await RedisUnderTest.start();
    });
    afterAll(() => server.stop());

    async function makeHarness(namespace = 'test'): Promise<RouteTableLossHarness> {
      await server.lose();
      const harness = harnessOn(server.url, namespace);
      return {
        create: () => harness.create(),
        drop: () => server.drop(),
        restore: () => server.restore(),
        lose: () => server.lose(),
        close: async () => {
          await harness.close();
          await server.restore();
        },
      };
    }

    routeTableLossContract('RedisRouteTable', () => makeHarness());

    it('says that it is connected only when its subscription is', async () => {
      const harness = await makeHarness('slow');
      const table = harness.create();
      await table.start();
      await server.drop();
      await vi.waitFor(() => expect(table.isConnected()).toBe(false), patience);
      server.slow(200);
      const redis = server.client();
      await server.restore();
      await vi.waitFor(() => expect(table.isConnected()).toBe(true), { timeout: 10_000, interval: 1 });
      expect(await redis.pubsub('NUMSUB', 'slow:changes')).toEqual(['slow:changes', 1]);
      server.slow(0);
      await redis.quit();
      await harness.close();
    });

    describe('RedisRouteTable on a connection that is open but dead', () => {
      let harness: RouteTableLossHarness;
      beforeEach(async () => {
        harness = await makeHarness();
      });
      afterEach(async () => {
        server.thaw();
        await harness.close();
      });

      it('throws within 2 s, and tells its watchers without being asked', async () => {
        const table = harness.create();
        const events: RouteEvent[] = [];
        table.watch((event) => events.push(event));
        await table.start();
        server.freeze();
        await vi.waitFor(() => expect(events.at(-1)).toEqual({ kind: 'disconnected' }), { timeout: 5_000 });
        const startedAt = performance.now();
        await expect(table.read()).rejects.toMatchObject({ dependency: 'routes' });
        expect(performance.now() - startedAt).toBeLessThan(2_500);
        server.thaw();
        await vi.waitFor(() => expect(table.isConnected()).toBe(true), patience);
        expect(events.map(({ kind }) => kind)).toEqual(['connected', 'disconnected', 'connected']);
      });
    });
  });
});
