import { describe, expect, it } from 'vitest';
import { anOperation, recordedApi } from '../../test/recorded-api.js';
import type { JsonObject } from '../document/json.js';
import { OutputCheck } from './output-check.js';

const toolWith = (outputSchema: JsonObject) => ({ ...recordedApi(anOperation('GET /t')).tool('GET_t'), outputSchema });
const resultOf = (structuredContent: JsonObject) => ({
  content: [{ type: 'text', text: 'the answer' }],
  structuredContent,
});
const check = (schema: JsonObject, structured: JsonObject) =>
  new OutputCheck().check(toolWith(schema), resultOf(structured), 'HTTP 200 OK');

describe('OutputCheck', () => {
  it('lets a result pass that matches', () => {
    const schema = { type: 'object', properties: { at: { type: 'string', format: 'date-time' } } };
    expect(check(schema, { at: '2026-01-01T00:00:00Z' })).toEqual(resultOf({ at: '2026-01-01T00:00:00Z' }));
  });

  it('makes an error that keeps the answer of one that clients would throw away', () => {
    const schema = { type: 'object', properties: { at: { type: 'string', format: 'date-time' } } };
    const result = check(schema, { at: 'yesterday' });
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: 'the answer' }, { text: expect.stringContaining('/at must match format') }],
    });
    expect(result).not.toHaveProperty('structuredContent');
  });

  it('puts an object under result where that is what matches', () => {
    const schema = { type: 'object', properties: { result: { type: ['object', 'array'] } }, required: ['result'] };
    expect(check(schema, { id: 1 })).toEqual(resultOf({ result: { id: 1 } }));
  });

  const deep = (levels: number): JsonObject => (levels === 0 ? {} : { x: deep(levels - 1) });

  it.each<[string, JsonObject, JsonObject]>([
    [
      'a catastrophic pattern',
      { properties: { s: { type: 'string', pattern: '^(a+)+$' } } },
      { s: `${'a'.repeat(40)}!` },
    ],
    ['a slow pattern on long text', { properties: { s: { pattern: '\\w*\\w*!' } } }, { s: 'a'.repeat(500_000) }],
    [
      'many items that must differ',
      { properties: { s: { uniqueItems: true } } },
      { s: Array.from({ length: 100_000 }, (_, id) => ({ id })) },
    ],
    [
      'variants that refer to themselves',
      {
        $ref: '#/$defs/R',
        $defs: {
          R: { properties: { x: { anyOf: [1, 2, 3].map((n) => ({ $ref: '#/$defs/R', required: [`n${n}`] })) } } },
        },
      },
      deep(60),
    ],
  ])('takes no time over %s', (_, schema, answer) => {
    const startedAt = performance.now();
    expect(check({ type: 'object', ...schema }, answer)).not.toHaveProperty('isError');
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });

  it('lets everything pass where the schema is none', () => {
    expect(check({ $ref: '#/$defs/nowhere' }, { id: 1 })).toEqual(resultOf({ id: 1 }));
  });
});
