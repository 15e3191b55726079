import { SetClock } from '@mcp-hub/application/testing';
import { describe, expect, it } from 'vitest';
import { CountingIds } from '../test/support/fixtures.js';
import { StateSeal } from './state-seal.js';

const [oldKey, newKey] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const clock = new SetClock(1_000);
const ids = new CountingIds();
const sealOf = (...keys: Buffer[]): StateSeal => new StateSeal({ keys, clock, ids, ttlMs: 500 });
const binding = {
  caller: 'alice',
  serverId: 'weather',
  method: 'tools/call',
  params: { name: 't', arguments: { a: 1, b: { c: 2, d: 3 } } },
};
const state = { state: 'parked-1', incarnation: 'w1' };

describe('StateSeal', () => {
  it('gives back what it sealed, and shows none of it', () => {
    const seal = sealOf(newKey);
    const sealed = seal.seal(state, binding);
    expect(Buffer.from(sealed.slice(3), 'base64url').toString('latin1')).not.toContain('parked-1');
    expect(seal.open(sealed, binding)).toEqual(state);
  });

  it('opens for a retry, which adds to the params and may order them otherwise', () => {
    const seal = sealOf(newKey);
    const params = {
      inputResponses: {},
      requestState: 'x',
      _meta: { a: 1 },
      arguments: { b: { d: 3, c: 2 }, a: 1 },
      name: 't',
    };
    expect(seal.open(seal.seal(state, binding), { ...binding, params })).toEqual(state);
  });

  it.each([
    ['caller', { caller: 'bob' }],
    ['server', { serverId: 'other' }],
    ['method', { method: 'prompts/get' }],
    ['arguments', { params: { name: 't', arguments: { a: 2, b: { c: 2, d: 3 } } } }],
    ['further params', { params: { ...binding.params, extra: true } }],
  ])('does not open for another %s', (_, over) => {
    const seal = sealOf(newKey);
    expect(seal.open(seal.seal(state, binding), { ...binding, ...over })).toBeUndefined();
  });

  it('does not open what was altered', () => {
    const seal = sealOf(newKey);
    const sealed = seal.seal(state, binding);
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(seal.open(`v1.${altered.toString('base64url')}`, binding)).toBeUndefined();
    }
    for (const garbage of ['', 'v1.', 'v1.AAAA', 'v2.x']) expect(seal.open(garbage, binding)).toBeUndefined();
  });

  it('does not open what has expired', () => {
    const seal = sealOf(newKey);
    const sealed = seal.seal(state, binding);
    clock.time += 499;
    expect(seal.open(sealed, binding)).toEqual(state);
    clock.time += 1;
    expect(seal.open(sealed, binding)).toBeUndefined();
  });

  it('opens with every key, and seals with the first', () => {
    expect(sealOf(newKey, oldKey).open(sealOf(oldKey).seal(state, binding), binding)).toEqual(state);
    expect(sealOf(newKey).open(sealOf(newKey, oldKey).seal(state, binding), binding)).toEqual(state);
    expect(sealOf(newKey).open(sealOf(oldKey).seal(state, binding), binding)).toBeUndefined();
  });

  it('never seals the same twice alike', () => {
    const seal = sealOf(newKey);
    expect(seal.seal(state, binding)).not.toBe(seal.seal(state, binding));
  });
});
