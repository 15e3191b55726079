import { randomUUID } from 'node:crypto';
import {
  loadQueueConsumerContract,
  loadQueueContract,
  loadQueueLossContract,
  type LoadQueueHarness,
  type LoadQueueLossHarness,
} from '@mcp-hub/application/testing';
import type { LoadQueue } from '@mcp-hub/application';
import { startRedis, startTcpProxy, type RunningServer, type TcpProxy } from '@mcp-hub/test-servers';
import type {} from '@mcp-hub/test-servers/vitest-redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { BullmqLoadQueue } from './bullmq-load-queue.js';

const redisUrl = inject('redisUrl');
const quick = { closeTimeoutMs: 300, reportRetryDelayMs: 20, lockDurationMs: 500, stalledIntervalMs: 250 };

describe.skipIf(redisUrl === undefined)('with a Redis server', () => {
  async function makeHarness(): Promise<LoadQueueHarness> {
    const namespace = `test-${randomUUID()}`;
    const queues: BullmqLoadQueue[] = [];
    return {
      create: async () => {
        const queue = new BullmqLoadQueue({ url: redisUrl ?? '', namespace, ...quick });
        queues.push(queue);
        await queue.start();
        return queue;
      },
      close: async () => {
        await Promise.all(queues.map((queue) => queue.close()));
      },
    };
  }

  loadQueueContract('BullmqLoadQueue', makeHarness);
  loadQueueConsumerContract('BullmqLoadQueue', makeHarness);

  describe('with a server of its own', () => {
    let server: RunningServer;
    beforeAll(async () => {
      server = await startRedis();
    });
    afterAll(() => server.stop());

    async function lose(): Promise<void> {
      const redis = new Redis(server.url);
      await redis.flushall();
      await redis.script('FLUSH');
      await redis.quit();
    }

    loadQueueLossContract('BullmqLoadQueue', async (): Promise<LoadQueueLossHarness> => {
      await lose();
      const shared = await startTcpProxy(server.port);
      const proxies: TcpProxy[] = [shared];
      const own = new Map<LoadQueue, TcpProxy>();
      const queues: BullmqLoadQueue[] = [];
      const create = (proxy: TcpProxy): BullmqLoadQueue => {
        const queue = new BullmqLoadQueue({ url: `redis://127.0.0.1:${proxy.port}`, namespace: 'test', ...quick });
        queues.push(queue);
        own.set(queue, proxy);
        return queue;
      };
      return {
        create: async () => {
          const proxy = await startTcpProxy(server.port);
          proxies.push(proxy);
          const queue = create(proxy);
          await queue.start();
          return queue;
        },
        createUnstarted: () => create(shared),
        kill: async (queue) => own.get(queue)?.drop(),
        drop: async () => {
          for (const proxy of proxies) proxy.drop();
        },
        restore: async () => {
          await Promise.all(proxies.map((proxy) => proxy.restore()));
        },
        lose,
        close: async () => {
          await Promise.all(queues.map((queue) => queue.close()));
          await Promise.all(proxies.map((proxy) => proxy.close()));
        },
      };
    });
  });
});
