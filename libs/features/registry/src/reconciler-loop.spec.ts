import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RouteView, type ReconcileDesiredState, type Repair } from '@mcp-hub/application';
import { aRouteRecord, aWorkerRecord, RecordingLog, ScriptedRouteTable, SetClock } from '@mcp-hub/application/testing';
import { ReconcilerLoop } from './reconciler-loop.js';

let table: ScriptedRouteTable;
let view: RouteView;
let log: RecordingLog;
let loop: ReconcilerLoop;
let passes: number;
let pass: () => Promise<Repair[]>;

beforeEach(async () => {
  vi.useFakeTimers();
  table = new ScriptedRouteTable();
  table.snapshot = { epoch: 'e', directory: [], workers: [aWorkerRecord()], routes: [aRouteRecord()] };
  view = new RouteView(table, new SetClock(), { leaseMs: 60_000, resyncMs: 600_000 });
  await view.start();
  log = new RecordingLog();
  passes = 0;
  pass = () => Promise.resolve([]);
  const reconcile = {
    execute: () => {
      passes++;
      return pass();
    },
    collectBlobs: () => Promise.resolve(3),
  } as unknown as ReconcileDesiredState;
  loop = new ReconcilerLoop(reconcile, view, log);
});
afterEach(async () => {
  const closing = loop.close();
  await vi.advanceTimersByTimeAsync(10_000);
  await closing;
  view.close();
  vi.useRealTimers();
});

describe('ReconcilerLoop', () => {
  it('runs at once, then every two seconds', async () => {
    loop.start();
    await vi.advanceTimersByTimeAsync(6_000);
    expect(passes).toBe(4);
  });

  it('runs before long when a worker is gone that had routes', async () => {
    loop.start();
    await vi.advanceTimersByTimeAsync(1_000);
    table.emit({ kind: 'worker_gone', incarnation: 'worker-1' });
    await vi.advanceTimersByTimeAsync(100);
    expect(passes).toBe(2);
  });

  it('is not hurried by other changes', async () => {
    loop.start();
    await vi.advanceTimersByTimeAsync(1_000);
    table.emit({ kind: 'route', route: aRouteRecord({ generation: 2 }) });
    await vi.advanceTimersByTimeAsync(500);
    expect(passes).toBe(1);
  });

  it('never runs two passes at once', async () => {
    let most = 0;
    let now = 0;
    pass = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      now--;
      return [];
    };
    loop.start();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(most).toBe(1);
  });

  it('goes on after a pass that failed, and says so once', async () => {
    pass = () => Promise.reject(new Error('away'));
    loop.start();
    await vi.advanceTimersByTimeAsync(6_000);
    expect([passes, log.named('reconciler.failed').length]).toEqual([4, 1]);
    pass = () => Promise.resolve([]);
    await vi.advanceTimersByTimeAsync(2_000);
    pass = () => Promise.reject(new Error('away again'));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(log.named('reconciler.failed')).toHaveLength(2);
  });

  it('collects blobs every hour', async () => {
    loop.start();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(log.named('blobs.collected')).toMatchObject([{ fields: { count: 3 } }]);
  });

  it('waits for the pass in hand when it closes, and runs no more', async () => {
    let finish = (): void => undefined;
    pass = () => new Promise((resolve) => (finish = () => resolve([])));
    loop.start();
    let isClosed = false;
    const closing = loop.close().then(() => (isClosed = true));
    await vi.advanceTimersByTimeAsync(10);
    expect(isClosed).toBe(false);
    finish();
    await closing;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(passes).toBe(1);
  });
});
