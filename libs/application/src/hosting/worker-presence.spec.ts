import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RecordingLog } from '../testing/recording-log.js';
import { aWorkerRecord } from '../testing/routing-builders.js';
import { ScriptedRouteTable } from '../testing/scripted-route-table.js';
import { WorkerPresence } from './worker-presence.js';

const leaseMs = 3_000;
let table: ScriptedRouteTable;
let hosted: { publishAgain: ReturnType<typeof vi.fn<() => Promise<void>>> };
let presence: WorkerPresence;

beforeEach(() => {
  vi.useFakeTimers();
  table = new ScriptedRouteTable();
  hosted = { publishAgain: vi.fn(() => Promise.resolve()) };
  presence = new WorkerPresence(table, hosted, new RecordingLog(), aWorkerRecord(), leaseMs);
});
afterEach(async () => {
  table.gate = Promise.resolve();
  await presence.leave();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('WorkerPresence', () => {
  it('announces the worker with its address', async () => {
    await presence.start('http://10.0.0.1:8070');
    expect(table.called('announceWorker')).toEqual([aWorkerRecord({ url: 'http://10.0.0.1:8070' })]);
    expect(presence.isPresent).toBe(true);
  });

  it('renews its lease three times in a lease period', async () => {
    await presence.start();
    await pass(leaseMs);
    expect(table.called('renewWorker')).toHaveLength(3);
    expect(table.called('announceWorker')).toHaveLength(1);
  });

  it('announces itself and its routes again when it was forgotten', async () => {
    await presence.start();
    table.knowsWorker = false;
    await pass(leaseMs / 3);
    expect(table.called('announceWorker')).toHaveLength(2);
    expect(hosted.publishAgain).toHaveBeenCalledTimes(2);
  });

  it('announces everything again when the connection is back, whatever the table remembers', async () => {
    await presence.start();
    table.emit({ kind: 'connected' });
    await pass(1);
    expect(hosted.publishAgain).toHaveBeenCalledTimes(2);
  });

  it('tries all of it again where the routes could not be written', async () => {
    await presence.start();
    table.knowsWorker = false;
    hosted.publishAgain.mockRejectedValueOnce(new Error('away'));
    await pass(leaseMs / 3);
    table.knowsWorker = true;
    expect(presence.isPresent).toBe(false);
    await pass(leaseMs / 3);
    expect(hosted.publishAgain).toHaveBeenCalledTimes(3);
    expect(presence.isPresent).toBe(true);
  });

  it('comes back by itself after the table was away', async () => {
    table.connected = false;
    await presence.start();
    expect(presence.isPresent).toBe(false);
    table.connected = true;
    await pass(leaseMs / 3);
    expect(presence.isPresent).toBe(true);
  });

  it('says that it wants no more work', async () => {
    await presence.start();
    await presence.startDraining();
    expect(table.called('announceWorker').at(-1)).toMatchObject({ isDraining: true });
  });

  it('is gone for good once it left, also when a renewal was under way', async () => {
    await presence.start();
    table.knowsWorker = false;
    let open = (): void => undefined;
    table.gate = new Promise((resolve) => (open = resolve));
    await pass(leaseMs / 3);
    const leaving = presence.leave();
    open();
    await leaving;
    await pass(10 * leaseMs);
    const last = table.calls.filter(({ method }) => method === 'announceWorker' || method === 'retireWorker').at(-1);
    expect(last?.method).toBe('retireWorker');
  });

  it('leaves although the table is away', async () => {
    await presence.start();
    table.connected = false;
    await expect(presence.leave()).resolves.toBeUndefined();
  });
});
