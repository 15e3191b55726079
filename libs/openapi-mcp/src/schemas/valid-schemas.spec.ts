import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../document/diagnostics.js';
import { isObject, type JsonObject } from '../document/json.js';
import { References } from '../document/references.js';
import type { Operation } from '../operations/operation.js';
import { OutputSchemas } from './output-schemas.js';
import { ToolSchemas } from './tool-schemas.js';

const names = ['A', 'B C', 'D/e~', '__proto__'] as const;
const references = fc.oneof(
  fc.constantFrom('#/components/schemas/A', '#/components/schemas/B%20C', '#/components/schemas/D~1e~0'),
  fc.constantFrom('#/components/schemas/A/properties/a', '#/components/schemas/gone', '#', '#a', 'other.json', ''),
);

/** Schemas as nobody should write them: each keyword holds what it may hold, or anything. */
const schema = fc.letrec<{ node: unknown; keywords: JsonObject }>((tie) => {
  const node = tie('node');
  const or = (arbitrary: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 3, arbitrary }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) });
  const map = or(
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'x-c', '[', '^(a+)+$', '$ref'), node, { maxKeys: 2 }),
  );
  const list = or(fc.array(node, { maxLength: 2 }));
  const word = fc.constantFrom('string', 'integer', 'object', 'array', 'null', 'file', 'any', 'Int', 'date');
  const number = or(fc.constantFrom(0, -1, 1.5, '3', Infinity, NaN, true));
  const keywords = fc.record(
    {
      $ref: or(references),
      type: or(fc.oneof(word, fc.array(word, { maxLength: 3 }))),
      nullable: or(fc.boolean()),
      readOnly: or(fc.boolean()),
      enum: or(fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 3 })),
      const: fc.jsonValue({ maxDepth: 1 }),
      default: fc.jsonValue(),
      pattern: or(fc.constantFrom('a', '(', '(?i)b', '(a|a)*')),
      minimum: number,
      exclusiveMinimum: number,
      maxLength: number,
      multipleOf: number,
      required: or(fc.array(fc.constantFrom('a', 'a', 'b'), { maxLength: 3 })),
      properties: map,
      patternProperties: map,
      dependentSchemas: map,
      dependencies: map,
      additionalProperties: or(node),
      unevaluatedProperties: or(fc.boolean()),
      items: or(fc.oneof(node, fc.array(node, { maxLength: 2 }))),
      prefixItems: list,
      allOf: list,
      anyOf: list,
      oneOf: list,
      not: or(node),
      if: or(node),
      then: or(node),
      contains: or(node),
      propertyNames: or(node),
      contentSchema: or(node),
      discriminator: fc.jsonValue({ maxDepth: 1 }),
      $id: fc.constantFrom('urn:a', '#'),
      $anchor: fc.constantFrom('a', '1'),
      $schema: fc.constant('http://json-schema.org/draft-04/schema#'),
      $dynamicRef: fc.constant('#a'),
      definitions: map,
      'x-internal': fc.boolean(),
    },
    { requiredKeys: [] },
  );
  return {
    keywords,
    node: fc.oneof(
      { maxDepth: 2 },
      fc.boolean(),
      references.map(($ref) => ({ $ref })),
      keywords,
    ),
  };
}).node;

const valueKeywords = new Set(['default', 'const', 'enum', 'examples', 'required', 'dependentRequired']);
const mapKeywords = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs']);
const foreign = /^(x-|nullable$|discriminator$|readOnly$|writeOnly$|definitions$|oneOf$|\$(id|schema|anchor|dynamic))/;

/** What no client should get: references that lead nowhere, keywords that are not JSON Schema's. */
function faultsOf(node: unknown, defs: JsonObject): string[] {
  if (Array.isArray(node)) return node.flatMap((item) => faultsOf(item, defs));
  if (!isObject(node)) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (valueKeywords.has(key)) return [];
    if (mapKeywords.has(key)) return Object.values(value as JsonObject).flatMap((item) => faultsOf(item, defs));
    if (key === '$ref') return Object.hasOwn(defs, String(value).replace('#/$defs/', '')) ? [] : [String(value)];
    return foreign.test(key) ? [key] : faultsOf(value, defs);
  });
}

function expectFit(complete: JsonObject, isInline: boolean): void {
  expect(faultsOf(complete, isInline ? {} : ((complete.$defs ?? {}) as JsonObject))).toEqual([]);
  for (const name of Object.keys(complete.$defs ?? {})) expect(name).toMatch(/^[A-Za-z0-9_.-]+$/);
  const text = JSON.stringify(complete);
  new Ajv2020({ strict: false, validateFormats: false, logger: false }).compile(JSON.parse(text) as JsonObject);
}

function anOperation(declared: unknown): Operation {
  const contents = [
    { mediaType: 'application/json', kind: 'json' as const, schema: declared, schemaPointer: '/schema' },
  ];
  const response = { pointer: '/response', status: '200', contents };
  const rest = { tags: [], isDeprecated: false, parameters: [], responseTypes: [], servers: [] };
  return { pointer: '/paths/~1a/get', method: 'GET', path: '/a', response, ...rest };
}

describe('schemas of any document', () => {
  it.each(['keep', 'inline'] as const)(
    'are valid JSON Schema 2020-12 for clients (%s)',
    (refs) => {
      fc.assert(
        fc.property(schema, fc.array(schema, { minLength: 4, maxLength: 4 }), (declared, components) => {
          const schemas = Object.fromEntries(names.map((name, index) => [name, components[index]]));
          const diagnostics = new Diagnostics();
          const references = new References({ components: { schemas } }, diagnostics);
          const inputs = new ToolSchemas(references, diagnostics, false, refs);
          const converted = inputs.convert(declared, '/schema');
          expectFit(
            inputs.complete({ type: 'object', properties: { a: converted.schema } }, converted.uses),
            refs === 'inline',
          );
          for (const mode of ['lenient', 'strict'] as const) {
            const options = { output_schemas: mode, schema_refs: refs, ignoresSiblingsOfReferences: false };
            const output = new OutputSchemas(references, diagnostics, options).schemaFor(anOperation(declared));
            if (!output) continue;
            expect(output.schema.type).toBe('object');
            expectFit(output.schema, refs === 'inline');
          }
        }),
        { numRuns: 50 },
      );
    },
    60_000,
  );
});
