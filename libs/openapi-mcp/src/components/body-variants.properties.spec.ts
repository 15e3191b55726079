import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anOperation, jsonBody, recordedApi } from '../../test/recorded-api.js';

/** A schema of objects, and objects that fit it: one for each way through its variants. */
interface Sample {
  schema: Record<string, unknown>;
  values: Record<string, number>[];
}

type Names = readonly string[];

function leaf(names: Names, isRequired: boolean): Sample {
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'integer' }]));
  const value = Object.fromEntries(names.map((name, index) => [name, index]));
  return { schema: { type: 'object', properties, ...(isRequired ? { required: [...names] } : {}) }, values: [value] };
}

const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), { minLength: 1, maxLength: 3 });

const { node } = fc.letrec<{ node: Sample; leaf: Sample; all: Sample; any: Sample }>((tie) => ({
  leaf: fc.tuple(names, fc.boolean()).map(([some, isRequired]) => leaf(some, isRequired)),
  all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((parts) => ({
    schema: { allOf: parts.map(({ schema }) => schema) },
    values: parts.reduce<Record<string, number>[]>(
      (ways, { values }) => ways.flatMap((way) => values.map((value) => ({ ...way, ...value }))).slice(0, 30),
      [{}],
    ),
  })),
  any: fc
    .tuple(fc.constantFrom('oneOf', 'anyOf'), names, fc.array(tie('node'), { minLength: 1, maxLength: 3 }))
    .map(([keyword, some, variants]) => {
      const base = leaf(some, false);
      return {
        schema: { ...base.schema, [keyword]: variants.map(({ schema }) => schema) },
        values: variants.flatMap(({ values }) => values.map((value) => ({ ...base.values[0], ...value }))).slice(0, 30),
      };
    }),
  node: fc.oneof({ maxDepth: 3, depthIdentifier: 'n' }, tie('leaf'), tie('all'), tie('any')),
}));

describe('a body with variants', () => {
  it('takes whatever fits any of them, and sends it as it is', async () => {
    await fc.assert(
      fc.asyncProperty(node, async ({ schema, values }) => {
        const base = { properties: { base: { type: 'integer' } } };
        const api = recordedApi(anOperation('POST /t', { requestBody: jsonBody({ allOf: [base, schema] }) }));
        for (const value of values) {
          await api.call({ base: 0, ...value });
          expect(JSON.parse(String(api.requests.at(-1)?.body))).toEqual({ base: 0, ...value });
        }
        expect(api.requests).toHaveLength(values.length);
      }),
      { numRuns: 60 },
    );
  });
});
