import { beforeEach, describe, expect, it } from 'vitest';
import { Clock } from '@mcp-hub/application';
import { CallLedger, type CallExecution, type DeliveredCall } from './call-ledger.js';

class ManualClock extends Clock {
  at = 1_000_000;
  override now(): number {
    return this.at;
  }
}

let clock: ManualClock;
let ledger: CallLedger;
beforeEach(() => {
  clock = new ManualClock();
  ledger = new CallLedger(clock, { keepMs: 600_000, maxFinished: 4, maxDisowned: 2 });
});

const received = (callId: string, call: Partial<DeliveredCall> = {}): CallExecution =>
  ledger.receive({ callId, attempt: 1, delivery: 1, ...call });
function executed(callId: string, forMs = 0): void {
  const execution = received(callId);
  execution.begin();
  clock.at += forMs;
  execution.end();
}

describe('what a worker says of a call', () => {
  it('has not seen what never came', () => {
    expect(ledger.disown('a', 1, 5)).toBe('not_seen');
  });

  it('has not seen what came and was not begun', () => {
    received('a');
    expect(ledger.disown('a', 1, 5)).toBe('not_seen');
  });

  it('executes what was begun', () => {
    received('a').begin();
    expect(ledger.disown('a', 1, 5)).toBe('executing');
  });

  it('has finished what was executed', () => {
    executed('a');
    expect(ledger.disown('a', 1, 5)).toBe('finished');
  });

  it('executes a repeated call as long as one of its executions goes on', () => {
    const first = received('a');
    const second = received('a', { attempt: 2, delivery: 2 });
    first.begin();
    second.begin();
    first.end();
    expect(ledger.disown('a', 2, 5)).toBe('executing');
    second.end();
    expect(ledger.disown('a', 2, 5)).toBe('finished');
  });
});

describe('a call', () => {
  it('is not begun after it was disowned', () => {
    const execution = received('a');
    ledger.disown('a', 1, 5);
    expect(execution.begin()).toBe(false);
    expect(execution.hasBegun).toBe(false);
  });

  it('is begun at a later delivery than the disowned one', () => {
    ledger.disown('a', 1, 5);
    expect(received('a', { delivery: 1 }).begin()).toBe(false);
    expect(received('a', { delivery: 2 }).begin()).toBe(true);
  });

  it('is not begun a second time as a first attempt', () => {
    received('a').begin();
    expect(received('a', { delivery: 2 }).begin()).toBe(false);
    executed('b');
    expect(received('b').begin()).toBe(false);
  });

  it('is begun again as a second attempt', () => {
    executed('a');
    expect(received('a', { attempt: 2, delivery: 2 }).begin()).toBe(true);
  });

  it('is begun once for all its legs', () => {
    const execution = received('a');
    expect([execution.begin(), execution.begin(), execution.hasBegun]).toEqual([true, true, true]);
  });

  it('is not begun when its request is over', () => {
    const execution = received('a');
    execution.end();
    expect([execution.begin(), execution.hasBegun]).toEqual([false, false]);
  });

  it('without an id is executed whatever was before', () => {
    expect([received('').begin(), received('').begin(), ledger.size]).toEqual([true, true, 0]);
  });
});

describe('the memory of a ledger', () => {
  it('ends twenty minutes after the call, and not before ten', () => {
    executed('a');
    clock.at += 599_999;
    executed('b');
    expect(ledger.disown('a', 1, 600_100)).toBe('finished');
    clock.at += 600_000;
    executed('c');
    clock.at += 600_000;
    executed('d');
    expect(ledger.disown('a', 1, 1_800_100)).toBe('forgotten');
  });

  it('is bounded by a number of calls', () => {
    for (let count = 0; count < 50; count++) {
      executed(`call-${count}`);
      expect(ledger.size).toBeLessThanOrEqual(4);
    }
    expect(ledger.disown('call-48', 1, 5)).toBe('finished');
  });

  it('of disowned calls ends after ten minutes', () => {
    ledger.disown('a', 1, 5);
    clock.at += 600_001;
    ledger.disown('b', 1, 5);
    expect(ledger.size).toBe(1);
  });

  it('keeps what goes on, however many are over', () => {
    received('long').begin();
    for (let count = 0; count < 50; count++) executed(`call-${count}`);
    expect(ledger.disown('long', 1, 5)).toBe('executing');
  });

  it('does not take a forgotten call for one that never came', () => {
    for (let count = 0; count < 5; count++) executed(`call-${count}`);
    expect(ledger.disown('call-0', 1, 100)).toBe('forgotten');
  });

  it('knows that what was delivered after the forgotten ones never came', () => {
    for (let count = 0; count < 5; count++) executed(`call-${count}`);
    clock.at += 10_000;
    expect(ledger.disown('other', 1, 100)).toBe('not_seen');
  });

  it('minds when a forgotten call began, not when it ended', () => {
    const long = received('long');
    long.begin();
    executed('early');
    clock.at += 60_000;
    long.end();
    for (let count = 0; count < 4; count++) executed(`call-${count}`);
    clock.at += 10_000;
    expect(ledger.disown('long', 1, 70_000)).toBe('forgotten');
    expect(ledger.disown('other', 1, 50_000)).toBe('not_seen');
  });

  it('promises no more refusals than it can keep', () => {
    expect([1, 2, 3].map((number) => ledger.disown(`call-${number}`, 1, 5))).toEqual([
      'not_seen',
      'not_seen',
      'forgotten',
    ]);
    expect([received('call-1').begin(), received('call-3').begin()]).toEqual([false, true]);
  });
});
