import { SecretUnreadable } from '@mcp-hub/domain';
import { describe, expect, it } from 'vitest';
import { SecretBox } from './secret-box.js';

const keyOf = (fill: number): Buffer => Buffer.alloc(32, fill);
const alter = (text: string, index: number): string =>
  text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1);

describe('SecretBox', () => {
  const box = new SecretBox([keyOf(1)]);

  it.each(['abc', '', 'ünïcode 🌦', 'a'.repeat(100_000), 'sealed:v1:00000000:AAAA'])('opens what it sealed', (plain) => {
    expect(box.open(box.seal(plain))).toBe(plain);
  });

  it('seals to text that can stand in a reference', () => {
    expect(box.seal('abc')).toMatch(/^sealed:v1:[0-9a-f]{8}:[A-Za-z0-9_-]+$/);
  });

  it('never seals to the same text twice', () => {
    expect(box.seal('abc')).not.toBe(box.seal('abc'));
  });

  it('opens with a former key what that key sealed', () => {
    const rotated = new SecretBox([keyOf(2), keyOf(1)]);
    expect(rotated.open(box.seal('abc'))).toBe('abc');
  });

  it('seals with the first key', () => {
    const sealed = new SecretBox([keyOf(2), keyOf(1)]).seal('abc');
    expect(new SecretBox([keyOf(2)]).open(sealed)).toBe('abc');
    expect(() => box.open(sealed)).toThrow(SecretUnreadable);
  });

  it('says what to do about a key that is not there any more', () => {
    expect(() => new SecretBox([keyOf(2)]).open(box.seal('abc'))).toThrow(/secrets\.key/);
  });

  it('refuses text that was altered anywhere', () => {
    const sealed = box.seal('abc');
    const payload = sealed.lastIndexOf(':') + 1;
    for (const index of [payload, payload + 20, payload + 40, sealed.length - 2]) {
      expect(() => box.open(alter(sealed, index))).toThrow(SecretUnreadable);
    }
    expect(() => box.open(sealed.slice(0, -4))).toThrow(SecretUnreadable);
  });

  it.each(['', 'abc', 'sealed:v1:', 'sealed:v1:00000000:', 'sealed:v2:00000000:AAAA'])('refuses %j', (text) => {
    expect(() => box.open(text)).toThrow(SecretUnreadable);
  });

  it('needs a key', () => {
    expect(() => new SecretBox([])).toThrow(/names no key/);
  });
});
