import { describe, expect, it } from 'vitest';
import { SessionIds } from './session-ids.js';

const [oldKey, newKey] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const claims = { serverId: 'weather', incarnation: 'w-1', caller: 'alice', random: 'r_1' };

describe('SessionIds', () => {
  it('issues visible ASCII that names the worker', () => {
    const ids = new SessionIds([newKey]);
    const id = ids.issue(claims);
    expect(id).toMatch(/^[\x21-\x7e]{1,255}$/);
    expect(ids.read(id, claims)).toEqual({ incarnation: 'w-1' });
  });

  it.each([
    ['another server', { serverId: 'other' }],
    ['another caller', { caller: 'bob' }],
  ])('does not read an id for %s', (_, over) => {
    const ids = new SessionIds([newKey]);
    expect(ids.read(ids.issue(claims), { ...claims, ...over })).toBeUndefined();
  });

  it('does not take one field for a part of another', () => {
    const ids = new SessionIds([newKey]);
    const id = ids.issue({ ...claims, serverId: 'a', caller: 'b","c' });
    expect(ids.read(id, { serverId: 'a","b', caller: 'c' })).toBeUndefined();
  });

  it('does not read what was altered', () => {
    const ids = new SessionIds([newKey]);
    const id = ids.issue(claims);
    for (const forged of ['', 'w-1', id.replace('w-1', 'w-2'), id.replace('r_1', 'r_2'), `${id}A`, id.slice(0, -1)]) {
      expect(ids.read(forged, claims)).toBeUndefined();
    }
  });

  it('reads ids of every key, and signs with the first', () => {
    const [before, during, after] = [
      new SessionIds([oldKey]),
      new SessionIds([newKey, oldKey]),
      new SessionIds([newKey]),
    ];
    expect(during.read(before.issue(claims), claims)).toEqual({ incarnation: 'w-1' });
    expect(after.read(during.issue(claims), claims)).toEqual({ incarnation: 'w-1' });
    expect(after.read(before.issue(claims), claims)).toBeUndefined();
  });

  it('refuses to issue what it could not read', () => {
    expect(() => new SessionIds([newKey]).issue({ ...claims, incarnation: 'a.b c' })).toThrow(RangeError);
    expect(() => new SessionIds([])).toThrow(RangeError);
  });
});
