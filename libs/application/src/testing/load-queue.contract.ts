import { LoadFailed } from '@mcp-hub/domain';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LoadQueue } from '../ports/load-queue.port.js';
import { Recorder, aGate } from './load-queue-recorder.js';
import { aLoadJob } from './routing-builders.js';

/** One empty queue for one test. */
export interface LoadQueueHarness {
  /** A started client of that queue. In one process it may be the same one every time. */
  create(): Promise<LoadQueue>;
  /** Closes all clients, and forgets the messages. */
  close(): Promise<void>;
}

const patience = { timeout: 10_000, interval: 10 };
/** Timers of Node may fire a millisecond early. */
const timerSlackMs = 2;

/** What every `LoadQueue` promises of delivering and retrying load jobs. */
export function loadQueueContract(name: string, makeHarness: () => Promise<LoadQueueHarness>): void {
  describe(`${name} as a LoadQueue`, () => {
    let harness: LoadQueueHarness;
    let queue: LoadQueue;
    let other: LoadQueue;

    beforeEach(async () => {
      harness = await makeHarness();
      queue = await harness.create();
      other = await harness.create();
    });
    afterEach(() => harness.close());

    /** Everything enqueued before was delivered by now, unless it is still to be retried. */
    async function everythingIsDelivered(recorder: Recorder): Promise<void> {
      for (const serverId of ['sentinel-1', 'sentinel-2']) {
        await queue.enqueue(aLoadJob({ serverId }));
        await recorder.until(serverId);
      }
    }

    it('answers a ping', async () => {
      await expect(queue.ping()).resolves.toBeUndefined();
    });

    it('starts again without harm', async () => {
      await queue.start();
      await expect(queue.ping()).resolves.toBeUndefined();
    });

    describe('delivery', () => {
      it('hands a job to a consumer with all its fields', async () => {
        const recorder = new Recorder();
        await other.consume('openapi', 1, recorder.handler);
        const job = aLoadJob({ generation: 7, replica: 2, specHash: 'ab'.repeat(32), attempts: 3, afterSequence: 12 });
        await queue.enqueue(job);
        const [delivery] = await recorder.until('weather');
        expect(delivery).toMatchObject({ job, attempt: 1, isLast: false });
        expect(delivery?.signal.aborted).toBe(false);
      });

      it('keeps a job until there is a consumer', async () => {
        await queue.enqueue(aLoadJob());
        const recorder = new Recorder();
        await other.consume('openapi', 1, recorder.handler);
        expect(await recorder.until('weather')).toHaveLength(1);
      });

      it('hands a job only to consumers of its loader type', async () => {
        const openapi = new Recorder();
        const npm = new Recorder();
        await other.consume('openapi', 1, openapi.handler);
        await other.consume('npm', 1, npm.handler);
        await queue.enqueue(aLoadJob({ serverId: 'a', loaderType: 'npm' }));
        await queue.enqueue(aLoadJob({ serverId: 'b', loaderType: 'openapi' }));
        await npm.until('a');
        await openapi.until('b');
        expect([npm.ids, openapi.ids]).toEqual([['a'], ['b']]);
      });

      it.each(['x:y', 'my_loader', '12'])('takes "%s" as a loader type', async (loaderType) => {
        const recorder = new Recorder();
        await other.consume(loaderType, 1, recorder.handler);
        await queue.enqueue(aLoadJob({ loaderType }));
        expect(await recorder.until('weather')).toHaveLength(1);
      });

      it.each(['12', 'a:b', 'ü/ü'])('takes "%s" as the id of a server', async (serverId) => {
        const recorder = new Recorder();
        await other.consume('openapi', 1, recorder.handler);
        await queue.enqueue(aLoadJob({ serverId }));
        expect(await recorder.until(serverId)).toHaveLength(1);
      });

      it('delivers every job, each to one of the consumers', async () => {
        const recorders = [new Recorder(), new Recorder()];
        for (const [index, recorder] of recorders.entries()) {
          await (index ? queue : other).consume('openapi', 3, recorder.handler);
        }
        const ids = Array.from({ length: 40 }, (_, index) => `server-${index}`);
        await Promise.all(ids.map((serverId) => queue.enqueue(aLoadJob({ serverId }))));
        const delivered = () => recorders.flatMap((recorder) => recorder.ids).sort();
        await vi.waitFor(() => expect(delivered()).toEqual([...ids].sort()), patience);
      });

      it('has as many jobs in hand as it may, and no more', async () => {
        const gate = aGate();
        const recorder = new Recorder(() => gate.passed);
        await other.consume('openapi', 3, recorder.handler);
        for (let index = 0; index < 8; index++) await queue.enqueue(aLoadJob({ serverId: `server-${index}` }));
        await vi.waitFor(() => expect(recorder.inHand).toBe(3), patience);
        gate.open();
        await vi.waitFor(() => expect(recorder.settled).toBe(8), patience);
        expect(recorder.mostInHand).toBe(3);
      });
    });

    describe('equal jobs', () => {
      it('keeps one of two that wait', async () => {
        await queue.enqueue(aLoadJob());
        await other.enqueue(aLoadJob());
        const recorder = new Recorder();
        await other.consume('openapi', 1, recorder.handler);
        await everythingIsDelivered(recorder);
        expect(recorder.of('weather')).toHaveLength(1);
      });

      it.each([{ generation: 2 }, { replica: 2 }, { serverId: 'other' }])(
        'keeps both where %o differs',
        async (other_) => {
          await queue.enqueue(aLoadJob());
          await queue.enqueue(aLoadJob(other_));
          const recorder = new Recorder();
          await other.consume('openapi', 1, recorder.handler);
          await vi.waitFor(() => expect(recorder.deliveries).toHaveLength(2), patience);
        },
      );

      it('takes one that is finished again', async () => {
        const recorder = new Recorder();
        await other.consume('openapi', 1, recorder.handler);
        await queue.enqueue(aLoadJob());
        await recorder.until('weather');
        await everythingIsDelivered(recorder);
        await queue.enqueue(aLoadJob());
        expect(await recorder.until('weather', 2)).toHaveLength(2);
      });

      it('takes one that failed for good again', async () => {
        const recorder = new Recorder(({ job }) => {
          if (job.serverId === 'weather') throw new Error('no luck');
        });
        await other.consume('openapi', 1, recorder.handler);
        await queue.enqueue(aLoadJob());
        await recorder.until('weather');
        await everythingIsDelivered(recorder);
        await queue.enqueue(aLoadJob());
        expect(await recorder.until('weather', 2)).toHaveLength(2);
      });

      it('counts one that is to be retried as waiting', async () => {
        const recorder = new Recorder(({ job, attempt }) => {
          if (job.serverId === 'weather' && attempt === 1) throw new Error('no luck');
        });
        await other.consume('openapi', 1, recorder.handler);
        await queue.enqueue(aLoadJob({ attempts: 2, retryDelayMs: 500 }));
        await recorder.until('weather');
        await everythingIsDelivered(recorder);
        await queue.enqueue(aLoadJob());
        await recorder.until('weather', 2);
        await queue.enqueue(aLoadJob({ serverId: 'sentinel-3' }));
        await recorder.until('sentinel-3');
        expect(recorder.of('weather').map(({ attempt }) => attempt)).toEqual([1, 2]);
      });

      // Else a job in the hands of a worker that died would hold up the one that replaces it.
      it('takes one while another is in hand', async () => {
        const gate = aGate();
        const recorder = new Recorder(() => gate.passed);
        await other.consume('openapi', 2, recorder.handler);
        await queue.enqueue(aLoadJob());
        await recorder.until('weather');
        await queue.enqueue(aLoadJob());
        await recorder.until('weather', 2);
        expect(recorder.inHand).toBe(2);
        gate.open();
      });
    });

    describe('retries', () => {
      const failing = (times: number, error: () => Error = () => new Error('no luck')) =>
        new Recorder(({ job, attempt }) => {
          if (job.serverId === 'weather' && attempt <= times) throw error();
        });
      const loadFailed = (isTransient: boolean) => () =>
        new LoadFailed('crashed', 'It crashed.', 'Look at the log.', { isTransient });

      it('tries a job until its attempts are used up', async () => {
        const recorder = failing(99);
        await other.consume('openapi', 1, recorder.handler);
        await queue.enqueue(aLoadJob({ attempts: 3 }));
        await recorder.until('weather', 3);
        await everythingIsDelivered(recorder);
        expect(recorder.of('weather').map(({ attempt, isLast }) => [attempt, isLast])).toEqual([
          [1, false],
          [2, false],
          [3, true],
        ]);
      });

      it('does not retry a job that succeeded', async () => {
        const recorder = failing(1);
        await other.consume('openapi', 1, recorder.handler);
        await queue.enqueue(aLoadJob({ attempts: 3 }));
        await recorder.until('weather', 2);
        await everythingIsDelivered(recorder);
        expect(recorder.of('weather')).toHaveLength(2);
      });

      it('waits twice as long before every further attempt, within 20 %', async () => {
        const recorder = failing(99);
        await other.consume('openapi', 1, recorder.handler);
        await queue.enqueue(aLoadJob({ attempts: 4, retryDelayMs: 150 }));
        const times = (await recorder.until('weather', 4)).map(({ at }) => at);
        const delays = times.slice(1).map((at, index) => at - (times[index] ?? 0));
        for (const [index, delay] of delays.entries()) {
          const wanted = 150 * 2 ** index;
          expect(delay).toBeGreaterThanOrEqual(0.8 * wanted - timerSlackMs);
          expect(delay).toBeLessThan(1.2 * wanted + 1_000);
        }
      });

      it('does other jobs while one waits for its retry', async () => {
        const recorder = failing(1);
        await other.consume('openapi', 1, recorder.handler);
        await queue.enqueue(aLoadJob({ attempts: 2, retryDelayMs: 1_000 }));
        await recorder.until('weather');
        await everythingIsDelivered(recorder);
        expect(recorder.of('weather')).toHaveLength(1);
        expect(await recorder.until('weather', 2)).toHaveLength(2);
      });

      it('retries a load that failed for a transient reason', async () => {
        const recorder = failing(1, loadFailed(true));
        await other.consume('openapi', 1, recorder.handler);
        await queue.enqueue(aLoadJob({ attempts: 2 }));
        expect(await recorder.until('weather', 2)).toHaveLength(2);
      });

      it('does not retry a load that failed for a lasting reason', async () => {
        const recorder = failing(99, loadFailed(false));
        await other.consume('openapi', 1, recorder.handler);
        await queue.enqueue(aLoadJob({ attempts: 3, retryDelayMs: 1 }));
        await recorder.until('weather');
        await everythingIsDelivered(recorder);
        expect(recorder.of('weather')).toHaveLength(1);
        await queue.enqueue(aLoadJob());
        expect(await recorder.until('weather', 2)).toHaveLength(2);
      });

      it('brings late messages like any other', async () => {
        const recorder = failing(1);
        await other.consume('openapi', 1, recorder.handler);
        await queue.enqueue(aLoadJob({ generation: 1, attempts: 2, retryDelayMs: 200 }));
        await recorder.until('weather');
        await queue.enqueue(aLoadJob({ generation: 2 }));
        await vi.waitFor(
          () => expect(recorder.deliveries.map(({ job }) => job.generation)).toEqual(expect.arrayContaining([1, 1, 2])),
          patience,
        );
      });
    });
  });
}
