import { beforeEach, afterEach, describe, expect, it, vi } from 'vitest';
import { systemTimers } from '../../wire/timers.js';
import { ConcurrencyGate } from './concurrency-gate.js';

const never = new AbortController().signal;
let gate: ConcurrencyGate;
beforeEach(() => {
  vi.useFakeTimers();
  gate = new ConcurrencyGate({ maxConcurrency: 2, waitMs: 10_000 }, systemTimers);
});
afterEach(() => {
  vi.useRealTimers();
});

function fill(): void {
  expect([gate.tryEnter(), gate.tryEnter(), gate.tryEnter()]).toEqual([true, true, false]);
}

describe('ConcurrencyGate', () => {
  it('lets as many in as its limit says', () => {
    fill();
    expect(gate.inside).toBe(2);
  });

  it('needs no timer while there is room', async () => {
    expect(await gate.enter(never)).toBe('entered');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives the room of one that leaves to the one that has waited longest', async () => {
    fill();
    const order: string[] = [];
    const first = gate.enter(never).then((answer) => order.push(`first ${answer}`));
    const second = gate.enter(never).then((answer) => order.push(`second ${answer}`));
    gate.leave();
    await first;
    expect(order).toEqual(['first entered']);
    expect({ inside: gate.inside, waiting: gate.waiting }).toEqual({ inside: 2, waiting: 1 });
    gate.leave();
    await second;
    expect(order).toEqual(['first entered', 'second entered']);
  });

  it('lets nobody overtake those who wait', async () => {
    fill();
    const waiting = gate.enter(never);
    gate.leave();
    expect(gate.tryEnter()).toBe(false);
    expect(await waiting).toBe('entered');
  });

  it('keeps as many waiting as may be inside, and refuses the next at once', async () => {
    fill();
    void gate.enter(never);
    void gate.enter(never);
    expect(await gate.enter(never)).toBe('full');
    expect(gate.waiting).toBe(2);
  });

  it('refuses one that has waited too long', async () => {
    fill();
    const waiting = gate.enter(never);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(gate.waiting).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await waiting).toBe('full');
    expect(gate.waiting).toBe(0);
  });

  it('forgets one whose client gives up', async () => {
    fill();
    const controller = new AbortController();
    const waiting = gate.enter(controller.signal);
    controller.abort();
    expect(await waiting).toBe('cancelled');
    gate.leave();
    expect({ inside: gate.inside, timers: vi.getTimerCount() }).toEqual({ inside: 1, timers: 0 });
  });

  it('does not let a client in that has given up before', async () => {
    expect(await gate.enter(AbortSignal.abort())).toBe('cancelled');
    expect(gate.inside).toBe(0);
  });

  it('counts a call that is taken up again without keeping it out', () => {
    fill();
    gate.enterAgain();
    expect(gate.inside).toBe(3);
    gate.leave();
    expect(gate.tryEnter()).toBe(false);
    gate.leave();
    expect(gate.tryEnter()).toBe(true);
  });

  it('turns away all who wait when it is closed', async () => {
    fill();
    const waiting = gate.enter(never);
    gate.close();
    expect(await waiting).toBe('closed');
    expect(vi.getTimerCount()).toBe(0);
  });
});
