import { randomUUID } from 'node:crypto';
import { sessionStoreContract, sessionStoreLossContract, type SessionStoreHarness } from '@mcp-hub/application/testing';
import type {} from '@mcp-hub/test-servers/vitest-redis';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { RedisSessionStore } from './redis-session-store.js';
import { RedisUnderTest } from '../test/redis-under-test.js';

const redisUrl = inject('redisUrl');

function harnessOn(url: string): SessionStoreHarness {
  const namespace = `test-${randomUUID()}`;
  const stores: RedisSessionStore[] = [];
  return {
    create: async () => {
      const store = new RedisSessionStore({ url, namespace });
      stores.push(store);
      await store.start();
      return store;
    },
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
    },
  };
}

describe.skipIf(redisUrl === undefined)('with a Redis server', () => {
  sessionStoreContract('RedisSessionStore', async () => harnessOn(redisUrl ?? ''));

  describe('with a server of its own', () => {
    let server: RedisUnderTest;
    beforeAll(async () => {
      server = await RedisUnderTest.start();
    });
    afterAll(() => server.stop());

    sessionStoreLossContract('RedisSessionStore', async () => {
      const harness = harnessOn(server.url);
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
    });
  });
});
