import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LoadQueue, WorkerReport } from '../ports/load-queue.port.js';
import { expectUnavailable, type ServerUnderTest } from './dependency-harness.js';
import { Recorder, aGate } from './load-queue-recorder.js';
import type { LoadQueueHarness } from './load-queue.contract.js';
import { aLoadJob, aWorkerReport } from './routing-builders.js';

const patience = { timeout: 20_000, interval: 20 };

/** For queues on a server that can be away, or lose everything. */
export interface LoadQueueLossHarness extends LoadQueueHarness, ServerUnderTest {
  /** A client that is not started. */
  createUnstarted(): LoadQueue;
  /** Ends the connections of that one client for good without a goodbye, as when its process is killed. */
  kill(queue: LoadQueue): Promise<void>;
}

/** What a `LoadQueue` over the network promises of a server that is away or lost everything, and of killed processes. */
export function loadQueueLossContract(name: string, makeHarness: () => Promise<LoadQueueLossHarness>): void {
  describe(`${name} as a LoadQueue that loses its server`, () => {
    let harness: LoadQueueLossHarness;
    let queue: LoadQueue;
    let other: LoadQueue;

    beforeEach(async () => {
      harness = await makeHarness();
      queue = await harness.create();
      other = await harness.create();
    });
    afterEach(() => harness.close());

    const calls = (of: LoadQueue) => ({
      ping: () => of.ping(),
      enqueue: () => of.enqueue(aLoadJob()),
      report: () => of.report(aWorkerReport()),
    });

    it('throws within 5 s while its server is away', async () => {
      await queue.enqueue(aLoadJob({ serverId: 'before' }));
      await harness.drop();
      await expectUnavailable('queue', 5_000, calls(queue));
    });

    it('throws within 5 s where it never reached its server', async () => {
      await harness.drop();
      const late = harness.createUnstarted();
      const started = late.start().catch(() => undefined);
      await expectUnavailable('queue', 5_000, calls(late));
      await late.close();
      await started;
    });

    it('starts as soon as its server is there', async () => {
      await harness.drop();
      const late = harness.createUnstarted();
      let isStarted = false;
      const started = late.start().then(() => (isStarted = true));
      const recorder = new Recorder();
      await expectUnavailable('queue', 5_000, { ping: () => late.ping() });
      await late.consume('openapi', 1, recorder.handler);
      expect(isStarted).toBe(false);
      await harness.restore();
      await started;
      await late.enqueue(aLoadJob());
      expect(await recorder.until('weather')).toHaveLength(1);
    });

    it('gives up starting when it is closed', async () => {
      await harness.drop();
      const late = harness.createUnstarted();
      const started = late.start().then(
        () => 'started',
        () => 'gave up',
      );
      await late.close();
      expect(await started).toBe('gave up');
    });

    it('delivers again after the connection dropped', async () => {
      const recorder = new Recorder();
      const reports: WorkerReport[] = [];
      await other.consume('openapi', 2, recorder.handler);
      await other.consumeReports(async (report) => void reports.push(report));
      for (const serverId of ['first', 'second']) {
        await harness.drop();
        await expectUnavailable('queue', 5_000, calls(queue));
        await harness.restore();
        await vi.waitFor(() => queue.enqueue(aLoadJob({ serverId })), patience);
        await recorder.until(serverId);
        await vi.waitFor(() => queue.report(aWorkerReport(serverId)), patience);
        await vi.waitFor(() => expect(reports).toContainEqual(aWorkerReport(serverId)), patience);
      }
    });

    it('goes on after a job was in hand while the connection dropped', async () => {
      const gate = aGate();
      const recorder = new Recorder(() => gate.passed);
      await other.consume('openapi', 1, recorder.handler);
      await queue.enqueue(aLoadJob());
      await recorder.until('weather');
      await harness.drop();
      gate.open();
      await vi.waitFor(() => expect(recorder.settled).toBe(1), patience);
      await harness.restore();
      await vi.waitFor(() => queue.enqueue(aLoadJob({ serverId: 'next' })), patience);
      await recorder.until('next');
    });

    it('closes soon while its server is away, even with a job in hand', async () => {
      const recorder = new Recorder(() => new Promise(() => undefined));
      const consumer = await other.consume('openapi', 1, recorder.handler);
      await queue.enqueue(aLoadJob());
      await recorder.until('weather');
      await harness.drop();
      const startedAt = performance.now();
      await consumer.close();
      await other.close();
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    });

    it('delivers to another what a killed process had in hand', async () => {
      const killed = new Recorder(() => new Promise(() => undefined));
      await other.consume('openapi', 1, killed.handler);
      await queue.enqueue(aLoadJob());
      await killed.until('weather');
      const taker = new Recorder();
      await queue.consume('openapi', 1, taker.handler);
      await harness.kill(other);
      const [again] = await taker.until('weather');
      expect(again).toMatchObject({ job: aLoadJob(), attempt: 1 });
    });

    it('delivers a job in place of one that a killed process had in hand, without waiting for it', async () => {
      const killed = new Recorder(() => new Promise(() => undefined));
      await other.consume('openapi', 1, killed.handler);
      await queue.enqueue(aLoadJob());
      await killed.until('weather');
      await harness.kill(other);
      await queue.enqueue(aLoadJob({ afterSequence: 9 }));
      const taker = new Recorder();
      await queue.consume('openapi', 1, taker.handler);
      const [first] = await taker.until('weather');
      expect(first?.job.afterSequence).toBe(9);
    });

    it('delivers to another the report that a killed process had in hand', async () => {
      let isTaken = false;
      await other.consumeReports(() => {
        isTaken = true;
        return new Promise(() => undefined);
      });
      await queue.report(aWorkerReport());
      await vi.waitFor(() => expect(isTaken).toBe(true), patience);
      const reports: WorkerReport[] = [];
      await queue.consumeReports(async (report) => void reports.push(report));
      await harness.kill(other);
      await vi.waitFor(() => expect(reports).toEqual([aWorkerReport()]), patience);
    });

    it('delivers again after its server lost everything', async () => {
      const recorder = new Recorder();
      const consumer = await other.consume('openapi', 1, recorder.handler);
      await queue.enqueue(aLoadJob({ serverId: 'before' }));
      await recorder.until('before');
      await consumer.pause();
      await queue.enqueue(aLoadJob({ serverId: 'lost' }));
      await harness.lose();
      await consumer.resume();
      await queue.enqueue(aLoadJob({ serverId: 'after' }));
      await recorder.until('after');
      expect(recorder.of('lost')).toEqual([]);
      await queue.enqueue(aLoadJob({ serverId: 'lost' }));
      expect(await recorder.until('lost')).toHaveLength(1);
    });

    it('delivers again after its server lost a job in hand, or one to be retried', async () => {
      const gate = aGate();
      const recorder = new Recorder(async ({ job, attempt }) => {
        if (job.serverId === 'in-hand') await gate.passed;
        if (job.serverId === 'to-retry' && attempt === 1) throw new Error('no luck');
      });
      await other.consume('openapi', 2, recorder.handler);
      await queue.enqueue(aLoadJob({ serverId: 'to-retry', attempts: 2, retryDelayMs: 30_000 }));
      await recorder.until('to-retry');
      await queue.enqueue(aLoadJob({ serverId: 'in-hand' }));
      await recorder.until('in-hand');
      await harness.lose();
      gate.open();
      await vi.waitFor(() => expect(recorder.settled).toBe(2), patience);
      for (const serverId of ['in-hand', 'to-retry', 'new']) {
        const before = recorder.of(serverId).length;
        await queue.enqueue(aLoadJob({ serverId }));
        await recorder.until(serverId, before + 1);
      }
    });
  });
}
