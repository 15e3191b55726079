import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemTimers } from '../../wire/timers.js';
import { breakerLimits, CircuitBreaker, type BreakerReport, type Verdict } from './circuit-breaker.js';

const hang = { method: 'tools/call', name: 'hang' };
const fine = { method: 'tools/call', name: 'fine' };
const list = { method: 'tools/list' };

let breaker: CircuitBreaker;
let told: (BreakerReport | undefined)[];
/** Of the server's answer to a check. */
let isAlive: boolean;
let checks: number;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  told = [];
  isAlive = true;
  checks = 0;
  breaker = new CircuitBreaker({
    limits: breakerLimits,
    timers: systemTimers,
    now: () => Date.now(),
    check: () => {
      checks += 1;
      return isAlive ? Promise.resolve() : new Promise(() => undefined);
    },
    onChange: (report) => told.push(report),
  });
});
afterEach(() => {
  breaker.close();
  vi.useRealTimers();
});

/** A call, if it is let through. */
function call(operation: { method: string; name?: string }, verdict: Verdict): 'normal' | 'probe' | number {
  const admission = breaker.admit(operation);
  if (admission.kind === 'refused') return admission.retryAfter;
  breaker.settled(operation, verdict, admission.isProbe);
  return admission.isProbe ? 'probe' : 'normal';
}

function fail(times: number, operation = hang, verdict: Verdict = 'silent'): void {
  for (let count = 0; count < times; count += 1) call(operation, verdict);
}

const later = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe('CircuitBreaker', () => {
  it('stays closed below the threshold', () => {
    fail(4);
    expect(call(hang, 'answered')).toBe('normal');
    expect(told).toEqual([]);
  });

  it('opens after calls in a row that nobody answered, and tells since when, and when it is tried again', () => {
    fail(1);
    vi.setSystemTime(1_003_000);
    fail(4);
    expect(call(hang, 'answered')).toBe(2);
    expect(told).toEqual([
      {
        message: '5 calls in a row got no valid answer (tools/call "hang").',
        since: 1_000_000,
        nextTryAt: 1_005_000,
        isWhole: false,
      },
    ]);
  });

  it('counts from the start after a call that succeeded', () => {
    for (let round = 0; round < 10; round += 1) {
      fail(4);
      call(fine, 'answered');
    }
    expect(breaker.isOpen).toBe(false);
  });

  it('does not take the answer to a list for a sign that calls work', () => {
    for (let round = 0; round < 5; round += 1) {
      fail(1);
      call(list, 'answered');
    }
    expect(breaker.isOpen).toBe(true);
  });

  it('counts neither cancelled calls nor what says nothing about the server', () => {
    fail(4);
    fail(100, hang, 'untold');
    expect(breaker.isOpen).toBe(false);
    fail(1);
    expect(breaker.isOpen).toBe(true);
  });

  it('refuses only what failed where the server itself still answers', async () => {
    fail(5);
    await later(0);
    expect(checks).toBe(1);
    expect(call(hang, 'answered')).toBe(2);
    expect(call(list, 'answered')).toBe('normal');
    expect(breaker.isOpen).toBe(true);
  });

  it('closes when another operation of the server works', () => {
    fail(5);
    expect(call(fine, 'answered')).toBe('normal');
    expect(call(hang, 'silent')).toBe('normal');
    expect(told.at(-1)).toBeUndefined();
  });

  it('refuses everything where the server does not answer a check either', async () => {
    isAlive = false;
    fail(5);
    expect(call(list, 'untold')).toBe('normal');
    await later(1_999);
    expect(call(list, 'untold')).toBe('normal');
    await later(3_001);
    expect(call(fine, 'answered')).toBeGreaterThan(0);
    expect(call(list, 'answered')).toBeGreaterThan(0);
    expect(told.at(-1)).toMatchObject({
      isWhole: true,
      message: 'The server does not answer: 5 calls in a row failed.',
    });
  });

  it('refuses everything at once where the server is gone', () => {
    fail(5, hang, 'unreachable');
    expect(call(fine, 'answered')).toBe(2);
    expect(checks).toBe(0);
  });

  it('refuses everything once several operations failed', () => {
    fail(2, hang);
    fail(2, { method: 'tools/call', name: 'hangs too' });
    fail(1, { method: 'resources/read', name: 'x://y' });
    expect(call(list, 'answered')).toBe(2);
  });

  it('lets one probe through when the delay is over, and refuses others meanwhile', async () => {
    fail(5);
    await later(2_000);
    const first = breaker.admit(hang);
    expect(first).toEqual({ kind: 'admitted', isProbe: true });
    expect(breaker.admit(hang)).toMatchObject({ kind: 'refused', retryAfter: 1 });
    breaker.settled(hang, 'answered', true);
    expect(call(hang, 'answered')).toBe('normal');
    expect(told).toEqual([expect.anything(), undefined]);
  });

  it('waits twice as long after each probe that fails, up to a limit', async () => {
    fail(5);
    const delays: unknown[] = [];
    for (let delay = 2_000, round = 0; round < 7; round += 1, delay = Math.min(60_000, delay * 2)) {
      await later(delay - 1);
      delays.push(call(hang, 'silent'));
      await later(1);
      expect(call(hang, 'silent')).toBe('probe');
      delays.push(call(hang, 'silent'));
    }
    expect(delays).toEqual([1, 4, 1, 8, 1, 16, 1, 32, 1, 60, 1, 60, 1, 60]);
  });

  it('takes the next call for the probe where the first was cancelled', async () => {
    fail(5);
    await later(2_000);
    expect(call(hang, 'untold')).toBe('probe');
    expect(call(hang, 'answered')).toBe('probe');
    expect(breaker.isOpen).toBe(false);
  });

  it('asks a server that was gone by itself, and closes when it answers', async () => {
    fail(5, hang, 'unreachable');
    await later(2_000);
    expect(checks).toBe(1);
    expect(breaker.isOpen).toBe(false);
    expect(told.at(-1)).toBeUndefined();
  });

  it('asks a silent server again and again, ever more rarely', async () => {
    isAlive = false;
    fail(5, hang, 'unreachable');
    await later(2_000 + 5_000 + 4_000 + 5_000 + 7_999);
    expect(checks).toBe(2);
    await later(1);
    expect(checks).toBe(3);
  });

  it('opens at the first failure, for longer, after a check alone has closed it', async () => {
    fail(5, hang, 'unreachable');
    await later(2_000);
    expect(call(hang, 'silent')).toBe('normal');
    expect(call(hang, 'silent')).toBe(4);
  });

  it('is closed on probation where nobody calls any more', async () => {
    fail(5);
    await later(2_000 + 59_999);
    expect(breaker.isOpen).toBe(true);
    await later(1);
    expect(breaker.isOpen).toBe(false);
    expect(told.at(-1)).toBeUndefined();
  });

  it('has nothing to do once it is closed for good', async () => {
    fail(5);
    breaker.close();
    fail(5);
    await later(0);
    expect({ timers: vi.getTimerCount(), told: told.length }).toEqual({ timers: 0, told: 1 });
  });
});
