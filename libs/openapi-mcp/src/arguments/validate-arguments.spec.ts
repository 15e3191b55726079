import { describe, expect, it } from 'vitest';
import { anOperation, aParameter, jsonBody, recordedApi } from '../../test/recorded-api.js';
import type { Diagnostic } from '../document/diagnostics.js';
import type { JsonObject } from '../document/json.js';
import type { ComponentBase } from '../components/component.js';
import { ExactInteger } from './exact-integer.js';
import { ArgumentValidator } from './validate-arguments.js';

function componentOf(schema: unknown, { isRequired = true, schemas = {} } = {}): ComponentBase {
  const document = anOperation('POST /t', { requestBody: jsonBody(schema, isRequired) }, { components: { schemas } });
  return recordedApi(document).tool('POST_t');
}

function validated(schema: unknown, args: JsonObject, schemas = {}) {
  return new ArgumentValidator().validate(componentOf(schema, { schemas }), args);
}

function coerced(property: unknown, value: unknown, schemas = {}): unknown {
  const result = validated({ properties: { a: property } }, { a: value }, schemas);
  return result.ok ? result.args.a : result.problems;
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

describe('arguments', () => {
  it.each<[string, unknown, unknown, unknown]>([
    ['an integer in text', { type: 'integer' }, '5', 5],
    ['a negative integer', { type: 'integer' }, '-5', -5],
    ['a number in text', { type: 'number' }, '1.5e1', 15],
    ['a boolean in text', { type: 'boolean' }, 'true', true],
    ['one of several types', { type: ['integer', 'null'] }, '5', 5],
    ['a variant', { anyOf: [{ type: 'integer' }, { type: 'null' }] }, '5', 5],
    ['a value of a list', { enum: [1, 2] }, '2', 2],
    ['items', { type: 'array', items: { type: 'integer' } }, ['1', 2], [1, 2]],
    ['members', { properties: { b: { type: 'boolean' } } }, { b: 'false' }, { b: false }],
    ['members of a map', { additionalProperties: { type: 'integer' } }, { x: '1' }, { x: 1 }],
    [
      'members of variants',
      { anyOf: [{ properties: { b: { type: 'integer' } } }, { properties: { c: {} } }] },
      { b: '1' },
      { b: 1 },
    ],
    [
      'members of parts',
      { allOf: [{ properties: { b: { type: 'integer' } } }, { properties: { b: { minimum: 0 } } }] },
      { b: '1' },
      { b: 1 },
    ],
    ['a list as JSON text', { type: 'array', items: { type: 'integer' } }, '["1", 2]', [1, 2]],
    ['an object as JSON text', { type: 'object', properties: { b: { type: 'integer' } } }, ' {"b": "1"}', { b: 1 }],
  ])('may be given as text: %s', (_, schema, given, expected) => {
    expect(coerced(schema, given)).toEqual(expected);
  });

  it.each<[string, unknown, unknown]>([
    ['text', { type: 'string' }, '5'],
    ['text or a number', { type: ['string', 'integer'] }, '5'],
    ['anything', {}, '5'],
    ['text or a list', { anyOf: [{ type: 'string' }, { type: 'array' }] }, '[1]'],
  ])('stay text where %s is allowed', (_, schema, given) => {
    expect(coerced(schema, given)).toBe(given);
  });

  it.each<[string, unknown, unknown, string]>([
    ['words for an integer', { type: 'integer' }, 'five', 'a: must be integer'],
    ['a fraction for an integer', { type: 'integer' }, '1.5', 'a: must be integer'],
    ['broken JSON text', { type: 'array' }, '[1', 'a: must be array'],
    ['JSON text of another type', { type: 'array' }, '{}', 'a: must be array'],
    ['no variant', { anyOf: [{ type: 'integer' }, { type: 'boolean' }] }, 'x', 'a: must be integer or boolean'],
    ['no value', { oneOf: [{ const: 1 }, { enum: [2, 3] }] }, 4, 'a: must be one of 1,2,3'],
    [
      'a wrong member',
      { properties: { b: { items: { type: 'integer' }, type: 'array' } } },
      { b: ['x'] },
      'a.b.0: must be integer',
    ],
    ['a number that is none', { type: 'number' }, '1e999', 'a: must be number'],
  ])('are refused: %s', (_, schema, given, problem) => {
    expect(coerced(schema, given)).toEqual([problem]);
  });

  it('of null are kept where the schema allows it, left out elsewhere, at any depth', () => {
    const member = { properties: { yes: { type: ['string', 'null'] }, no: { type: 'string' }, any: {} } };
    expect(coerced(member, { yes: null, no: null, any: null })).toEqual({ yes: null, any: null });
    expect(coerced(ref('Text'), null, { Text: { type: 'string' } })).toBeUndefined();
    expect(coerced({ enum: ['a'] }, null)).toBeUndefined();
    expect(coerced({ type: ['string', 'null'], enum: ['a', null] }, null)).toBeNull();
  });

  it('of null do not stand for one that is required', () => {
    const schema = { properties: { a: { type: 'string' } }, required: ['a'] };
    expect(validated(schema, { a: null })).toEqual({ ok: false, problems: ['a: is required'] });
  });

  it('keep the digits of integers beyond 2^53', () => {
    const digits = '9007199254740993';
    expect(coerced({ type: 'integer', format: 'int64' }, digits)).toEqual(new ExactInteger(digits));
    expect(coerced({ type: 'integer', maximum: 10 }, digits)).toEqual(['a: must be <= 10']);
    expect(coerced({ items: { type: 'integer' }, type: 'array' }, `["-00${digits}"]`)).toEqual([
      new ExactInteger(`-${digits}`),
    ]);
  });

  it('keep those digits on the wire', async () => {
    const api = recordedApi(
      anOperation('POST /t/{id}', {
        parameters: [
          aParameter('path', 'id', { schema: { type: 'integer' } }),
          aParameter('query', 'q', {
            schema: undefined,
            content: { 'application/json': { schema: { type: 'integer' } } },
          }),
        ],
        requestBody: jsonBody({
          properties: {
            n: { type: 'integer' },
            m: { properties: { l: { type: 'array', items: { type: 'number' } } } },
          },
        }),
      }),
    );
    await api.call({
      id: '9007199254740993',
      q: '9007199254740995',
      n: '18446744073709551615',
      m: { l: ['9007199254740997'] },
    });
    expect(api.requests[0]).toMatchObject({
      url: 'https://api.example/v1/t/9007199254740993?q=9007199254740995',
      body: '{"n":18446744073709551615,"m":{"l":[9007199254740997]}}',
    });
  });

  it('are own properties only', () => {
    const schema = { properties: { a: {} }, required: ['a'] };
    expect(validated(schema, Object.create({ a: 1 }) as JsonObject)).toEqual({
      ok: false,
      problems: ['a: is required'],
    });
    const args = JSON.parse('{"a":1,"__proto__":{"x":1},"constructor":2}') as JsonObject;
    expect(validated(schema, args)).toMatchObject({
      ok: false,
      problems: [
        expect.stringContaining('__proto__: is not known'),
        expect.stringContaining('constructor: is not known'),
      ],
    });
    const required = { properties: { constructor: {} }, required: ['constructor'] };
    expect(validated(required, {})).toEqual({ ok: false, problems: ['constructor_: is required'] });
  });

  it('that are unknown are named with the valid ones', () => {
    expect(validated({ properties: { a: {}, b: {} } }, { c: 1 })).toEqual({
      ok: false,
      problems: ['c: is not known; valid arguments are a, b'],
    });
    expect(validated({ properties: {}, additionalProperties: false }, { c: 1 })).toEqual({
      ok: false,
      problems: ['c: is not known; the tool takes no arguments'],
    });
  });

  it('have no more problems than can be read', () => {
    const result = validated(
      { properties: { a: { type: 'array', items: { type: 'integer' } } } },
      { a: Array(200).fill('x') },
    );
    expect(result).toMatchObject({ ok: false });
    expect(!result.ok && result.problems).toHaveLength(51);
    expect(!result.ok && result.problems.at(-1)).toBe('and 150 more problems');
  });

  it('are not refused for a file that is base64', () => {
    const content = {
      'multipart/form-data': {
        schema: {
          properties: {
            f: { type: 'string', format: 'binary' },
            l: { type: 'array', items: { type: 'string', format: 'binary' } },
          },
        },
      },
    };
    const component = recordedApi(anOperation('POST /t', { requestBody: { required: true, content } })).tool('POST_t');
    const validate = (args: JsonObject) => new ArgumentValidator().validate(component, args);
    expect(validate({ f: 'AAE=', l: [{ filename: 'a.txt', data: 'YQ' }] })).toMatchObject({ ok: true });
    expect(validate({ f: 'not base64!', l: ['AAE=', { data: '*' }] })).toEqual({
      ok: false,
      problems: ['f: must be base64', 'l.1: data must be base64'],
    });
  });
});

describe('validation', () => {
  it('ends in time whatever the size of a list of which all items differ', () => {
    const items = Array.from({ length: 20_000 }, (_, index) => ({ index }));
    const schema = { type: 'array', uniqueItems: true };
    expect(coerced(schema, items)).toHaveLength(20_000);
    expect(
      coerced(schema, [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]),
    ).toEqual(['a: must not have equal items']);
  });

  it('takes decimal fractions for what they are written as', () => {
    const schema = { type: 'number', multipleOf: 0.01 };
    expect(coerced(schema, 19.99)).toBe(19.99);
    expect(coerced(schema, 1.005)).toEqual(['a: must be multiple of 0.01']);
  });

  it('tries a pattern on long text where that takes no time', () => {
    const schema = { type: 'string', pattern: '^a+$' };
    expect(coerced(schema, 'b')).toEqual(['a: must match pattern "^a+$"']);
    expect(coerced(schema, `${'a'.repeat(100_000)}b`)).toEqual(['a: must match pattern "^a+$"']);
  });

  it.each([
    ['one long text', { type: 'string', pattern: '\\w*\\w*\\w*!' }, 'a'.repeat(4000)],
    [
      'many texts',
      { type: 'array', items: { type: 'string', pattern: '\\w*\\w*\\w*!' } },
      Array.from({ length: 5000 }, () => 'a'.repeat(100)),
    ],
  ])('takes no time over a pattern that is slow on %s', (_, schema, value) => {
    const startedAt = performance.now();
    coerced(schema, value);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it('refuses what is nested too deeply', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    expect(validated({ properties: { a: {} } }, { a: deep })).toEqual({
      ok: false,
      problems: ['The arguments are nested too deeply.'],
    });
  });

  it('follows schemas that refer to themselves in variants', () => {
    const Node = {
      properties: {
        n: { type: 'integer' },
        next: { anyOf: [ref('Node'), { allOf: [ref('Node')] }, { type: 'null' }] },
      },
    };
    let value: unknown = { n: '1' };
    for (let level = 0; level < 12; level += 1) value = { n: '1', next: value };
    expect(JSON.stringify(coerced(ref('Node'), value, { Node }))).not.toContain('"1"');
  });

  it('ends in time where variants double with every level', () => {
    const variant = (name: string) => ({
      properties: { next: ref('Node'), [name]: { type: 'integer' } },
      required: [name],
    });
    const Node = { anyOf: [variant('n'), variant('m'), { allOf: [variant('n'), variant('m')] }] };
    let value: unknown = { n: 'x' };
    for (let level = 0; level < 60; level += 1) value = { n: 1, next: value };
    const started = performance.now();
    expect(coerced(ref('Node'), value, { Node })).toBeDefined();
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('falls back to names and types where a schema can not be compiled', () => {
    const reported: Diagnostic[] = [];
    const validator = new ArgumentValidator((diagnostic) => reported.push(diagnostic));
    const component: ComponentBase = {
      ...componentOf({ properties: { a: { type: 'integer' }, b: {} }, required: ['b'] }),
      inputSchema: {
        type: 'object',
        properties: { a: { type: 'integer' }, b: { $ref: '#/$defs/gone' } },
        required: ['b'],
        additionalProperties: false,
      },
    };
    expect(validator.validate(component, { a: '1', b: 2 })).toEqual({ ok: true, args: { a: 1, b: 2 } });
    expect(validator.validate(component, { a: 'x', c: 1 })).toEqual({
      ok: false,
      problems: ['b: is required', 'a: must be integer', 'c: is not known; valid arguments are a, b'],
    });
    expect(reported).toMatchObject([{ code: 'validation_shallow', pointer: '/paths/~1t/post' }]);
  });
});
