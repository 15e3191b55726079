import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isReverseDnsName, isSlug, slugFromName } from './slug.js';

describe('slugFromName', () => {
  it.each([
    ['GitHub API Server', 'github-api-server'],
    ['io.github.user/weather', 'io.github.user.weather'],
    ['CI / CD', 'ci-cd'],
    ['Café — Ünïcode', 'cafe-unicode'],
    ['天気', 'server'],
    ['x', 'server-x'],
    ['  --a.b-- ', 'a.b'],
    ['a'.repeat(200), 'a'.repeat(128)],
  ])('makes of %j the id %s', (name, id) => {
    expect(slugFromName(name)).toBe(id);
  });

  it('always gives a valid id', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => isSlug(slugFromName(name))));
  });
});

describe('isReverseDnsName', () => {
  it.each([
    ['io.github.user/weather', true],
    ['a/b', false],
    ['io.github.user/weather/more', false],
    ['GitHub API', false],
    ['-a.b/cc', false],
  ])('of %j is %s', (name, expected) => {
    expect(isReverseDnsName(name)).toBe(expected);
  });
});
