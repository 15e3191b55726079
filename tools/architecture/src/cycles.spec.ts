import { expect, it } from 'vitest';
import { findCycles } from './cycles.js';

function graph(edges: Record<string, string[]>): Map<string, string[]> {
  return new Map(Object.entries(edges));
}

it('finds nothing in a graph without a cycle', () => {
  expect(findCycles(graph({ a: ['b', 'c'], b: ['c'], c: [] }))).toEqual([]);
});

it('gives the walk of a cycle', () => {
  expect(findCycles(graph({ a: ['b'], b: ['c'], c: ['a'], d: ['a'] }))).toEqual([['a', 'b', 'c', 'a']]);
});

it('finds a node that points to itself', () => {
  expect(findCycles(graph({ a: ['a'] }))).toEqual([['a', 'a']]);
});

it('tells two separate cycles apart', () => {
  const cycles = findCycles(graph({ a: ['b'], b: ['a', 'c'], c: ['d'], d: ['c'] }));
  expect(cycles.map((path) => [...new Set(path)].sort())).toEqual([
    ['c', 'd'],
    ['a', 'b'],
  ]);
});
