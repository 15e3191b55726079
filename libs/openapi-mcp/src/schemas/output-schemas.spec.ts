import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../document/diagnostics.js';
import { isObject, type JsonObject } from '../document/json.js';
import { References } from '../document/references.js';
import type { MediaContent, Operation } from '../operations/operation.js';
import { OutputSchemas, type OutputSchemaOptions } from './output-schemas.js';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

function aContent(schema: unknown, kind: MediaContent['kind'] = 'json'): MediaContent {
  return { mediaType: 'application/json', kind, schema, schemaPointer: '/schema' };
}

function anOperation(contents: MediaContent[]): Operation {
  return {
    pointer: '/paths/~1a/get',
    method: 'GET',
    path: '/a',
    tags: [],
    isDeprecated: false,
    parameters: [],
    response: { pointer: '/response', status: '200', contents },
    responseTypes: [],
    servers: [],
  };
}

function outputOf(
  schema: unknown,
  options: Partial<OutputSchemaOptions> & { components?: JsonObject; contents?: MediaContent[] } = {},
) {
  const { components = {}, contents = [aContent(schema)], ...rest } = options;
  const diagnostics = new Diagnostics();
  const references = new References({ components: { schemas: components } }, diagnostics);
  const outputs = new OutputSchemas(references, diagnostics, {
    output_schemas: 'lenient',
    schema_refs: 'keep',
    ignoresSiblingsOfReferences: true,
    ...rest,
  });
  return outputs.schemaFor(anOperation(contents));
}

const pet = {
  type: 'object',
  description: 'A pet.',
  required: ['id'],
  additionalProperties: false,
  properties: {
    id: { type: 'integer', format: 'int64', description: 'Its number.' },
    state: { type: 'string', enum: ['sold', 'free'] },
    password: { type: 'string', writeOnly: true },
    tags: { type: 'array', items: { type: 'string' } },
  },
};

describe('OutputSchemas, lenient', () => {
  it('has the names, the nesting and the words, and demands nothing', () => {
    expect(outputOf(pet)).toEqual({
      isWrapped: false,
      schema: {
        type: 'object',
        description: 'A pet.',
        properties: {
          id: { description: 'integer (int64): Its number.' },
          state: { description: '"sold" | "free"' },
          tags: { items: { description: 'string' } },
        },
      },
    });
  });

  it('merges the parts of an allOf', () => {
    const whole = { allOf: [ref('Base'), { properties: { b: { type: 'boolean' } } }] };
    const components = { Base: { type: 'object', properties: { a: { type: 'number' } } } };
    expect(outputOf(whole, { components })?.schema).toEqual({
      type: 'object',
      properties: { a: { description: 'number' }, b: { description: 'boolean' } },
    });
  });

  it('says what a small component is in the place of its reference', () => {
    const mail = { ...ref('Mail'), description: 'Where to write to.' };
    const components = { Mail: { type: 'string', format: 'email' } };
    expect(outputOf({ properties: { mail } }, { components })?.schema).toEqual({
      type: 'object',
      properties: { mail: { description: 'string (email): Where to write to.' } },
    });
  });

  it('keeps variants that are objects apart', () => {
    const components = { Cat: { properties: { meows: {} } }, Dog: { properties: { barks: {} } } };
    expect(outputOf({ oneOf: [ref('Cat'), ref('Dog')] }, { components })?.schema).toEqual({
      type: 'object',
      anyOf: [{ $ref: '#/$defs/Cat' }, { $ref: '#/$defs/Dog' }],
      $defs: { Cat: { properties: { meows: {} } }, Dog: { properties: { barks: {} } } },
    });
  });

  it('names an object that may stand in the place of its id, and does not describe it', () => {
    const components = { Owner: { type: 'object', properties: { name: {} } } };
    const expandable = { anyOf: [{ type: 'string' }, ref('Owner')], nullable: true, description: 'Whose it is.' };
    expect(outputOf({ properties: { owner: expandable } }, { components })?.schema).toEqual({
      type: 'object',
      properties: { owner: { description: 'string | Owner: Whose it is.' } },
    });
  });

  it('ends at its depth', () => {
    const nested = (level: number): JsonObject => ({
      type: 'object',
      properties: level === 0 ? {} : { next: nested(level - 1) },
    });
    const { schema } = outputOf(nested(9)) ?? {};
    expect(JSON.stringify(schema).match(/"next"/g)).toHaveLength(4);
    const components = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`A${index}`, { properties: { next: ref(`A${index + 1}`) } }]),
    );
    expect(Object.keys(outputOf(ref('A0'), { components })?.schema.$defs as JsonObject)).toEqual([
      'A1',
      'A2',
      'A3',
      'A4',
    ]);
  });

  it('stays small whatever is declared', () => {
    const wide = Object.fromEntries(
      Array.from({ length: 2000 }, (_, index) => [
        `p${index}`,
        { properties: { a: ref('Wide'), b: { description: 'b'.repeat(500) } } },
      ]),
    );
    const { schema } = outputOf(ref('Wide'), { components: { Wide: { properties: wide } } }) ?? {};
    expect(JSON.stringify(schema).length).toBeLessThan(30_000);
  });

  it('accepts any object, whatever is declared', () => {
    const schema = fc.letrec<{ node: JsonObject }>((tie) => {
      const node = tie('node');
      const object = fc.record(
        {
          type: fc.constantFrom('string', 'integer', 'object', 'array', ['object', 'null'], 'any'),
          nullable: fc.boolean(),
          enum: fc.array(fc.jsonValue(), { maxLength: 2 }),
          format: fc.constantFrom('date-time', 'uuid'),
          minLength: fc.nat(3),
          required: fc.constant(['a', 'b']),
          properties: fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), node, { maxKeys: 2 }),
          additionalProperties: fc.oneof(fc.boolean(), node),
          items: node,
          allOf: fc.array(node, { maxLength: 2 }),
          oneOf: fc.array(fc.oneof(node, fc.constant(ref('A'))), { maxLength: 2 }),
          not: fc.constant({}),
        },
        { requiredKeys: [] },
      );
      return { node: fc.oneof({ maxDepth: 2 }, fc.constant({ type: 'string' }), object) };
    }).node;
    const ajv = new Ajv2020({ strict: false, validateFormats: true, logger: false });
    const answer = fc.dictionary(fc.constantFrom('a', 'b', 'result', 'z'), fc.jsonValue());
    let listed = 0;
    fc.assert(
      fc.property(schema, schema, fc.array(answer, { minLength: 3 }), (declared, component, answers) => {
        const output = outputOf(declared, { components: { A: component } });
        if (!output) return true;
        listed += 1;
        const validate = ajv.compile(output.schema);
        return output.schema.type === 'object' && answers.every((value) => validate(value));
      }),
      { numRuns: 200 },
    );
    expect(listed).toBeGreaterThan(50);
  });
});

describe('OutputSchemas, strict', () => {
  it('has what is declared, less what is write-only', () => {
    const { password: _, ...properties } = pet.properties;
    expect(outputOf(pet, { output_schemas: 'strict' })?.schema).toEqual({ ...pet, properties });
  });

  it('has a root that is an object', () => {
    const components = { Pet: { ...pet, nullable: true } };
    expect(outputOf(ref('Pet'), { output_schemas: 'strict', components })?.schema).toMatchObject({
      type: 'object',
      required: ['id'],
    });
  });

  it('replaces references where the entry says so', () => {
    const components = { Pet: { properties: { friend: ref('Pet') } } };
    const { schema } = outputOf(ref('Pet'), { output_schemas: 'strict', schema_refs: 'inline', components }) ?? {};
    expect(schema).toEqual({ type: 'object', properties: { friend: { properties: { friend: {} } } } });
  });
});

describe('OutputSchemas', () => {
  it.each<[string, unknown]>([
    ['a type', { type: 'object' }],
    ['a list of types', { type: ['object', 'null'] }],
    ['properties without a type', { properties: { a: {} } }],
    ['additionalProperties without a type', { additionalProperties: { type: 'string' } }],
    ['a reference', ref('Thing')],
    ['an allOf', { allOf: [ref('Thing'), { description: 'd' }] }],
    ['variants that all are objects', { oneOf: [ref('Thing'), { properties: {} }, { type: 'null' }] }],
    ['variants behind a reference', { anyOf: [ref('Variants'), ref('Thing')] }],
  ])('recognises an object by %s', (_, schema) => {
    const components = { Thing: { type: 'object', properties: { a: {} } }, Variants: { oneOf: [ref('Thing')] } };
    for (const mode of ['lenient', 'strict'] as const) {
      expect(outputOf(schema, { output_schemas: mode, components })).toMatchObject({
        isWrapped: false,
        schema: { type: 'object' },
      });
    }
  });

  it.each<[string, unknown, unknown]>([
    ['an array', { type: 'array', items: ref('Thing') }, { type: 'array', items: { $ref: '#/$defs/Thing' } }],
    ['a scalar', { type: 'integer' }, { type: 'integer' }],
    ['an object or something else', { type: ['object', 'string'] }, { type: ['object', 'string'] }],
    [
      'variants of which one is no object',
      { anyOf: [{ type: 'object' }, { type: 'string' }] },
      { anyOf: [{ type: 'object' }, { type: 'string' }] },
    ],
    ['fixed text', { enum: ['a'] }, { enum: ['a'] }],
  ])('wraps %s under "result"', (_, schema, result) => {
    const components = { Thing: { type: 'object', properties: { a: {} } } };
    const output = outputOf(schema, { output_schemas: 'strict', components });
    expect(output).toMatchObject({ isWrapped: true, schema: { type: 'object', properties: { result } } });
    expect(output?.schema).not.toHaveProperty('required');
  });

  it('gives nothing where it is off', () => {
    expect(outputOf(pet, { output_schemas: 'off' })).toBeUndefined();
  });

  it.each<[string, MediaContent[]]>([
    ['no content', []],
    ['text only', [aContent({ type: 'string' }, 'text')]],
    ['binary content only', [aContent({ type: 'string', format: 'binary' }, 'binary')]],
    ['JSON without a schema', [aContent(undefined)]],
    ['a schema that says nothing', [aContent({ description: 'Anything.' })]],
    ['a reference that leads nowhere', [aContent(ref('Gone'))]],
  ])('gives nothing for %s', (_, contents) => {
    expect(outputOf(undefined, { contents })).toBeUndefined();
  });

  it('takes the JSON content where there is other content too', () => {
    expect(outputOf(undefined, { contents: [aContent(undefined, 'text'), aContent(pet)] })?.isWrapped).toBe(false);
  });

  it('converts a shared component once for all operations', () => {
    const diagnostics = new Diagnostics();
    const components = { Page: { properties: { pet: ref('Pet') } }, Pet: pet };
    const outputs = new OutputSchemas(
      new References({ components: { schemas: components } }, diagnostics),
      diagnostics,
      {
        output_schemas: 'lenient',
        schema_refs: 'keep',
        ignoresSiblingsOfReferences: true,
      },
    );
    const [first, second] = [1, 2].map(() => outputs.schemaFor(anOperation([aContent(ref('Page'))]))?.schema.$defs);
    expect(isObject(first) && isObject(second) && first.Pet === second.Pet && first.Pet !== undefined).toBe(true);
  });
});
