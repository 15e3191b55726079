import { describe, expect, it } from 'vitest';
import { ManualTimers } from '../../../test/support/fixtures.js';
import { StreamFlood } from './stream-flood.js';

function anExchange() {
  const told: string[] = [];
  return {
    told,
    abort: () => undefined,
    pause: () => void told.push('pause'),
    resume: () => void told.push('resume'),
  };
}

describe('StreamFlood', () => {
  it('holds up each stream that goes on while a server says too much, and lets all go on after a moment', () => {
    const timers = new ManualTimers();
    const flood = new StreamFlood(timers);
    const [first, second] = [anExchange(), anExchange()];
    for (let count = 0; count < 300; count += 1) flood.told(false);
    flood.came(100, first);
    flood.came(100, second);
    flood.came(100, second);
    expect([first.told, second.told]).toEqual([['pause'], ['pause']]);
    timers.advance(100);
    flood.came(100, first);
    expect([first.told, second.told]).toEqual([
      ['pause', 'resume'],
      ['pause', 'resume'],
    ]);
  });

  it('leaves a server alone that says little', () => {
    const flood = new StreamFlood(new ManualTimers());
    const exchange = anExchange();
    for (let count = 0; count < 100; count += 1) {
      flood.told(false);
      flood.came(100, exchange);
    }
    expect(exchange.told).toEqual([]);
  });
});
