import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LoadQueue, WorkerReport } from '../ports/load-queue.port.js';
import { Recorder, aGate, untilAborted } from './load-queue-recorder.js';
import type { LoadQueueHarness } from './load-queue.contract.js';
import { aLoadJob, aWorkerReport } from './routing-builders.js';

const patience = { timeout: 10_000, interval: 10 };

/** What every `LoadQueue` promises of its consumers, and of reports. */
export function loadQueueConsumerContract(name: string, makeHarness: () => Promise<LoadQueueHarness>): void {
  describe(`${name} as a LoadQueue with consumers`, () => {
    let harness: LoadQueueHarness;
    let queue: LoadQueue;
    let other: LoadQueue;

    beforeEach(async () => {
      harness = await makeHarness();
      queue = await harness.create();
      other = await harness.create();
    });
    afterEach(() => harness.close());

    describe('pausing', () => {
      it('takes no new jobs until it resumes', async () => {
        const paused = new Recorder();
        const consumer = await queue.consume('openapi', 1, paused.handler);
        await consumer.pause();
        await queue.enqueue(aLoadJob());
        // Another consumer shows that the job could have been taken by now.
        const taker = new Recorder();
        const second = await other.consume('openapi', 1, taker.handler);
        await taker.until('weather');
        await second.close();
        expect(paused.deliveries).toEqual([]);
        await queue.enqueue(aLoadJob({ serverId: 'later' }));
        await consumer.resume();
        expect(await paused.until('later')).toHaveLength(1);
      });

      it('does not wait for jobs in hand, which run on', async () => {
        const gate = aGate();
        const recorder = new Recorder(() => gate.passed);
        const consumer = await queue.consume('openapi', 2, recorder.handler);
        await queue.enqueue(aLoadJob());
        const [delivery] = await recorder.until('weather');
        await consumer.pause();
        expect(recorder.inHand).toBe(1);
        expect(delivery?.signal.aborted).toBe(false);
        gate.open();
        await vi.waitFor(() => expect(recorder.settled).toBe(1), patience);
      });

      it('resumes while a job of before is still in hand', async () => {
        const gate = aGate();
        const recorder = new Recorder(({ job }) => (job.serverId === 'weather' ? gate.passed : undefined));
        const consumer = await queue.consume('openapi', 2, recorder.handler);
        await queue.enqueue(aLoadJob());
        await recorder.until('weather');
        await consumer.pause();
        await consumer.resume();
        await queue.enqueue(aLoadJob({ serverId: 'next' }));
        expect(await recorder.until('next')).toHaveLength(1);
        gate.open();
      });

      it('pauses and resumes again without harm', async () => {
        const recorder = new Recorder();
        const consumer = await queue.consume('openapi', 1, recorder.handler);
        await consumer.pause();
        await consumer.pause();
        await consumer.resume();
        await consumer.resume();
        await queue.enqueue(aLoadJob());
        expect(await recorder.until('weather')).toHaveLength(1);
      });

      it('keeps the retry of a job for after the pause', async () => {
        const recorder = new Recorder(({ attempt }) => {
          if (attempt === 1) throw new Error('no luck');
        });
        const consumer = await queue.consume('openapi', 1, recorder.handler);
        await queue.enqueue(aLoadJob({ attempts: 2, retryDelayMs: 20 }));
        await recorder.until('weather');
        await consumer.pause();
        await consumer.resume();
        expect(await recorder.until('weather', 2)).toHaveLength(2);
      });
    });

    describe('closing', () => {
      it('aborts what is in hand and delivers it to another consumer soon', async () => {
        const leaving = new Recorder(({ signal }) => untilAborted(signal));
        const consumer = await queue.consume('openapi', 1, leaving.handler);
        await queue.enqueue(aLoadJob());
        const [delivery] = await leaving.until('weather');
        const taker = new Recorder();
        await other.consume('openapi', 1, taker.handler);
        const closedAt = performance.now();
        await consumer.close();
        expect(delivery?.signal.aborted).toBe(true);
        const [again] = await taker.until('weather');
        expect(again?.attempt).toBe(1);
        expect(performance.now() - closedAt).toBeLessThan(3_000);
      });

      it('delivers again what its handler does not let go of', async () => {
        const gate = aGate();
        const leaving = new Recorder(() => gate.passed);
        const consumer = await queue.consume('openapi', 1, leaving.handler);
        await queue.enqueue(aLoadJob());
        await leaving.until('weather');
        const taker = new Recorder();
        await other.consume('openapi', 1, taker.handler);
        await consumer.close();
        expect(leaving.inHand).toBe(1);
        expect(await taker.until('weather')).toHaveLength(1);
        gate.open();
      });

      it('does not deliver a third time what its handler lets go of too late', async () => {
        const gate = aGate();
        const leaving = new Recorder(() => gate.passed.then(() => Promise.reject(new Error('too late'))));
        const consumer = await queue.consume('openapi', 1, leaving.handler);
        await queue.enqueue(aLoadJob({ attempts: 3, retryDelayMs: 1 }));
        await leaving.until('weather');
        const taker = new Recorder();
        await other.consume('openapi', 1, taker.handler);
        await consumer.close();
        await taker.until('weather');
        gate.open();
        await vi.waitFor(() => expect(leaving.settled).toBe(1), patience);
        for (const serverId of ['sentinel-1', 'sentinel-2']) {
          await queue.enqueue(aLoadJob({ serverId }));
          await taker.until(serverId);
        }
        expect(taker.of('weather')).toHaveLength(1);
      });

      it('is done with a job that its handler finishes in spite of the abort', async () => {
        const leaving = new Recorder(({ signal }) => untilAborted(signal).catch(() => undefined));
        const consumer = await queue.consume('openapi', 1, leaving.handler);
        await queue.enqueue(aLoadJob());
        await leaving.until('weather');
        await consumer.close();
        expect(leaving.settled).toBe(1);
        const taker = new Recorder();
        await other.consume('openapi', 1, taker.handler);
        await queue.enqueue(aLoadJob({ serverId: 'sentinel' }));
        await taker.until('sentinel');
        expect(taker.ids).toEqual(['sentinel']);
      });

      it('takes nothing afterwards', async () => {
        const recorder = new Recorder();
        const consumer = await queue.consume('openapi', 1, recorder.handler);
        await consumer.close();
        await queue.enqueue(aLoadJob());
        const taker = new Recorder();
        await other.consume('openapi', 1, taker.handler);
        await taker.until('weather');
        expect(recorder.deliveries).toEqual([]);
      });

      it('closes again without harm', async () => {
        const consumer = await queue.consume('openapi', 1, new Recorder().handler);
        await consumer.close();
        await expect(consumer.close()).resolves.toBeUndefined();
      });

      it('closes a paused consumer with a job in hand', async () => {
        const leaving = new Recorder(({ signal }) => untilAborted(signal));
        const consumer = await queue.consume('openapi', 1, leaving.handler);
        await queue.enqueue(aLoadJob());
        await leaving.until('weather');
        await consumer.pause();
        await consumer.close();
        const taker = new Recorder();
        await other.consume('openapi', 1, taker.handler);
        expect(await taker.until('weather')).toHaveLength(1);
      });

      it('closes its consumers with the queue', async () => {
        const leaving = new Recorder(({ signal }) => untilAborted(signal));
        await queue.consume('openapi', 1, leaving.handler);
        await queue.enqueue(aLoadJob());
        const [delivery] = await leaving.until('weather');
        await queue.close();
        expect(delivery?.signal.aborted).toBe(true);
        expect(leaving.inHand).toBe(0);
      });
    });

    describe('reports', () => {
      const missing: WorkerReport = {
        kind: 'blob_missing',
        serverId: 'weather',
        generation: 1,
        replica: 1,
        hash: 'cd'.repeat(32),
      };

      it('brings reports of every kind with all their fields', async () => {
        const got: WorkerReport[] = [];
        await queue.consumeReports(async (report) => void got.push(report));
        await other.report(aWorkerReport());
        await other.report(missing);
        await vi.waitFor(() => expect(got).toHaveLength(2), patience);
        expect(got).toEqual(expect.arrayContaining([aWorkerReport(), missing]));
      });

      it('keeps a report until there is a consumer', async () => {
        await other.report(missing);
        const got: WorkerReport[] = [];
        await queue.consumeReports(async (report) => void got.push(report));
        await vi.waitFor(() => expect(got).toEqual([missing]), patience);
      });

      it('keeps reports that are equal', async () => {
        await other.report(missing);
        await other.report(missing);
        const got: WorkerReport[] = [];
        await queue.consumeReports(async (report) => void got.push(report));
        await vi.waitFor(() => expect(got).toEqual([missing, missing]), patience);
      });

      it('brings each report to one of the consumers', async () => {
        const got: string[] = [];
        const handler = async (report: WorkerReport) => void got.push(JSON.stringify(report));
        await queue.consumeReports(handler);
        await other.consumeReports(handler);
        const reports = Array.from({ length: 20 }, (_, index) => aWorkerReport(`server-${index}`));
        await Promise.all(reports.map((report) => other.report(report)));
        const wanted = reports.map((report) => JSON.stringify(report)).sort();
        await vi.waitFor(() => expect([...got].sort()).toEqual(wanted), patience);
      });

      it('brings a report again whose handler throws, a little later', async () => {
        const times: number[] = [];
        await queue.consumeReports(async () => {
          times.push(performance.now());
          if (times.length < 3) throw new Error('The database is away.');
        });
        await other.report(missing);
        await vi.waitFor(() => expect(times).toHaveLength(3), patience);
        const [first = 0, second = 0, third = 0] = times;
        expect(second - first).toBeGreaterThan(5);
        expect(third - second).toBeGreaterThan(second - first > 500 ? 0 : 10);
      });

      it('stops bringing reports when the consumer is closed', async () => {
        const got: WorkerReport[] = [];
        const closed = await queue.consumeReports(async (report) => void got.push(report));
        await closed.close();
        const taken: WorkerReport[] = [];
        await other.consumeReports(async (report) => void taken.push(report));
        await other.report(missing);
        await vi.waitFor(() => expect(taken).toHaveLength(1), patience);
        expect(got).toEqual([]);
      });
    });
  });
}
