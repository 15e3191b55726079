import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../document/diagnostics.js';
import type { JsonObject } from '../document/json.js';
import { References } from '../document/references.js';
import { ToolSchemas } from './tool-schemas.js';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

function complete(schema: unknown, components: JsonObject, refs: 'keep' | 'inline' = 'keep'): JsonObject {
  const diagnostics = new Diagnostics();
  const references = new References({ components: { schemas: components } }, diagnostics);
  const schemas = new ToolSchemas(references, diagnostics, false, refs);
  const { schema: converted, uses } = schemas.convert(schema, '/schema');
  return schemas.complete(converted, uses);
}

function validator(schema: JsonObject): (value: unknown) => boolean {
  const validate = new Ajv2020({ strict: false, logger: false }).compile(schema);
  return (value) => validate(value);
}

/** As generated for a base class with subclasses: it lists them, and each of them is made of it. */
const animals = {
  Animal: {
    type: 'object',
    properties: { kind: { type: 'string' } },
    required: ['kind'],
    oneOf: [ref('Cat'), ref('Dog')],
  },
  Cat: { allOf: [ref('Animal'), { properties: { lives: { type: 'integer' } }, required: ['lives'] }] },
  Dog: { allOf: [ref('Animal'), { properties: { tricks: { type: 'array' } }, required: ['tricks'] }] },
};

describe('schemas that apply to one value in a circle', () => {
  it.each(['keep', 'inline'] as const)('keeps the subtypes of a base that lists them (%s)', (refs) => {
    const accepts = validator(complete(ref('Animal'), animals, refs));
    expect(
      [
        { kind: 'a', lives: 9 },
        { kind: 'a', tricks: [] },
      ].map(accepts),
    ).toEqual([true, true]);
    expect([{ kind: 'a' }, { lives: 9 }, { kind: 'a', lives: 'x' }].map(accepts)).toEqual([false, false, false]);
  });

  it('keeps the base of a subtype, less its variants', () => {
    const accepts = validator(complete(ref('Cat'), animals));
    expect([{ kind: 'a', lives: 9 }, { lives: 9 }, { kind: 'a', tricks: [] }].map(accepts)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each<[string, JsonObject]>([
    ['its own part', { A: { allOf: [ref('A'), { type: 'object' }] } }],
    ['its own variant', { A: { anyOf: [ref('A'), { type: 'object' }] } }],
    [
      'a variant of its variant',
      { A: { anyOf: [ref('B'), { type: 'object' }] }, B: { oneOf: [ref('A'), { type: 'string' }] } },
    ],
    [
      'a variant within its own part',
      { A: { allOf: [{ anyOf: [ref('A'), { type: 'object' }] }, { minProperties: 0 }] } },
    ],
    ['its own consequence', { A: { if: { required: ['a'] }, then: ref('A'), properties: { b: {} } } }],
    ['what a property of its demands', { A: { dependentSchemas: { a: ref('A') }, properties: { b: {} } } }],
  ])('ends at a schema that is %s', (_, components) => {
    expect(validator(complete(ref('A'), components))({ a: {}, b: 1 })).toBe(true);
  });

  it('leaves recursion through properties and items as it is', () => {
    const components = {
      A: { type: 'object', properties: { a: { anyOf: [ref('A'), { type: 'null' }] }, list: { items: ref('A') } } },
    };
    const accepts = validator(complete(ref('A'), components));
    expect(
      [{ a: { a: null } }, { a: { a: 1 } }, { list: [{ list: [] }] }, { list: [{ list: [1] }] }].map(accepts),
    ).toEqual([true, false, true, false]);
  });

  it('never applies more schemas to one value than can be checked at once', () => {
    const components = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => {
        const next = ref(`A${index + 1}`);
        return [
          `A${index}`,
          {
            allOf: [
              { ...next, title: 'a' },
              { ...next, title: 'b' },
            ],
            properties: {},
          },
        ];
      }),
    );
    const started = performance.now();
    expect(validator(complete(ref('A0'), components))({})).toBe(true);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('ends whatever refers to whatever', () => {
    const names = ['A', 'B', 'C'] as const;
    const reference = fc.constantFrom(...names.map(ref));
    const node = fc.letrec<{ node: JsonObject }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 2 },
        reference,
        fc.record(
          {
            $ref: fc.constantFrom(...names.map((name) => ref(name).$ref)),
            type: fc.constantFrom('object', 'string'),
            allOf: fc.array(tie('node'), { minLength: 1, maxLength: 2 }),
            anyOf: fc.array(tie('node'), { minLength: 1, maxLength: 2 }),
            oneOf: fc.array(tie('node'), { minLength: 1, maxLength: 2 }),
            if: fc.constant({ required: ['a'] }),
            then: tie('node'),
            else: tie('node'),
            dependentSchemas: fc.record({ a: tie('node') }),
            not: tie('node'),
            properties: fc.record({ a: tie('node') }),
            required: fc.constant(['a']),
            readOnly: fc.boolean(),
          },
          { requiredKeys: [] },
        ),
      ),
    })).node;
    const components = fc.record({ A: node, B: node, C: node });
    fc.assert(
      fc.property(components, fc.constantFrom('keep' as const, 'inline' as const), (schemas, refs) => {
        const accepts = validator(complete({ allOf: names.map(ref) }, schemas, refs));
        for (const value of [{}, { a: {} }, { a: { a: 'x' } }, 'x', null])
          expect(typeof accepts(value)).toBe('boolean');
      }),
      { numRuns: 60 },
    );
  }, 30_000);
});
