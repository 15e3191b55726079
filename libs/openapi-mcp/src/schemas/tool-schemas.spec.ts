import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../document/diagnostics.js';
import type { JsonObject } from '../document/json.js';
import { References } from '../document/references.js';
import { ToolSchemas } from './tool-schemas.js';

function setUp(components: Record<string, unknown> = {}, ignoresSiblings = false) {
  const diagnostics = new Diagnostics();
  const references = new References({ components: { schemas: components } }, diagnostics);
  return { diagnostics, schemas: new ToolSchemas(references, diagnostics, ignoresSiblings) };
}

function convert(schema: unknown, components: Record<string, unknown> = {}, ignoresSiblings = false) {
  const { diagnostics, schemas } = setUp(components, ignoresSiblings);
  const converted = schemas.convert(schema, '/schema');
  const complete = schemas.complete(converted.schema, converted.uses);
  return {
    schema: converted.schema,
    defs: (complete.$defs ?? {}) as Record<string, JsonObject>,
    complete,
    codes: diagnostics.list().map(({ code }) => code),
  };
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const compile = (schema: JsonObject) => new Ajv2020({ strict: false, validateFormats: false }).compile(schema);

describe('ToolSchemas', () => {
  it.each<[string, unknown, unknown]>([
    ['nullable types', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [
      'nullable enums',
      { type: 'string', nullable: true, enum: ['a'] },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    ["Swagger 2.0's x-nullable", { type: 'string', 'x-nullable': true }, { type: ['string', 'null'] }],
    ['nullable constants', { const: 'a', nullable: true }, { anyOf: [{ const: 'a' }, { type: 'null' }] }],
    [
      'nullable compositions, whatever type is beside them',
      { type: 'object', nullable: true, anyOf: [{ minProperties: 1 }, { maxProperties: 9 }] },
      { anyOf: [{ type: 'object', anyOf: [{ minProperties: 1 }, { maxProperties: 9 }] }, { type: 'null' }] },
    ],
    [
      'nullable variants',
      { anyOf: [{ minLength: 1 }, { minLength: 2 }], nullable: true },
      { anyOf: [{ minLength: 1 }, { minLength: 2 }, { type: 'null' }] },
    ],
    ['a boolean exclusive minimum', { minimum: 1, exclusiveMinimum: true }, { exclusiveMinimum: 1 }],
    ['a false exclusive maximum', { maximum: 9, exclusiveMaximum: false }, { maximum: 9 }],
    ['type file', { type: 'file' }, { type: 'string' }],
    ['arrays without items', { type: 'array' }, { type: 'array', items: {} }],
    [
      'items as a list',
      { type: 'array', items: [{ type: 'string' }], additionalItems: false },
      { type: 'array', prefixItems: [{ type: 'string' }], items: false },
    ],
    ['dependencies of older drafts', { dependencies: { a: ['b'] } }, { dependentRequired: { a: ['b'] } }],
    ['repeated enum values', { enum: [1, 1, 2] }, { enum: [1, 2] }],
    ['repeated required names', { required: ['a', 'a'] }, { required: ['a'] }],
    ['OpenAPI keywords', { type: 'object', discriminator: {}, xml: {}, example: 1, 'x-a': 1 }, { type: 'object' }],
    [
      'addresses of their own',
      { $id: 'urn:x', $schema: 'urn:y', $anchor: 'z', $dynamicRef: '#z', minimum: 1 },
      { minimum: 1 },
    ],
    ['boolean schemas', true, {}],
    ['boolean properties', { properties: { yes: true, no: false } }, { properties: { yes: {} } }],
    [
      'oneOf, whose exclusiveness can not be kept',
      { oneOf: [{ minimum: 1 }, { minLength: 1 }] },
      { anyOf: [{ minimum: 1 }, { minLength: 1 }] },
    ],
    [
      'oneOf beside anyOf',
      { anyOf: [{ minimum: 1 }, { minimum: 2 }], oneOf: [{ maximum: 8 }, { maximum: 9 }] },
      { anyOf: [{ minimum: 1 }, { minimum: 2 }], allOf: [{ anyOf: [{ maximum: 8 }, { maximum: 9 }] }] },
    ],
    ['a composition of one', { allOf: [{ type: 'string' }], description: 'd' }, { type: 'string', description: 'd' }],
    ['small examples', { default: 'a', examples: ['b'], const: 'c' }, { default: 'a', examples: ['b'], const: 'c' }],
  ])('translates %s', (_, schema, expected) => {
    expect(convert(schema).schema).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['an unknown type', { type: 'any' }],
    ['a limit that is no number', { minimum: 'one' }],
    ['a negative length', { minLength: -1 }],
    ['a number that JSON does not have', { maximum: Infinity }],
    ['an enum of nothing that is JSON', { enum: [NaN] }],
    ['an enum that is no list', { enum: 'a' }],
    ['required as a boolean', { required: true }],
    ['an unknown keyword', { propertees: {} }],
    ['an empty enum', { enum: [] }],
  ])('drops %s with a diagnostic', (_, schema) => {
    expect(convert(schema)).toMatchObject({ schema: {}, codes: ['keyword_invalid'] });
  });

  it.each<[string, unknown, unknown]>([
    ['a type that JSON Schema calls otherwise', { type: 'int' }, { type: 'integer' }],
    ['a type that is a format', { type: 'date' }, { type: 'string', format: 'date' }],
    ['a type in capitals', { type: 'String' }, { type: 'string' }],
    ['a limit as text', { maxLength: '10' }, { maxLength: 10 }],
    ['a flag as text', { uniqueItems: 'true' }, { uniqueItems: true }],
    ['numbers as values of a string', { type: 'string', enum: [1, true] }, { type: 'string', enum: ['1', 'true'] }],
    ['text as values of a number', { type: 'integer', enum: ['1', '2'] }, { type: 'integer', enum: [1, 2] }],
    ['the values of items on their array', { type: 'array', enum: ['a'] }, { type: 'array', items: { enum: ['a'] } }],
    [
      'null as a value of a type without it',
      { type: 'string', enum: ['a', null] },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    ['values that no value of the type is', { type: 'boolean', enum: ['yes'] }, { enum: ['yes'] }],
  ])('repairs %s with a diagnostic', (_, schema, expected) => {
    expect(convert(schema)).toMatchObject({ schema: expected, codes: ['keyword_repaired'] });
    expect(convert(schema).schema).toEqual(expected);
  });

  it('leaves out a default too large to be listed, and says so', () => {
    const { schema, codes } = convert({ default: 'x'.repeat(300), not: { default: 'x'.repeat(300), minimum: 1 } });
    expect(schema).toEqual({ not: { minimum: 1 } });
    expect(codes).toEqual(['value_too_large', 'value_too_large']);
  });

  it('keeps a negation only where nothing of it is lost', () => {
    expect(convert({ not: { type: 'string' } }).schema).toEqual({ not: { type: 'string' } });
    expect(convert({ not: { type: 'string', pattern: '(?i)a' } }).schema).toEqual({});
    expect(convert({ not: ref('A') }, { A: { properties: {} } }).schema).toEqual({});
  });

  it('keeps a condition only where nothing of it is lost', () => {
    const then = { required: ['b'] };
    const condition = (schema: unknown) => convert({ if: schema, then }).schema;
    expect(condition({ required: ['a'] })).toEqual({ if: { required: ['a'] }, then });
    expect(condition({ type: 'any' })).toEqual({});
  });

  it('does not refuse the properties of a pattern that had to be dropped', () => {
    expect(convert({ patternProperties: { '(?i)x': {} }, additionalProperties: false }).schema).toEqual({
      patternProperties: {},
    });
  });

  it('follows references under any keyword', () => {
    const A = { type: 'object', properties: { a: { type: 'string' } } };
    const everywhere = {
      items: ref('A'),
      prefixItems: [ref('A')],
      contains: ref('A'),
      propertyNames: ref('A'),
      additionalProperties: ref('A'),
      contentSchema: ref('A'),
      properties: { p: ref('A') },
      patternProperties: { '^p': ref('A') },
      dependentSchemas: { p: ref('A') },
      allOf: [ref('A'), ref('A')],
      anyOf: [ref('A'), ref('A')],
    };
    const { complete } = convert(everywhere, { A });
    expect(complete.$defs).toEqual({ A });
    expect(JSON.stringify(complete).match(/"\$ref":"#\/\$defs\/A"/g)).toHaveLength(13);
    expect(() => compile(complete)).not.toThrow();
  });

  it('keeps a recursive schema finite, its definitions complete', () => {
    const node = {
      type: 'object',
      properties: { children: { type: 'array', items: ref('Node') }, owner: ref('Owner') },
    };
    const { schema, defs } = convert(ref('Node'), {
      Node: node,
      Owner: { type: 'object', properties: { name: {} } },
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
      Owner: { type: 'object', properties: { name: {} } },
    });
  });

  it('converts a recursive schema that is met from the inside first', () => {
    const Node = { type: 'object', properties: { next: ref('Node') } };
    const { schemas, diagnostics } = setUp({ Node });
    const { schema, uses } = schemas.convert(Node, '/components/schemas/Node');
    expect(schema).toEqual({ type: 'object', properties: { next: { $ref: '#/$defs/Node' } } });
    expect(schemas.complete(schema, uses).$defs).toEqual({ Node: schema });
    expect(diagnostics.list()).toEqual([]);
  });

  it('converts a shared schema once', () => {
    const { schemas } = setUp({ A: { type: 'object', properties: { a: {} } } });
    const [first, second] = [1, 2].map(() => {
      const { schema, uses } = schemas.convert(ref('A'), '/schema');
      return (schemas.complete(schema, uses).$defs as JsonObject).A;
    });
    expect(first).toBe(second);
  });

  it('puts a small schema in the place of its reference', () => {
    expect(convert({ ...ref('Id'), description: 'd' }, { Id: { type: 'string', description: 'i' } })).toMatchObject({
      schema: { type: 'string', description: 'd' },
      defs: {},
    });
  });

  it('names definitions by their place, so that others change nothing', () => {
    const object = { type: 'object', properties: { a: {} } };
    const components = { A: { properties: { A: object } }, 'A B': object, Alias: ref('A'), __proto__x: object };
    const names = (...list: string[]) =>
      Object.keys(convert({ allOf: [{}, ...list.map(ref)] }, components).defs).sort();
    const [plain, deep] = names('A', 'A/properties/A', 'Alias');
    expect(plain).toBe('A');
    expect(deep).toMatch(/^A_[0-9a-f]{8}$/);
    expect(names('A/properties/A')).toEqual([deep]);
    expect(names('A B')[0]).toMatch(/^A_B_[0-9a-f]{8}$/);
  });

  it('makes a dangling reference the unconstrained schema', () => {
    expect(convert(ref('Gone'))).toMatchObject({ schema: {}, defs: {}, codes: ['reference_dangling'] });
  });

  it('lets a nullable reference be null', () => {
    expect(convert({ ...ref('A'), nullable: true }, { A: { properties: {} } }, true).schema).toEqual({
      anyOf: [{ $ref: '#/$defs/A' }, { type: 'null' }],
    });
  });

  it('ends at a schema that contains itself by an alias of YAML', () => {
    const loop: Record<string, unknown> = { type: 'object' };
    loop.properties = { again: loop };
    loop.default = loop;
    expect(convert(loop)).toMatchObject({
      schema: { properties: { again: {} } },
      codes: ['value_too_large', 'schema_invalid'],
    });
  });

  it('ends at schemas within schemas beyond any use', () => {
    let deep: unknown = { type: 'string' };
    for (let level = 0; level < 20_000; level += 1) deep = { items: deep };
    expect(convert(deep).codes).toEqual(['schema_invalid']);
  });

  it('has properties with the names of inherited ones', () => {
    const schema = JSON.parse(
      '{"properties":{"__proto__":{"type":"string"},"constructor":{"type":"integer"}}}',
    ) as unknown;
    expect(JSON.stringify(convert(schema).schema)).toBe(JSON.stringify(schema));
  });

  it('is valid JSON Schema 2020-12 whatever the document has', () => {
    const { complete } = convert({
      type: ['file', 'bogus'],
      nullable: true,
      properties: { p: 5, q: { minLength: -1, exclusiveMinimum: true, multipleOf: 0, enum: 'a', const: null } },
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
    });
    expect(() => compile(complete)).not.toThrow();
  });
});
