import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../document/diagnostics.js';
import { References } from '../document/references.js';
import { SchemaConverter } from './schema-converter.js';

function convert(schema: unknown, components: Record<string, unknown> = {}, direction: 'input' | 'output' = 'input') {
  const diagnostics = new Diagnostics();
  const references = new References({ components: { schemas: components } }, diagnostics);
  const converter = new SchemaConverter(references, diagnostics, direction, true);
  const { schema: converted, uses } = converter.convert(schema, '/schema');
  return { ...converted, $defs: converter.definitions.closure(uses) };
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const thing = {
  properties: { id: { readOnly: true }, secret: { writeOnly: true }, name: {} },
  required: ['id', 'secret', 'name'],
};

describe('properties of one direction', () => {
  it('leaves read-only ones out of inputs', () => {
    expect(convert(thing)).toEqual({ properties: { secret: {}, name: {} }, required: ['secret', 'name'], $defs: {} });
  });

  it('leaves write-only ones out of outputs', () => {
    expect(convert(thing, {}, 'output')).toEqual({
      properties: { id: {}, name: {} },
      required: ['id', 'name'],
      $defs: {},
    });
  });

  it('gives one component a definition for each direction', () => {
    const Thing = { ...thing, type: 'object' };
    const list = { type: 'array', items: ref('Thing') };
    expect(convert(list, { Thing }).$defs.Thing?.required).toEqual(['secret', 'name']);
    expect(convert(list, { Thing }, 'output').$defs.Thing?.required).toEqual(['id', 'name']);
  });

  it.each<[string, unknown]>([
    ['beside a reference', { ...ref('Name'), readOnly: true }],
    ['in the schema that is referred to', ref('ReadOnly')],
    ['behind two references', ref('Alias')],
    ['beside an allOf', { allOf: [ref('Name')], readOnly: true }],
    ['in a part of an allOf', { allOf: [ref('Name'), { readOnly: true }] }],
    ['in a reference within an allOf', { allOf: [ref('ReadOnly')] }],
  ])('finds the mark %s', (_, property) => {
    const components = {
      Name: { type: 'string' },
      ReadOnly: { type: 'string', readOnly: true },
      Alias: ref('ReadOnly'),
    };
    expect(convert({ properties: { a: property, b: {} }, required: ['a'] }, components)).toEqual({
      properties: { b: {} },
      $defs: {},
    });
  });

  it('looks into nested objects and items', () => {
    const nested = { properties: { list: { items: { properties: { id: { readOnly: true } }, required: ['id'] } } } };
    expect(convert(nested)).toEqual({ properties: { list: { items: { properties: {} } } }, $defs: {} });
  });

  it('demands no property that another part of an allOf hides', () => {
    const parts = {
      allOf: [{ properties: { id: { readOnly: true } } }, { required: ['id', 'name'] }],
      required: ['id'],
    };
    expect(convert(parts)).toEqual({ allOf: [{ properties: {} }, { required: ['name'] }], $defs: {} });
  });

  it('puts a referenced part in its place where it would show what another part hides', () => {
    const components = { Base: { type: 'object', properties: { id: {}, name: {} }, required: ['id'] } };
    expect(convert({ allOf: [ref('Base'), { properties: { id: { readOnly: true } } }] }, components)).toEqual({
      allOf: [{ type: 'object', properties: { name: {} } }, { properties: {} }],
      $defs: {},
    });
  });

  it('keeps a property that only another variant hides, but demands it of none', () => {
    const variants = {
      required: ['id'],
      anyOf: [{ properties: { id: { readOnly: true } } }, { properties: { id: { type: 'string' } } }],
    };
    expect(convert(variants)).toEqual({
      anyOf: [{ properties: {} }, { properties: { id: { type: 'string' } } }],
      $defs: {},
    });
  });
});
