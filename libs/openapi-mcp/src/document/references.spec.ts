import { describe, expect, it } from 'vitest';
import { Diagnostics } from './diagnostics.js';
import { References } from './references.js';

const root = {
  'a/b': { 'c~d e': 1 },
  list: [{ x: 'second' }],
  alias: { $ref: '#/alias2' },
  alias2: { $ref: '#/list/0' },
  circle: { $ref: '#/circle2' },
  circle2: { $ref: '#/circle' },
  self: { $ref: '#/self' },
};

function follow(reference: string) {
  const diagnostics = new Diagnostics();
  const found = new References(root, diagnostics).follow({ $ref: reference }, '/here');
  return { found, codes: diagnostics.list().map(({ code }) => code) };
}

describe('References', () => {
  it.each([
    ['#/a~1b/c~0d%20e', 1],
    ['#/list/0/x', 'second'],
    ['#/alias', { x: 'second' }],
    ['#/alias/x', 'second'],
    ['#', root],
  ])('follows %s', (reference, value) => {
    expect(follow(reference).found?.value).toEqual(value);
  });

  it.each([
    ['#/missing', 'reference_dangling'],
    ['#/constructor', 'reference_dangling'],
    ['#anchor', 'reference_dangling'],
    ['#/%E0%A4%A', 'reference_dangling'],
    ['#/circle', 'reference_cycle'],
    ['#/self', 'reference_cycle'],
    ['other.yaml#/x', 'reference_external'],
    ['https://example.org/x.json', 'reference_external'],
  ])('reports %s as %s', (reference, code) => {
    expect(follow(reference)).toEqual({ found: undefined, codes: [code] });
  });

  it('gives the pointer of what a chain of aliases leads to', () => {
    expect(follow('#/alias').found?.pointer).toBe('/list/0');
  });
});
