import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RouteView } from '../routing/route-view.js';
import { aDirectoryRecord, aRouteRecord, aWorkerRecord } from '../testing/routing-builders.js';
import { ScriptedRouteTable } from '../testing/scripted-route-table.js';
import { SetClock } from '../testing/set-clock.js';
import { awaitOutcome } from './await-outcome.js';

const failure = { code: 'crashed', message: 'It crashed.', remedy: '', since: '', stage: 'loading' } as const;
let table: ScriptedRouteTable;
let view: RouteView;

beforeEach(async () => {
  table = new ScriptedRouteTable();
  table.snapshot = {
    epoch: 'e',
    directory: [aDirectoryRecord({ generation: 2 })],
    workers: [aWorkerRecord()],
    routes: [],
  };
  view = new RouteView(table, new SetClock(), { leaseMs: 3_000, resyncMs: 30_000 });
  await view.start();
});
afterEach(() => {
  view.close();
  vi.useRealTimers();
});

const outcome = (timeoutMs = 5_000) => awaitOutcome(view, 'weather', 2, timeoutMs);

describe('awaitOutcome', () => {
  it.each([
    ['a route of that generation', aRouteRecord({ generation: 2 })],
    ['a route of a later one', aRouteRecord({ generation: 3 })],
  ])('is healthy with %s', async (_name, route) => {
    const waiting = outcome();
    table.emit({ kind: 'route', route });
    expect(await waiting).toBe('healthy');
  });

  it.each([
    ['failed', 'a failure of that generation', { generation: 2, revision: 2, failure }],
    ['unwanted', 'disabling', { generation: 3, state: 'disabled' }],
    ['unwanted', 'deletion', { generation: 3, state: 'deleted' }],
  ] as const)('is %s by %s', async (expected, _name, change) => {
    const waiting = outcome();
    table.emit({ kind: 'directory', record: aDirectoryRecord(change) });
    expect(await waiting).toBe(expected);
  });

  it('is known at once where it has happened already', async () => {
    table.emit({ kind: 'route', route: aRouteRecord({ generation: 2 }) });
    expect(await outcome(0)).toBe('healthy');
  });

  it('waits on while an older generation serves, or has failed', async () => {
    vi.useFakeTimers();
    const waiting = outcome();
    table.emit({ kind: 'route', route: aRouteRecord({ generation: 1 }) });
    table.emit({ kind: 'directory', record: aDirectoryRecord({ id: 'other', generation: 2, failure }) });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await waiting).toBe('pending');
  });

  it('does not take a failure of the generation before for this one', async () => {
    vi.useFakeTimers();
    const waiting = awaitOutcome(view, 'weather', 3, 1_000);
    table.emit({ kind: 'directory', record: aDirectoryRecord({ generation: 2, revision: 2, failure }) });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await waiting).toBe('pending');
  });
});
