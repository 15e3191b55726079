import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RouteRecord, WorkerRecord } from '../ports/route-table.port.js';
import { aDirectoryRecord, aRouteRecord, aWorkerRecord } from '../testing/routing-builders.js';
import { ScriptedRouteTable } from '../testing/scripted-route-table.js';
import { SetClock } from '../testing/set-clock.js';
import { RouteView } from './route-view.js';

const leaseMs = 3_000;
const resyncMs = 30_000;

let table: ScriptedRouteTable;
let clock: SetClock;
let view: RouteView;

beforeEach(() => {
  vi.useFakeTimers();
  table = new ScriptedRouteTable();
  clock = new SetClock(1_000_000);
  view = new RouteView(table, clock, { leaseMs, resyncMs });
  table.snapshot = {
    epoch: 'epoch-1',
    directory: [aDirectoryRecord()],
    workers: [aWorkerRecord()],
    routes: [aRouteRecord()],
  };
});
afterEach(() => {
  view.close();
  vi.useRealTimers();
});

/** Time passes for timers and clock alike. */
async function pass(ms: number): Promise<void> {
  const end = clock.time + ms;
  while (clock.time < end) {
    const step = Math.min(100, end - clock.time);
    clock.time += step;
    await vi.advanceTimersByTimeAsync(step);
  }
}
const served = (): string[] => view.servingRoutes('weather').map((route) => route.worker);
const vanish = (): void => {
  table.snapshot = { ...table.snapshot, workers: [], routes: [] };
};
const lose = (): void => {
  table.snapshot = { epoch: undefined, directory: [], workers: [], routes: [] };
};

describe('RouteView at the start', () => {
  it('knows what a first read gives', async () => {
    await view.start();
    expect(view.isReady).toBe(true);
    expect(view.currentEpoch).toBe('epoch-1');
    expect(view.directoryRecord('weather')).toEqual(aDirectoryRecord());
    expect(served()).toEqual(['worker-1']);
  });

  it('keeps trying until a read succeeds', async () => {
    table.failing.add('read');
    let isStarted = false;
    const starting = view.start().then(() => (isStarted = true));
    await pass(leaseMs);
    expect([isStarted, view.isReady]).toEqual([false, false]);
    table.failing.clear();
    await pass(leaseMs);
    await starting;
    expect(view.isReady).toBe(true);
  });

  it('makes all who start it wait for the same read', async () => {
    let open = (): void => undefined;
    table.gate = new Promise((resolve) => (open = resolve));
    const finished: number[] = [];
    const starts = [view.start().then(() => finished.push(1)), view.start().then(() => finished.push(2))];
    await pass(100);
    expect(finished).toEqual([]);
    open();
    await Promise.all(starts);
    expect(table.called('read')).toHaveLength(1);
  });

  it('ends a start that waits when it is closed', async () => {
    table.failing.add('read');
    const starting = view.start();
    await pass(100);
    view.close();
    await expect(starting).resolves.toBeUndefined();
  });
});

describe('RouteView on the feed', () => {
  beforeEach(() => view.start());

  it('follows routes that come and go', () => {
    const route = aRouteRecord({ generation: 2 });
    table.emit({ kind: 'route', route });
    expect(view.servingRoutes('weather')).toEqual([route]);
    table.emit({ kind: 'route_gone', key: route, worker: 'worker-1' });
    expect(view.servingRoutes('weather')).toEqual([aRouteRecord()]);
  });

  it('ignores the end of a route that another worker has taken over', () => {
    table.emit({ kind: 'worker', record: aWorkerRecord({ incarnation: 'worker-2' }) });
    table.emit({ kind: 'route', route: aRouteRecord({ worker: 'worker-2' }) });
    table.emit({ kind: 'route_gone', key: aRouteRecord(), worker: 'worker-1' });
    expect(served()).toEqual(['worker-2']);
  });

  it.each([
    ['an older generation', { generation: 1, revision: 99 }],
    ['an older revision', { generation: 2, revision: 4 }],
  ])('ignores a directory record of %s', (_name, order) => {
    const newest = aDirectoryRecord({ generation: 2, revision: 5, state: 'disabled' });
    table.emit({ kind: 'directory', record: newest });
    table.emit({ kind: 'directory', record: aDirectoryRecord(order) });
    expect(view.directoryRecord('weather')).toEqual(newest);
  });

  it('holds a worker for gone that says so', () => {
    table.emit({ kind: 'worker_gone', incarnation: 'worker-1' });
    expect([view.isAlive('worker-1'), served()]).toEqual([false, []]);
  });

  it('tells of each server that a change concerns', () => {
    const told: string[] = [];
    const stop = view.onChange((id) => told.push(id));
    table.emit({ kind: 'directory', record: aDirectoryRecord({ id: 'other' }) });
    table.emit({ kind: 'worker_gone', incarnation: 'worker-1' });
    stop();
    table.emit({ kind: 'route', route: aRouteRecord() });
    expect(told).toEqual(['other', 'weather']);
  });

  it('keeps what the feed tells while an older read is under way', async () => {
    let open = (): void => undefined;
    table.gate = new Promise((resolve) => (open = resolve));
    const reading = view.refresh();
    const route = aRouteRecord({ serverId: 'late', worker: 'worker-2' });
    table.emit({ kind: 'worker', record: aWorkerRecord({ incarnation: 'worker-2' }) });
    table.emit({ kind: 'route', route });
    table.emit({ kind: 'route_gone', key: aRouteRecord(), worker: 'worker-1' });
    open();
    await reading;
    expect(view.servingRoutes('late')).toEqual([route]);
    expect(view.routesOf('weather')).toEqual([]);
  });

  it('reads once more for those who ask while a read is under way', async () => {
    let open = (): void => undefined;
    table.gate = new Promise((resolve) => (open = resolve));
    const reads = [view.refresh(), view.refresh(), view.refresh()];
    table.snapshot = { ...table.snapshot, directory: [aDirectoryRecord({ generation: 7 })] };
    open();
    await Promise.all(reads);
    expect(view.directoryRecord('weather')?.generation).toBe(7);
    expect(table.called('read')).toHaveLength(3);
  });
});

describe('RouteView after events got lost', () => {
  beforeEach(() => view.start());

  it('finds a route at the next full read', async () => {
    table.snapshot = { ...table.snapshot, routes: [aRouteRecord(), aRouteRecord({ serverId: 'new' })] };
    await pass(resyncMs);
    expect(view.servingRoutes('new')).toHaveLength(1);
  });

  it('drops a route at the next full read', async () => {
    table.snapshot = { ...table.snapshot, routes: [] };
    await pass(resyncMs);
    expect(view.routesOf('weather')).toEqual([]);
  });

  it('takes the directory as the table has it, also where an id began a new life', async () => {
    table.emit({ kind: 'directory', record: aDirectoryRecord({ generation: 9, state: 'deleted' }) });
    table.snapshot = { ...table.snapshot, directory: [aDirectoryRecord({ generation: 1 })] };
    await pass(resyncMs);
    expect(view.directoryRecord('weather')).toMatchObject({ generation: 1, state: 'enabled' });
  });

  it('forgets a directory record that is not there any more', async () => {
    table.snapshot = { ...table.snapshot, directory: [] };
    await pass(resyncMs);
    expect(view.directoryRecord('weather')).toBeUndefined();
  });

  it('learns of a worker that it did not hear of by polling leases', async () => {
    table.snapshot.workers.push(aWorkerRecord({ incarnation: 'worker-2' }));
    await pass(leaseMs / 2);
    expect(view.isAlive('worker-2')).toBe(true);
  });
});

describe('RouteView and leases', () => {
  beforeEach(() => view.start());

  it('holds a worker for dead soon after its lease has run out', async () => {
    vanish();
    await pass(leaseMs / 2);
    expect(served()).toEqual([]);
  });

  it('keeps the route of a dead worker apart from those that serve', async () => {
    table.snapshot = { ...table.snapshot, workers: [] };
    await pass(leaseMs / 2);
    expect([view.routesOf('weather').length, served()]).toEqual([1, []]);
  });

  it('asks for the leases only, while nothing changes', async () => {
    const reads = table.called('read').length;
    await pass(2 * leaseMs);
    expect(table.called('read')).toHaveLength(reads);
    expect(table.called('liveWorkers')).toHaveLength(4);
  });

  it('forgets a dead worker that no route names', async () => {
    vanish();
    await pass(leaseMs / 2);
    expect(view.worker('worker-1')).toBeUndefined();
  });

  it('mistrusts a suspected worker for one lease period', async () => {
    view.suspect('worker-1');
    expect([view.isTrusted('worker-1'), view.isAlive('worker-1')]).toEqual([false, true]);
    await pass(leaseMs);
    expect(view.isTrusted('worker-1')).toBe(true);
  });

  it('looks at the leases at once when a worker is suspected', async () => {
    vanish();
    view.suspect('worker-1');
    await pass(1);
    expect(view.isAlive('worker-1')).toBe(false);
  });

  it('does not trust a worker that it has never heard of', () => {
    view.suspect('worker-9');
    expect(view.isTrusted('worker-9')).toBe(false);
  });
});

describe('RouteView without the table', () => {
  beforeEach(() => view.start());

  const disconnect = (): void => {
    table.connected = false;
    table.emit({ kind: 'disconnected' });
  };
  const reconnect = (): void => {
    table.connected = true;
    table.emit({ kind: 'connected' });
  };

  it('freezes: what it last knew holds however long the table is away', async () => {
    disconnect();
    vanish();
    await pass(10 * 60_000);
    expect(served()).toEqual(['worker-1']);
  });

  it('tells of reads that fail, and keeps what it has', async () => {
    const failed = vi.fn();
    const other = new RouteView(table, clock, { leaseMs, resyncMs, onReadFailed: failed });
    await other.start();
    table.failing.add('read');
    await other.refresh();
    expect(failed).toHaveBeenCalledOnce();
    expect(other.servingRoutes('weather')).toHaveLength(1);
    other.close();
  });

  it('lets absence count after two lease periods of unbroken connection', async () => {
    disconnect();
    vanish();
    await pass(60_000);
    reconnect();
    await pass(2 * leaseMs - 100);
    expect(served()).toEqual(['worker-1']);
    await pass(leaseMs / 2 + 100);
    expect(served()).toEqual([]);
  });

  it('does not let absence count in a read before the feed is back, however long it was away', async () => {
    disconnect();
    vanish();
    await pass(60_000);
    table.connected = true;
    await view.refresh();
    expect(served()).toEqual(['worker-1']);
  });

  it('begins to count anew when the connection breaks once more', async () => {
    disconnect();
    vanish();
    reconnect();
    await pass(1.5 * leaseMs);
    disconnect();
    reconnect();
    await pass(2 * leaseMs - 100);
    expect(served()).toEqual(['worker-1']);
  });

  it('takes up what is new at once, whatever absence counts', async () => {
    disconnect();
    table.snapshot = {
      ...table.snapshot,
      workers: [aWorkerRecord({ incarnation: 'worker-2' })],
      routes: [aRouteRecord({ worker: 'worker-2' })],
    };
    reconnect();
    await pass(1);
    expect(served()).toEqual(['worker-2']);
  });
});

describe('RouteView after the table has lost everything', () => {
  beforeEach(() => view.start());

  it('keeps everything while there is no epoch', async () => {
    lose();
    await pass(10 * 60_000);
    expect(served()).toEqual(['worker-1']);
    expect(view.directoryRecord('weather')).toBeDefined();
    expect([view.currentEpoch, view.tableEpoch]).toEqual(['epoch-1', undefined]);
  });

  it('lets an absent directory record count from the new epoch on', async () => {
    lose();
    await pass(leaseMs);
    table.snapshot = { ...table.snapshot, directory: [aDirectoryRecord({ id: 'other' })], epoch: 'epoch-2' };
    table.emit({ kind: 'epoch', epoch: 'epoch-2' });
    await pass(1);
    expect(view.directoryRecord('weather')).toBeUndefined();
    expect(view.directoryRecord('other')).toBeDefined();
  });

  it('waits for workers to write their part again, also where it never saw the loss itself', async () => {
    lose();
    table.snapshot = { ...table.snapshot, directory: [aDirectoryRecord()], epoch: 'epoch-2' };
    table.emit({ kind: 'epoch', epoch: 'epoch-2' });
    await pass(2 * leaseMs - 100);
    expect(served()).toEqual(['worker-1']);
    await pass(leaseMs);
    expect(served()).toEqual([]);
  });
});

describe('servingRoutes', () => {
  const two = aWorkerRecord({ incarnation: 'worker-2' });
  const cases: [name: string, workers: WorkerRecord[], routes: RouteRecord[], expected: [string, number][]][] = [
    ['none of a server that has no route', [], [], []],
    [
      'those of the newest generation',
      [aWorkerRecord(), two],
      [aRouteRecord({ generation: 1 }), aRouteRecord({ generation: 2, worker: 'worker-2' })],
      [['worker-2', 2]],
    ],
    [
      'all replicas of it',
      [aWorkerRecord(), two],
      [aRouteRecord({ replica: 1 }), aRouteRecord({ replica: 2, worker: 'worker-2' })],
      [
        ['worker-1', 1],
        ['worker-2', 1],
      ],
    ],
    [
      'an older generation where the newest is on a dead worker',
      [aWorkerRecord()],
      [aRouteRecord({ generation: 1 }), aRouteRecord({ generation: 2, worker: 'worker-2' })],
      [['worker-1', 1]],
    ],
    [
      'an older generation where the newest is leaving',
      [aWorkerRecord(), two],
      [aRouteRecord({ generation: 1 }), aRouteRecord({ generation: 2, worker: 'worker-2', state: 'draining' })],
      [['worker-1', 1]],
    ],
    [
      'what is leaving where nothing else is there',
      [aWorkerRecord()],
      [aRouteRecord({ state: 'draining' })],
      [['worker-1', 1]],
    ],
    ['degraded ones too', [aWorkerRecord()], [aRouteRecord({ state: 'degraded' })], [['worker-1', 1]]],
  ];

  it.each(cases)('gives %s', async (_name, workers, routes, expected) => {
    table.snapshot = { ...table.snapshot, workers, routes };
    await view.start();
    expect(view.servingRoutes('weather').map((route) => [route.worker, route.generation])).toEqual(expected);
  });
});
