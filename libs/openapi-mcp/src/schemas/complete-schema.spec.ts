import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../document/diagnostics.js';
import type { JsonObject } from '../document/json.js';
import { References } from '../document/references.js';
import { SchemaCompletion, type SchemaRefs } from './complete-schema.js';
import { briefSchema, openSchema } from './cut-schema.js';
import { SchemaConverter } from './schema-converter.js';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const long = `The first sentence, which says it all. ${'And more that nobody needs. '.repeat(20)}`;
const object = (properties: JsonObject, description = 'An object.') => ({ type: 'object', description, properties });

function complete(
  schema: unknown,
  components: JsonObject,
  options: { refs?: SchemaRefs; length?: number; hops?: number } = {},
) {
  const diagnostics = new Diagnostics();
  const references = new References({ components: { schemas: components } }, diagnostics);
  const converter = new SchemaConverter(references, diagnostics, 'input', true);
  const { refs = 'keep', length = 10_000, hops = 9 } = options;
  const limits = { length, hops, briefFrom: 2, brief: briefSchema, open: openSchema };
  const { schema: converted, uses } = converter.convert(schema, '/paths/~1a/get');
  const completion = new SchemaCompletion(converter.definitions, diagnostics, refs, limits);
  return {
    schema: completion.complete(converted, uses, '/paths/~1a/get'),
    codes: diagnostics.list().map(({ code }) => code),
    cut: diagnostics
      .list()
      .filter(({ code }) => code === 'schema_cut')
      .map(({ pointer }) => pointer),
  };
}

const chain = {
  A: object({ b: ref('B') }),
  B: object({ c: ref('C') }, long),
  C: object({ d: { type: 'string', description: long } }),
  Other: object({}),
};
const tree = { Node: object({ left: ref('Node'), right: ref('Node'), value: { type: 'integer' } }, 'A node.') };

describe('complete, keep', () => {
  it('lists the definitions that are reached, and no others', () => {
    const { schema, cut } = complete(object({ a: ref('A') }), chain);
    expect(Object.keys(schema.$defs as JsonObject)).toEqual(['A', 'B', 'C']);
    expect(schema.$defs).toMatchObject({ B: { description: long } });
    expect(cut).toEqual([]);
  });

  it('adds no $defs where none is needed', () => {
    expect(complete({ type: 'string' }, chain).schema).toEqual({ type: 'string' });
  });

  it('trims descriptions further away where not everything fits', () => {
    const { schema, cut } = complete(object({ a: ref('A') }), chain, { length: 800 });
    expect(schema.$defs).toMatchObject({
      B: { description: 'The first sentence, which says it all.' },
      C: { properties: { d: { description: 'The first sentence, which says it all.' } } },
    });
    expect(cut).toEqual([]);
  });

  it('leaves open what does not fit, with its type and description, and says so', () => {
    const { schema, cut } = complete(object({ a: ref('A') }), chain, { length: 400 });
    expect(schema.$defs).toMatchObject({ C: { type: 'object', description: 'An object.' } });
    expect(schema.$defs).not.toHaveProperty('C.properties');
    expect(cut).toEqual(['/components/schemas/C']);
  });

  it('leaves open what is too many references away', () => {
    expect(Object.keys(complete(object({ a: ref('A') }), chain, { hops: 1 }).schema.$defs as JsonObject)).toEqual([
      'A',
      'B',
    ]);
  });

  it('never looks at what is further away', () => {
    const links = Array.from({ length: 9 }, (_, index) => [`L${index}`, object({ next: ref(`L${index + 1}`) })]);
    const components = { ...Object.fromEntries(links), L9: { ...object({}), minLength: -1 } } as JsonObject;
    expect(complete(ref('L0'), components, { hops: 20 }).codes).toContain('keyword_invalid');
    expect(complete(ref('L0'), components, { hops: 4 }).codes).toEqual(['schema_cut']);
  });

  it('lists a recursive schema once', () => {
    expect(complete(ref('Node'), tree).schema).toEqual({
      $ref: '#/$defs/Node',
      $defs: {
        Node: {
          ...tree.Node,
          properties: { left: { $ref: '#/$defs/Node' }, right: { $ref: '#/$defs/Node' }, value: { type: 'integer' } },
        },
      },
    });
  });

  it('cuts a schema that is too large itself, the inner levels first', () => {
    const inner = object(
      Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`p${index}`, object({ x: ref('A') })])),
    );
    const { schema, cut } = complete(object({ a: object({ b: inner }) }), chain, { length: 500 });
    expect(schema).toEqual({
      ...object({ a: object({ b: { type: 'object', description: 'An object.' } }) }),
    });
    expect(cut).toEqual(['/paths/~1a/get']);
  });
});

describe('complete, inline', () => {
  it('has no reference at all', () => {
    const { schema, cut } = complete(object({ a: ref('A'), b: { ...ref('B'), description: 'Mine.' } }), chain, {
      refs: 'inline',
    });
    expect(JSON.stringify(schema)).not.toContain('$ref');
    expect(schema).not.toHaveProperty('$defs');
    expect(schema).toMatchObject({
      properties: {
        a: { properties: { b: { properties: { c: { properties: { d: { type: 'string' } } } } } } },
        b: { description: 'Mine.' },
      },
    });
    expect(cut).toEqual([]);
  });

  it('leaves a schema within itself open', () => {
    const { schema, cut } = complete(ref('Node'), tree, { refs: 'inline' });
    const open = { type: 'object', description: 'A node.' };
    expect(schema).toEqual({ ...tree.Node, properties: { left: open, right: open, value: { type: 'integer' } } });
    expect(cut).toEqual(['/components/schemas/Node']);
  });

  it('spends its budget on the outer schemas first', () => {
    const wide = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`p${index}`, { type: 'string', description: long }]),
    );
    const components = { Near: object({ far: ref('Far') }), Far: object(wide) };
    const { schema, cut } = complete(object({ a: ref('Near'), b: ref('Near') }), components, {
      refs: 'inline',
      length: 1000,
    });
    const near = object({ far: { type: 'object', description: 'An object.' } });
    expect(schema).toEqual(object({ a: near, b: near }));
    expect(cut).toEqual(['/components/schemas/Far']);
  });

  it('keeps what stands beside a reference', () => {
    const { schema } = complete({ allOf: [ref('C'), { minProperties: 1 }], nullable: true }, chain, { refs: 'inline' });
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect([{ d: 'x' }, null, {}, { d: 1 }].map((value) => validate(value))).toEqual([true, true, false, false]);
  });

  it('replaces a definition that is no more than a reference with siblings', () => {
    const components = { A: { allOf: [ref('B')], description: 'a' }, B: object({ c: {} }) };
    expect(complete(object({ a: ref('A') }), components, { refs: 'inline' }).schema).toEqual(
      object({ a: { ...object({ c: {} }), description: 'a' } }),
    );
  });

  it('stays within a multiple of its budget however often schemas refer to one another', () => {
    const names = Array.from({ length: 30 }, (_, index) => `S${index}`);
    const components = Object.fromEntries(
      names.map((name, index) => [
        name,
        object(Object.fromEntries(names.slice(index + 1).map((other) => [other, ref(other)]))),
      ]),
    );
    const { schema } = complete(ref('S0'), components, { refs: 'inline', length: 20_000 });
    expect(JSON.stringify(schema).length).toBeLessThan(40_000);
  });
});
