import { Clock } from '@mcp-hub/application';
import { beforeEach, describe, expect, it } from 'vitest';
import { ExpiringMap } from './expiring-map.js';

class SetClock extends Clock {
  ms = 1_000;
  now(): number {
    return this.ms;
  }
}

describe('ExpiringMap', () => {
  let clock: SetClock;
  let map: ExpiringMap<string>;

  beforeEach(() => {
    clock = new SetClock();
    map = new ExpiringMap(clock);
  });

  it('keeps an entry up to the end of its time, and no longer', () => {
    map.set('a', 'A', 100);
    clock.ms = 1_099;
    expect(map.get('a')).toBe('A');
    clock.ms = 1_100;
    expect(map.get('a')).toBeUndefined();
    expect([...map]).toEqual([]);
  });

  it('extends from now on', () => {
    map.set('a', 'A', 100);
    clock.ms = 1_050;
    expect(map.extend('a', 100)).toBe(true);
    clock.ms = 1_149;
    expect(map.has('a')).toBe(true);
  });

  it('does not bring back what is over', () => {
    map.set('a', 'A', 100);
    clock.ms = 1_100;
    expect(map.extend('a', 100)).toBe(false);
    expect(map.delete('a')).toBe(false);
  });

  it('frees what is over as it grows', () => {
    for (let index = 0; index < 1_000; index++) {
      map.set(`key ${index}`, 'value', 1);
      clock.ms += 10;
    }
    expect(map.size).toBeLessThan(100);
  });
});
