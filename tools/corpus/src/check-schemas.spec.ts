import { describe, expect, it } from 'vitest';
import { checkSchemas } from './check-schemas.js';

const good = {
  type: 'object',
  properties: {
    a: { $ref: '#/$defs/A' },
    'x-name': { type: 'string' },
    $ref: { type: 'string' },
    b: { enum: [{ $ref: '#/nowhere', 'x-data': 1 }], default: { 'x-data': 1 } },
  },
  $defs: { A: { type: 'object', properties: { again: { $ref: '#/$defs/A' } } } },
};
const small = 1_000;
const large = 1_000_000_000;

describe.each([
  ['each on its own', small],
  ['all together', large],
])('compiled %s', (_, bytes) => {
  const kinds = (...schemas: Record<string, unknown>[]) =>
    checkSchemas(
      schemas.map((schema, index) => ({ where: `tool ${index}`, schema })),
      bytes,
    ).map(({ kind, where }) => [kind, where]);

  it('finds nothing in a good schema', () => {
    expect(kinds(good, good)).toEqual([]);
  });

  it('finds a reference that leads nowhere', () => {
    const dangling = { type: 'object', properties: { a: { $ref: '#/$defs/B' } }, $defs: { A: {} } };
    expect(kinds(good, dangling)).toEqual([
      ['reference dangling', 'tool 1'],
      ['schema does not compile', 'tool 1'],
    ]);
  });

  it("finds a reference that leads out of the tool's own schema, though another tool has it", () => {
    const borrowed = { type: 'object', properties: { a: { $ref: '#/$defs/A' } } };
    expect(kinds(good, borrowed)).toContainEqual(['reference dangling', 'tool 1']);
  });

  it('finds a reference in a definition', () => {
    const inside = { ...good, $defs: { A: { items: { $ref: 'other.json' } } } };
    expect(kinds(inside)).toContainEqual(['reference dangling', 'tool 0']);
  });

  it('finds a marker keyword', () => {
    expect(kinds({ properties: { a: { 'x-marker': true } } })).toEqual([['x- keyword', 'tool 0']]);
  });

  it.each([
    ['an unknown type', { properties: { a: { type: 'file' } } }],
    ['a limit of the wrong kind', { properties: { a: { exclusiveMinimum: true } } }],
    ['a pattern that is none', { properties: { a: { pattern: '(' } } }],
    [
      'something wrong in a definition',
      { properties: { a: { $ref: '#/$defs/A' } }, $defs: { A: { required: ['a', 'a'] } } },
    ],
  ])('finds %s', (_name, schema) => {
    expect(kinds(good, schema)).toEqual([['schema does not compile', 'tool 1']]);
  });

  it('keeps apart definitions that only share their name', () => {
    const other = { properties: { a: { $ref: '#/$defs/A' } }, $defs: { A: { type: 'nothing' } } };
    expect(kinds(good, other)).toEqual([['schema does not compile', 'tool 1']]);
  });
});
