import { randomUUID } from 'node:crypto';
import { blobExchangeContract, type BlobExchangeHarness } from '@mcp-hub/application/testing';
import type {} from '@mcp-hub/test-servers/vitest-redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { RedisBlobExchange } from './redis-blob-exchange.js';
import { RedisUnderTest } from '../test/redis-under-test.js';

const redisUrl = inject('redisUrl');

function harnessOn(url: string, namespace = `test-${randomUUID()}`): BlobExchangeHarness {
  const exchanges: RedisBlobExchange[] = [];
  return {
    create: async () => {
      const exchange = new RedisBlobExchange({ url, namespace });
      exchanges.push(exchange);
      await exchange.start();
      return exchange;
    },
    close: async () => {
      await Promise.all(exchanges.map((exchange) => exchange.close()));
    },
  };
}

describe.skipIf(redisUrl === undefined)('with a Redis server', () => {
  blobExchangeContract('RedisBlobExchange', async () => harnessOn(redisUrl ?? ''));

  it('keeps documents compressed', async () => {
    const namespace = `test-${randomUUID()}`;
    const harness = harnessOn(redisUrl ?? '', namespace);
    const exchange = await harness.create();
    const hash = await exchange.put(Buffer.from('{"type":"object"},'.repeat(50_000)), 60_000);
    const redis = new Redis(redisUrl ?? '');
    expect(await redis.strlen(`${namespace}:blob:${hash}`)).toBeLessThan(50_000);
    await redis.quit();
    await harness.close();
  });

  describe('with a server of its own', () => {
    let server: RedisUnderTest;
    beforeAll(async () => {
      server = await RedisUnderTest.start();
    });
    afterAll(() => server.stop());

    it('hands over again when its server is back', async () => {
      const harness = harnessOn(server.url);
      const exchange = await harness.create();
      const content = new TextEncoder().encode('content');
      const hash = await exchange.put(content, 60_000);
      await server.drop();
      const outcome = exchange.get(hash).catch((error: unknown) => error);
      await server.restore();
      await outcome;
      await vi.waitFor(async () => expect(await exchange.get(hash)).toEqual(content), { timeout: 10_000 });
      await harness.close();
    });
  });
});
