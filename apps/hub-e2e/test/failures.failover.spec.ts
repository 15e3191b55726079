import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '@mcp-hub/test-servers';
import { CallLoop } from '../src/call-loop.js';
import { FailingStack } from '../src/failing-stack.js';
import { proves } from '../src/requirements.js';

let hub: FailingStack;
beforeAll(async () => {
  hub = await FailingStack.start();
}, 120_000);
afterAll(() => hub.stop(), 60_000);
beforeEach(() => hub.whenRight(30_000), 40_000);

const endpoints = (id: string) => (): string[] => hub.gateways.map((url) => `${url}/servers/${id}/mcp`);

describe('failover', () => {
  it(
    proves('FAIL-1'),
    async () => {
      await hub.publishCounted('killed-under-load');
      const before = await hub.details('killed-under-load');
      const loop = CallLoop.plain(endpoints('killed-under-load'));
      await loop.answered(20);
      process.kill(hub.workerOf(before).pid, 'SIGKILL');
      const killedAt = Date.now();
      await waitUntil(
        async () => {
          const failures = loop.failureCount;
          await loop.answered(5);
          return loop.failureCount === failures;
        },
        { timeoutMs: 10_000, describe: 'calls succeed again' },
      );
      expect(Date.now() - killedAt).toBeLessThan(10_000);
      await hub.whenRight(40_000);
      const { answers } = await loop.stop();
      expect(answers).toHaveLength(2);
      // One load before, one after: neither the other worker nor the second registry-api made another.
      expect(await hub.loads('killed-under-load')).toHaveLength(2);
      expect(await hub.details('killed-under-load')).toMatchObject({ generation: before.generation });
    },
    90_000,
  );

  it.each([
    ['5 s', 5_000],
    ['60 s', 60_000],
  ])(
    proves('FAIL-2', 'Redis is away for %s: running servers answer throughout, and nothing that runs is loaded again'),
    async (_label, awayMs) => {
      const id = `without-redis-${awayMs}`;
      await hub.publishCounted(id, { replicas: 2 });
      const before = await hub.details(id);
      const loop = CallLoop.plain(endpoints(id));
      const session = await CallLoop.connected('sdk-v1', endpoints(id)()[0] ?? '');
      await loop.answered(10);
      hub.stack.servers.redis.kill();
      await delay(awayMs);
      await hub.stack.servers.redis.restart();
      await hub.whenRight(15_000);
      await loop.answered(50);
      for (const report of [await loop.stop(), await session.stop()]) {
        expect(report.failures).toEqual([]);
        expect(report.calls).toBeGreaterThan(50);
      }
      expect(await hub.details(id)).toMatchObject({ generation: before.generation, instances: before.instances });
      expect(await hub.loads(id)).toHaveLength(2);
      await hub.write('DELETE', `/v0/servers/${id}`, {});
    },
    150_000,
  );

  it(
    proves('FAIL-3'),
    async () => {
      await hub.publishCounted('frozen-redis');
      const loop = CallLoop.plain(endpoints('frozen-redis'));
      await loop.answered(10);
      hub.stack.servers.redis.pause();
      await delay(5_000);
      hub.stack.servers.redis.resume();
      await hub.whenRight(15_000);
      expect((await loop.stop()).failures).toEqual([]);
      expect(await hub.loads('frozen-redis')).toHaveLength(1);
    },
    60_000,
  );

  it(
    proves('FAIL-4'),
    async () => {
      await hub.publishCounted('forgotten', { replicas: 2 });
      const before = await hub.details('forgotten');
      const loop = CallLoop.plain(endpoints('forgotten'));
      await loop.answered(10);
      const { Redis } = await import('ioredis');
      const redis = new Redis(hub.stack.servers.redis.url);
      await redis.flushall();
      await redis.quit();
      await loop.answered(200);
      await hub.whenRight(15_000);
      await loop.answered(200);
      expect((await loop.stop()).failures).toEqual([]);
      expect(await hub.details('forgotten')).toMatchObject({ instances: before.instances });
      expect(await hub.loads('forgotten')).toHaveLength(2);
    },
    60_000,
  );

  it(
    proves('FAIL-5'),
    async () => {
      await hub.publishCounted('without-mongo');
      const loop = CallLoop.plain(endpoints('without-mongo'));
      await loop.answered(10);
      hub.stack.servers.mongo.kill();
      await expect.poll(async () => (await fetch(`${hub.state.api}/readyz`)).status, { timeout: 15_000 }).toBe(503);
      await loop.answered(50);
      await hub.stack.servers.mongo.restart();
      await hub.whenRight(15_000);
      expect((await loop.stop()).failures).toEqual([]);
      expect(await hub.loads('without-mongo')).toHaveLength(1);
      await hub.publishCounted('after-mongo');
    },
    90_000,
  );

  it(
    proves('FAIL-6'),
    async () => {
      await hub.publishCounted('rolling');
      const loop = CallLoop.plain(endpoints('rolling'));
      await loop.answered(10);
      const { apis, workers, gateways } = hub.state;
      for (const service of [...apis, ...workers, ...gateways]) {
        process.kill(service.pid, 'SIGTERM');
        await waitUntil(
          () => {
            const { state } = hub;
            return [...state.apis, ...state.workers, ...state.gateways].some(
              ({ id, pid }) => id === service.id && pid !== service.pid,
            );
          },
          { timeoutMs: 60_000, describe: `${service.id} is back` },
        );
        await hub.whenRight(20_000);
        await loop.answered(10);
      }
      const report = await loop.stop();
      expect(report.failures).toEqual([]);
      await hub.whenHealthy('rolling');
    },
    240_000,
  );
});
