import { describe, expect, it } from 'vitest';
import { Diagnostics } from './diagnostics.js';
import type { JsonObject } from './json.js';
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
    ['', 'reference_invalid'],
    ['#/longest/next', 'reference_dangling'],
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

  it('tries a token as it is where decoding it leads nowhere', () => {
    const references = new References({ '100%': 1, 'a%20b': 2 }, new Diagnostics());
    expect(references.follow({ $ref: '#/100%' }, '')?.value).toBe(1);
    expect(references.follow({ $ref: '#/a%20b' }, '')?.value).toBe(2);
  });

  it('ends where references lead through each other', () => {
    const root = { a: { $ref: '#/b/x' }, b: { $ref: '#/a/x' } };
    const diagnostics = new Diagnostics();
    expect(new References(root, diagnostics).follow({ $ref: '#/a/x' }, '/here')).toBeUndefined();
    expect(diagnostics.list()).toMatchObject([{ code: 'reference_dangling', pointer: '/here' }]);
  });

  it('survives a chain of references that nobody would write', () => {
    const root: JsonObject = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`n${index}`, { $ref: `#/n${index + 1}/x` }]),
    );
    expect(new References(root, new Diagnostics()).follow({ $ref: '#/n0/x' }, '/here')).toBeUndefined();
    const plain: JsonObject = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`n${index}`, { $ref: `#/n${index + 1}` }]),
    );
    plain.n20000 = 'end';
    expect(new References(plain, new Diagnostics()).follow({ $ref: '#/n0' }, '/here')?.value).toBe('end');
  });

  it('follows $dynamicRef to its anchor, and an anchor within an $id', () => {
    const node = { $dynamicAnchor: 'node', type: 'object' };
    const references = new References({ components: { schemas: { Node: node } } }, new Diagnostics());
    expect(references.follow({ $dynamicRef: '#node' }, '/x')).toEqual({
      value: node,
      pointer: '/components/schemas/Node',
    });
  });

  it.each<[string, string, string | undefined]>([
    ['Pet', '/x', '/components/schemas/Pet'],
    ['#Pet', '/x', '/components/schemas/Pet'],
    ['components/schemas/Pet', '/x', '/components/schemas/Pet'],
    ['#/definitions/Pet', '/x', '/components/schemas/Pet'],
    ['#/parameters/limit', '/x', '/components/parameters/limit'],
    ['#/components/schemas/a/b', '/x', '/components/schemas/a~1b'],
    ['#/definitions/Local', '/components/schemas/Pasted/properties/p', '/components/schemas/Pasted/definitions/Local'],
    ['#', '/components/schemas/Pet/properties/next', '/components/schemas/Pet'],
    ['#', '/paths/~1a', undefined],
    ['#/components/schemas/__proto__', '/x', undefined],
    ['#/definitions/constructor', '/x', undefined],
  ])('takes %s at %s for what it must mean', (reference, from, pointer) => {
    const diagnostics = new Diagnostics();
    const document = {
      openapi: '3.0.0',
      components: {
        schemas: { Pet: { type: 'object' }, 'a/b': {}, Pasted: { definitions: { Local: {} } } },
        parameters: { limit: {} },
      },
    };
    expect(new References(document, diagnostics).follow({ $ref: reference }, from)?.pointer).toBe(pointer);
    expect(diagnostics.list().map(({ code }) => code)).toEqual([
      pointer === undefined ? 'reference_dangling' : 'reference_repaired',
    ]);
  });

  it('knows the document by its own $self', () => {
    const document = { openapi: '3.2.0', $self: 'https://x.example/api', components: { schemas: { A: 1 } } };
    const references = new References(document, new Diagnostics());
    expect(references.follow({ $ref: 'https://x.example/api#/components/schemas/A' }, '/x')?.value).toBe(1);
    expect(references.follow({ $ref: 'api#/components/schemas/A' }, '/x')?.value).toBe(1);
  });
});
