import { expect, it } from 'vitest';
import { RandomIds } from './random-ids.js';

it('never gives the same id twice', () => {
  const ids = new RandomIds();
  const given = Array.from({ length: 2_000 }, () => ids.next());
  expect(new Set(given).size).toBe(2_000);
});

it('gives others than another one does', () => {
  expect(new RandomIds().next()).not.toBe(new RandomIds().next());
});

it('gives 128 bits in base64url', () => {
  const ids = new RandomIds();
  for (let count = 0; count < 600; count++) expect(ids.next()).toMatch(/^[\w-]{22}$/);
});
