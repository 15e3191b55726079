import { describe, expect, it } from 'vitest';
import { exceeds } from './message-size.js';

describe('exceeds', () => {
  it.each([
    ['a string', 'x'.repeat(1_001)],
    ['strings', Array.from({ length: 20 }, () => 'x'.repeat(60))],
    ['numbers', Array.from({ length: 1_001 }, () => 1)],
    ['names', { ['n'.repeat(1_001)]: 1 }],
    ['something deep down', { a: [{ b: { c: 'x'.repeat(1_001) } }] }],
  ])('is true of %s that makes a longer text', (_, value) => {
    expect(JSON.stringify(value).length).toBeGreaterThan(1_000);
    expect(exceeds(value, 1_000)).toBe(true);
  });

  it.each([
    ['a string', 'x'.repeat(990)],
    ['nothing', undefined],
    ['an object', { content: [{ type: 'text', text: 'x'.repeat(900) }], isError: false, more: null }],
  ])('is false of %s that makes a shorter text', (_, value) => {
    expect(exceeds(value, 1_000)).toBe(false);
  });

  it('ends for a value that contains itself', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(exceeds(loop, 1_000)).toBe(true);
  });
});
