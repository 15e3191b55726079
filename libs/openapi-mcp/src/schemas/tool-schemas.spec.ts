import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../document/diagnostics.js';
import { References } from '../document/references.js';
import { ToolSchemas } from './tool-schemas.js';

function convert(schema: unknown, components: Record<string, unknown> = {}, ignoresSiblings = false) {
  const diagnostics = new Diagnostics();
  const references = new References({ components: { schemas: components } }, diagnostics);
  const schemas = new ToolSchemas(references, diagnostics, ignoresSiblings);
  const converted = schemas.convert(schema, '/schema');
  return {
    schema: converted.schema,
    defs: schemas.definitionsFor(converted.uses),
    codes: diagnostics.list().map(({ code }) => code),
  };
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

describe('ToolSchemas', () => {
  it.each<[string, unknown, unknown]>([
    ['nullable types', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [
      'nullable enums',
      { type: 'string', nullable: true, enum: ['a'] },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    ['a boolean exclusive minimum', { minimum: 1, exclusiveMinimum: true }, { exclusiveMinimum: 1 }],
    ['a false exclusive maximum', { maximum: 9, exclusiveMaximum: false }, { maximum: 9 }],
    ['type file', { type: 'file' }, { type: 'string' }],
    ['arrays without items', { type: 'array' }, { type: 'array', items: {} }],
    [
      'items as a list',
      { type: 'array', items: [{ type: 'string' }] },
      { type: 'array', prefixItems: [{ type: 'string' }] },
    ],
    ['repeated enum values', { enum: [1, 1, 2] }, { enum: [1, 2] }],
    ['repeated required names', { required: ['a', 'a'] }, { required: ['a'] }],
    ['OpenAPI keywords', { type: 'object', discriminator: {}, xml: {}, example: 1, 'x-a': 1 }, { type: 'object' }],
    ['boolean schemas', true, {}],
    ['boolean properties', { properties: { yes: true, no: false } }, { properties: { yes: {} } }],
    [
      'read-only properties',
      {
        properties: { id: { readOnly: true }, name: {} },
        required: ['id', 'name'],
      },
      { properties: { name: {} }, required: ['name'] },
    ],
  ])('translates %s', (_, schema, expected) => {
    expect(convert(schema).schema).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['an unknown type', { type: 'any' }],
    ['a pattern that is no ECMA regular expression', { pattern: '(?i)a' }],
    ['a limit that is no number', { minimum: '1' }],
    ['required as a boolean', { required: true }],
    ['an unknown keyword', { propertees: {} }],
    ['an empty enum', { enum: [] }],
  ])('drops %s with a diagnostic', (_, schema) => {
    expect(convert(schema)).toMatchObject({
      schema: {},
      codes: ['keyword_invalid'],
    });
  });

  it('keeps a recursive schema finite, its definitions complete', () => {
    const node = {
      type: 'object',
      properties: {
        children: { type: 'array', items: ref('Node') },
        owner: ref('Owner'),
      },
    };
    const { schema, defs } = convert(ref('Node'), {
      Node: node,
      Owner: { type: 'string' },
      Unused: {},
    });
    expect(schema).toEqual({ $ref: '#/$defs/Node' });
    expect(defs).toEqual({
      Node: {
        type: 'object',
        properties: {
          children: { type: 'array', items: { $ref: '#/$defs/Node' } },
          owner: { $ref: '#/$defs/Owner' },
        },
      },
      Owner: { type: 'string' },
    });
  });

  it('converts a recursive schema that is met from the inside first', () => {
    const diagnostics = new Diagnostics();
    const Node = { type: 'object', properties: { next: ref('Node') } };
    const schemas = new ToolSchemas(
      new References({ components: { schemas: { Node } } }, diagnostics),
      diagnostics,
      false,
    );
    const { schema, uses } = schemas.convert(Node, '/components/schemas/Node');
    expect(schema).toEqual({
      type: 'object',
      properties: { next: { $ref: '#/$defs/Node' } },
    });
    expect(schemas.definitionsFor(uses)).toEqual({ Node: schema });
    expect(diagnostics.list()).toEqual([]);
  });

  it('gives two references to one schema one definition, equal last names two', () => {
    const { defs } = convert(
      { allOf: [ref('A'), ref('A/properties/A'), ref('Alias')] },
      {
        A: { properties: { A: { type: 'integer' } } },
        Alias: ref('A'),
      },
    );
    expect(Object.keys(defs)).toEqual(['A', 'A_2']);
  });

  it('makes a dangling reference the unconstrained schema', () => {
    expect(convert(ref('Gone'))).toMatchObject({
      schema: {},
      defs: {},
      codes: ['reference_dangling'],
    });
  });

  it('lets a nullable reference be null', () => {
    expect(convert({ ...ref('A'), nullable: true }, { A: { type: 'string' } }, true).schema).toEqual({
      anyOf: [{ $ref: '#/$defs/A' }, { type: 'null' }],
    });
  });

  it('ends at a schema that contains itself by an alias of YAML', () => {
    const loop: Record<string, unknown> = { type: 'object' };
    loop.properties = { again: loop };
    expect(convert(loop)).toMatchObject({
      schema: { properties: { again: {} } },
      codes: ['schema_invalid'],
    });
  });

  it('is valid JSON Schema 2020-12 whatever the document has', () => {
    const { schema, defs } = convert(
      {
        type: ['file', 'bogus'],
        nullable: true,
        properties: {
          p: 5,
          q: {
            minLength: -1,
            exclusiveMinimum: true,
            multipleOf: 0,
            enum: 'a',
            const: null,
          },
        },
        additionalProperties: 'no',
        patternProperties: { '[': {} },
        allOf: {},
        oneOf: [],
        required: 'x',
        items: 7,
        not: [],
        if: { $ref: 3 },
        dependentRequired: { a: ['b', 'b'], c: 1 },
        $id: 'urn:x',
        $anchor: '1',
        definitions: { a: 1 },
      },
      {},
    );
    expect(() =>
      new Ajv2020({ strict: false, validateFormats: false }).compile({
        ...schema,
        $defs: defs,
      }),
    ).not.toThrow();
  });
});
