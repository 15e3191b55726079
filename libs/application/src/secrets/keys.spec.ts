import { InvalidKey } from '@mcp-hub/domain';
import { describe, expect, it } from 'vitest';
import { ClusterKeys } from './cluster-keys.js';
import { parseKeys } from './keys.js';

const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 8 + 7));
const other = Buffer.alloc(32, 1);

describe('parseKeys', () => {
  it.each([
    ['base64', key.toString('base64')],
    ['base64 without padding', key.toString('base64').replaceAll('=', '')],
    ['base64url', key.toString('base64url')],
    ['hex', key.toString('hex')],
    ['hex in capitals', key.toString('hex').toUpperCase()],
    ['spaces around', ` ${key.toString('base64')} `],
  ])('reads %s', (_, text) => {
    expect(parseKeys(text)).toEqual([key]);
  });

  it('reads a list in its order', () => {
    expect(parseKeys(`${other.toString('hex')}, ${key.toString('base64')}`)).toEqual([other, key]);
  });

  it.each([
    ['', 'secrets.key is empty.'],
    ['no key!', 'secrets.key is neither base64 nor hex.'],
    ['c2hvcnQ=', 'secrets.key has 5 bytes.'],
    [`${key.toString('hex')},`, 'secrets.key, key 2, is empty.'],
  ])('refuses %j', (text, reason) => {
    expect(() => parseKeys(text)).toThrow(InvalidKey);
    expect(() => parseKeys(text)).toThrow(reason);
  });

  it('names the setting and never repeats the key', () => {
    const wrong = 'hunter2hunter2';
    expect(() => parseKeys(wrong, 'cluster.secret')).toThrow(/^cluster\.secret (?!.*hunter2)/);
  });
});

describe('ClusterKeys', () => {
  const keys = new ClusterKeys([key, other]);

  it('has one key for each secret and purpose, all different', () => {
    const all = [...keys.sessionSigning, ...keys.stateSealing, ...keys.internalCredential];
    expect(all.every((each) => each.length === 32)).toBe(true);
    expect(new Set(all.map((each) => each.toString('hex'))).size).toBe(6);
  });

  it('derives the same keys in every process', () => {
    expect(ClusterKeys.parse(`${key.toString('hex')},${other.toString('base64')}`)).toEqual(keys);
  });

  it('keeps accepting a former secret', () => {
    const rotated = new ClusterKeys([other, key]);
    expect(rotated.sessionSigning[1]).toEqual(keys.sessionSigning[0]);
  });

  it('refuses a secret that is too short', () => {
    expect(() => ClusterKeys.parse('abc')).toThrow(/^cluster\.secret /);
  });
});
