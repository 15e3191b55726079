import { expect, it } from 'vitest';
import { isAtRest, type HeldMemory } from './settled-memory.js';

const look = (...rss: number[]): HeldMemory[] => rss.map((rssMb) => ({ role: 'worker', rssMb }));

it('is at rest where three looks tell the same of each process', () => {
  expect(isAtRest([look(100, 50), look(100.4, 50), look(99.6, 50.5)])).toBe(true);
});

it('is not where one process still changes', () => {
  expect(isAtRest([look(100, 50), look(100, 50), look(100, 52)])).toBe(false);
});

it('is not before there are three', () => {
  expect(isAtRest([look(100), look(100)])).toBe(false);
});
