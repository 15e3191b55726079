import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { ValueGenerator } from './generate-value.js';
import { seededRandom } from './random.js';

const ajv = new Ajv2020({ strict: false, validateFormats: false });

describe.each([0, 0.7, 1])('with %d of what may be left out', (shareOfOptional) => {
  it.each<[string, Record<string, unknown>]>([
    ['limits of numbers', { type: 'integer', minimum: 3, maximum: 4 }],
    ['exclusive limits', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1, multipleOf: 0.25 }],
    ['multiples', { type: 'integer', multipleOf: 7, minimum: 8 }],
    ['lengths', { type: 'string', minLength: 300, maxLength: 310 }],
    ['patterns', { type: 'string', pattern: '^[A-Z]{3}-\\d{2,}$', maxLength: 8 }],
    ['enums', { enum: ['a', 'b'] }],
    ['constants', { const: 5 }],
    ['several types', { type: ['null', 'array'], items: { type: 'boolean' } }],
    ['unique items', { type: 'array', items: { enum: [1, 2, 3] }, uniqueItems: true, minItems: 3 }],
    ['tuples', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: { type: 'null' } }],
    ['required properties', { type: 'object', properties: { a: { type: 'integer' } }, required: ['a', 'b'] }],
    ['least properties', { type: 'object', minProperties: 2, additionalProperties: { type: 'integer' } }],
    [
      'allOf',
      {
        allOf: [
          { properties: { a: { type: 'string' } }, required: ['a'] },
          { properties: { a: { minLength: 20 }, b: { type: 'integer' } }, required: ['b'] },
        ],
      },
    ],
    ['oneOf', { oneOf: [{ type: 'integer' }, { type: 'object', properties: { a: { const: 1 } }, required: ['a'] }] }],
    [
      'recursion',
      {
        $ref: '#/$defs/Node',
        $defs: {
          Node: { type: 'object', properties: { next: { $ref: '#/$defs/Node' } }, additionalProperties: false },
        },
      },
    ],
  ])('keeps to %s', (_, schema) => {
    const validate = ajv.compile(schema);
    for (let seed = 0; seed < 50; seed += 1) {
      const value = new ValueGenerator(schema, { random: seededRandom(String(seed)), shareOfOptional }).value(schema);
      expect(validate(value), JSON.stringify(value)).toBe(true);
    }
  });
});

it('makes the same of the same seed', () => {
  const schema = { type: 'object', properties: { a: {}, b: { type: 'number' }, c: { type: 'array' } } };
  const make = (seed: string) =>
    new ValueGenerator(schema, { random: seededRandom(seed), shareOfOptional: 0.7 }).value(schema);
  expect(make('one')).toEqual(make('one'));
  expect(make('one')).not.toEqual(make('two'));
});
