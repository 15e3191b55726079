import { describe, expect, it } from 'vitest';
import { aDocument, anOperation, aParameter, jsonBody, recordedApi } from '../../test/recorded-api.js';

type Schemas = Record<string, unknown>;

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

function inputOf(schema: unknown, schemas: Schemas = {}, required = true) {
  const document = anOperation('POST /t', { requestBody: jsonBody(schema, required) }, { components: { schemas } });
  return recordedApi(document).tools[0]?.inputSchema;
}

describe('the properties of a body', () => {
  it('are merged from nested parts of allOf, references and circles included', () => {
    const schemas = {
      Base: { properties: { id: { type: 'string' } }, required: ['id'], allOf: [ref('Child')] },
      Child: { allOf: [ref('Base'), { allOf: [{ properties: { name: { type: 'string' } }, required: ['name'] }] }] },
    };
    expect(inputOf(ref('Child'), schemas)).toEqual({
      type: 'object',
      properties: { id: { type: 'string' }, name: { type: 'string' } },
      required: ['id', 'name'],
      additionalProperties: false,
    });
  });

  it('say once what several parts say of one', () => {
    const schema = {
      allOf: [
        { properties: { a: { type: 'string' }, b: { type: 'integer' } } },
        { properties: { a: { type: 'string', description: 'An a.' }, b: { minimum: 1 } } },
      ],
    };
    expect(inputOf(schema)?.properties).toEqual({
      a: { type: 'string', description: 'An a.' },
      b: { type: 'integer', minimum: 1 },
    });
  });

  it('must fit all parts that say different things', () => {
    const schema = { allOf: [{ properties: { a: { minimum: 1 } } }, { properties: { a: { minimum: 2 } } }] };
    expect(inputOf(schema)?.properties).toEqual({ a: { allOf: [{ minimum: 1 }, { minimum: 2 }] } });
  });

  it.each(['oneOf', 'anyOf'])('are those of every variant beside %s', (keyword) => {
    const schema = {
      properties: { name: { type: 'string' } },
      required: ['name'],
      [keyword]: [
        { properties: { card: { type: 'string' }, at: { type: 'integer' } }, required: ['card', 'at'] },
        { properties: { iban: { type: 'string' }, at: { type: 'string' } }, required: ['iban', 'at'] },
      ],
    };
    expect(inputOf(schema)).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string' },
        card: { type: 'string' },
        at: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
        iban: { type: 'string' },
      },
      required: ['name', 'at'],
      additionalProperties: false,
    });
  });

  it('are those of variants within parts', () => {
    const schema = {
      allOf: [
        { properties: { a: {} } },
        {
          oneOf: [
            { properties: { b: {} } },
            { anyOf: [{ properties: { c: {} } }, { allOf: [{ properties: { d: {} } }] }] },
          ],
        },
      ],
    };
    expect(Object.keys(inputOf(schema)?.properties as object)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('list the values of all variants', () => {
    const variant = (kind: string) => ({ properties: { kind: { type: 'string', enum: [kind] } }, required: ['kind'] });
    expect(inputOf({ properties: { a: {} }, oneOf: [variant('x'), variant('y')] })).toMatchObject({
      properties: { kind: { type: 'string', enum: ['x', 'y'] } },
      required: ['kind'],
    });
  });

  it('are as in the only variant, null aside', () => {
    const schema = { anyOf: [{ properties: { a: {} }, required: ['a'] }, { type: 'null' }] };
    expect(inputOf(schema)).toMatchObject({ properties: { a: {} }, required: ['a'] });
  });

  it('include those of conditions and dependencies', () => {
    const schema = {
      properties: { a: {} },
      if: { properties: { a: { const: 1 } } },
      then: { properties: { b: {} }, required: ['b'] },
      else: { properties: { c: {} } },
      dependentSchemas: { a: { properties: { d: {} } } },
      not: { required: ['a', 'c'] },
    };
    const input = inputOf(schema);
    expect(Object.keys(input?.properties as object)).toEqual(['a', 'b', 'c', 'd']);
    expect(input).not.toHaveProperty('required');
  });

  it('include those that are only required, and what stands beside a reference', () => {
    const schemas = { Base: { properties: { a: {} } } };
    const schema = { ...ref('Base'), properties: { b: {} }, required: ['a', 'c'] };
    expect(inputOf(schema, schemas)).toMatchObject({ properties: { a: {}, b: {}, c: {} }, required: ['a', 'c'] });
  });

  it('leave out what is read-only, wherever that is said', () => {
    const schemas = { Id: { type: 'string', readOnly: true } };
    const schema = {
      allOf: [
        {
          properties: { id: ref('Id'), at: { type: 'string' }, secret: { writeOnly: true } },
          required: ['id', 'secret'],
        },
        { properties: { at: { readOnly: true } } },
      ],
    };
    expect(inputOf(schema, schemas)).toMatchObject({ properties: { secret: {} }, required: ['secret'] });
    expect(Object.keys(inputOf(schema, schemas)?.properties as object)).toEqual(['secret']);
  });

  it('are none where all of them are read-only, nor where nothing is allowed', () => {
    const nothing = { type: 'object', properties: {}, additionalProperties: false };
    expect(inputOf({ properties: { id: { readOnly: true } } })).toEqual(nothing);
    expect(inputOf(nothing)).toEqual(nothing);
  });

  it('are open where any part or variant says so', () => {
    expect(inputOf({ properties: { a: {} } })?.additionalProperties).toBe(false);
    expect(inputOf({ properties: { a: {} }, additionalProperties: true })?.additionalProperties).toEqual({});
    const typed = { additionalProperties: { type: 'string' } };
    expect(inputOf({ allOf: [{ properties: { a: {} } }, typed] })?.additionalProperties).toEqual({ type: 'string' });
    expect(inputOf({ properties: { a: {} }, anyOf: [typed, {}] })?.additionalProperties).toEqual({ type: 'string' });
    const pattern = { properties: { a: {} }, patternProperties: { '^x-': { type: 'integer' } } };
    expect(inputOf(pattern)?.additionalProperties).toEqual({ type: 'integer' });
  });
});

describe('a discriminator', () => {
  const schemas = {
    Cat: { properties: { kind: { type: 'string' }, lives: { type: 'integer' } }, required: ['kind', 'lives'] },
    Dog: { properties: { kind: { type: 'string' }, breed: { type: 'string' } }, required: ['kind'] },
  };
  const oneOf = [ref('Cat'), ref('Dog')];

  it('lists the values of its mapping', () => {
    const mapping = { cat: '#/components/schemas/Cat', kitten: 'Cat', dog: 'Dog' };
    expect(inputOf({ oneOf, discriminator: { propertyName: 'kind', mapping } }, schemas)).toEqual({
      type: 'object',
      properties: {
        kind: { type: 'string', enum: ['cat', 'kitten', 'dog'] },
        lives: { type: 'integer' },
        breed: { type: 'string' },
      },
      required: ['kind'],
      additionalProperties: false,
    });
  });

  it('lists the names of the schemas without one', () => {
    const input = inputOf({ oneOf, discriminator: { propertyName: 'kind' } }, schemas);
    expect(input?.properties).toMatchObject({ kind: { enum: ['Cat', 'Dog'] } });
  });

  it('keeps the values that the variants list themselves', () => {
    const variant = (kind: string) => ({ properties: { kind: { const: kind }, [kind]: {} } });
    const mapping = { x: '#/components/schemas/X', y: '#/components/schemas/Y', z: '#/components/schemas/Y' };
    const schema = { oneOf: [ref('X'), ref('Y')], discriminator: { propertyName: 'kind', mapping } };
    const input = inputOf(schema, { X: variant('x'), Y: variant('y') });
    expect(input?.properties).toEqual({ kind: { enum: ['x', 'y'] }, x: {}, y: {} });
  });

  it('lays out what extends its schema, by its mapping', () => {
    const pets = {
      Pet: {
        properties: { kind: { type: 'string' }, name: {} },
        required: ['kind'],
        discriminator: { propertyName: 'kind', mapping: { cat: 'Cat', dog: 'Dog' } },
      },
      Cat: { allOf: [ref('Pet'), { properties: { lives: {} }, required: ['lives'] }] },
      Dog: { allOf: [ref('Pet'), { properties: { breed: {} } }] },
    };
    expect(inputOf(ref('Pet'), pets)).toMatchObject({
      properties: { kind: { type: 'string', enum: ['cat', 'dog'] }, name: {}, lives: {}, breed: {} },
      required: ['kind'],
    });
    expect(Object.keys(inputOf(ref('Cat'), pets)?.properties as object)).toEqual(['kind', 'name', 'lives']);
    const described = { description: 'A pet.', allOf: [ref('Pet')] };
    expect(Object.keys(inputOf(described, pets)?.properties as object)).toEqual(['kind', 'name', 'lives', 'breed']);
  });

  it('lays out what extends its schema without a mapping', () => {
    const pets = {
      Pet: { properties: { kind: { type: 'string' } }, discriminator: { propertyName: 'kind' } },
      Cat: {
        'x-ms-discriminator-value': '#Cat',
        allOf: [ref('Pet'), { properties: { lives: {} }, required: ['lives'] }],
      },
      Dog: { allOf: [ref('Pet'), { properties: { breed: {} } }] },
      Puppy: { allOf: [ref('Dog'), { properties: { age: {} } }] },
    };
    const input = inputOf(ref('Pet'), pets);
    expect(input?.properties).toEqual({
      kind: { type: 'string', enum: ['#Cat', 'Dog', 'Puppy'] },
      lives: {},
      breed: {},
      age: {},
    });
    expect(input).not.toHaveProperty('required');
  });
});

describe('a body of one argument', () => {
  it.each<[string, unknown]>([
    ['variants with nothing beside them', { oneOf: [{ properties: { a: {} } }, { properties: { b: {} } }] }],
    ['an object or text', { properties: { a: {} }, type: ['object', 'string'] }],
    [
      'variants of which one is a list',
      { properties: { a: {} }, oneOf: [{ type: 'array' }, { properties: { b: {} } }] },
    ],
    ['an object of anything', { type: 'object' }],
  ])('is made of %s', (_, schema) => {
    expect(Object.keys(inputOf(schema)?.properties as object)).toEqual(['body']);
  });

  it('is made of more properties than can be told', () => {
    const properties = Object.fromEntries(Array.from({ length: 6000 }, (_, index) => [`p${index}`, {}]));
    const document = anOperation('POST /t', { requestBody: jsonBody({ title: 'Big Thing', properties }) });
    const { tools, diagnostics } = recordedApi(document);
    expect(Object.keys(tools[0]?.inputSchema.properties as object)).toEqual(['big_thing']);
    expect(diagnostics.map(({ code }) => code)).toContain('body_too_large');
  });

  it('ends where variants multiply without end', () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `S${index}`,
        { properties: { a: {} }, allOf: [ref(`S${index + 1}`), { allOf: [ref(`S${index + 1}`)] }] },
      ]),
    );
    expect(Object.keys(inputOf(ref('S0'), { ...schemas, S40: {} })?.properties as object)).toEqual(['body']);
  });
});

describe('a hostile body', () => {
  const many = (count: number, schemaOf: (index: number) => unknown) =>
    Array.from({ length: count }, (_, index) => schemaOf(index));
  const chain = Object.fromEntries(
    many(3000, (index) => [`S${index}`, { allOf: [ref(`S${index + 1}`)] }]) as [string, unknown][],
  );

  it.each<[string, unknown, Schemas, string]>([
    ['a chain of references', ref('S0'), { ...chain, S3000: { properties: { a: {} } } }, 'body'],
    [
      'one property in thousands of parts',
      { allOf: many(2400, (minimum) => ({ properties: { a: { minimum } } })) },
      {},
      'a',
    ],
    [
      'thousands of variants',
      { properties: { a: {} }, oneOf: many(2400, (minimum) => ({ properties: { a: { minimum } } })) },
      {},
      'a',
    ],
  ])('of %s becomes arguments all the same', (_, schema, schemas, key) => {
    expect(Object.keys(inputOf(schema, schemas)?.properties as object)).toEqual([key]);
  });
});

describe('parameters', () => {
  const propertiesOf = (parameters: unknown[], rest = {}) =>
    recordedApi(anOperation('GET /t/{id}', { parameters, ...rest })).tools[0]?.inputSchema.properties;

  it('with a schema that allows nothing are left out, but for those of the path', () => {
    const parameters = [
      aParameter('query', 'no', { schema: false }),
      aParameter('query', 'any', { schema: true }),
      aParameter('path', 'id', { schema: false }),
    ];
    expect(propertiesOf(parameters)).toEqual({ any: {}, id: {} });
  });

  it('tell where they go once they are renamed', () => {
    const parameters = [
      aParameter('path', 'id', { description: 'Which.' }),
      aParameter('query', 'id'),
      aParameter('query', 'filter[name]'),
    ];
    expect(propertiesOf(parameters)).toEqual({
      id__path: { description: 'Which. (Path parameter)' },
      id__query: { description: '(Query parameter)' },
      filter_name: { description: '(Query parameter "filter[name]")' },
    });
  });

  it('of headers whose names differ in case are one, the operation’s', async () => {
    const document = aDocument({
      '/t': { parameters: [aParameter('header', 'x-team')], get: { parameters: [aParameter('header', 'X-Team')] } },
    });
    const api = recordedApi(document);
    expect(api.tools[0]?.inputSchema.properties).toEqual({ 'X-Team': {} });
    await api.call({ 'X-Team': 'a' });
    expect(api.requests[0]?.headers).toMatchObject({ 'x-team': 'a' });
  });
});

describe('files', () => {
  const file = { anyOf: [{ type: 'string', contentEncoding: 'base64' }, { properties: { data: {} } }] };
  const upload = (properties: unknown, encoding = {}) => {
    const content = { 'multipart/form-data': { schema: { type: 'object', properties }, encoding } };
    return recordedApi(anOperation('POST /t', { requestBody: { required: true, content } })).tools[0]?.inputSchema
      .properties;
  };

  it.each<[string, unknown]>([
    ['format binary', { type: 'string', format: 'binary' }],
    ['type file', { type: 'file' }],
    ['contentEncoding', { type: 'string', contentEncoding: 'base64' }],
    ['contentMediaType', { contentMediaType: 'application/octet-stream' }],
  ])('are told by %s', (_, schema) => {
    expect(upload({ f: schema })).toMatchObject({ f: file });
  });

  it('are told by the encoding of their part', () => {
    expect(upload({ f: { type: 'string' } }, { f: { contentType: 'image/png, image/jpeg' } })).toMatchObject({
      f: file,
    });
  });

  it('may be several, or none', () => {
    const binary = { type: 'string', format: 'binary' };
    expect(
      upload({ several: { type: 'array', items: binary, maxItems: 2 }, none: { anyOf: [binary, { type: 'null' }] } }),
    ).toMatchObject({
      several: { type: 'array', items: file, maxItems: 2 },
      none: { anyOf: [file, { type: 'null' }] },
    });
  });

  it.each<[string, unknown]>([
    ['text', { type: 'string' }],
    ['base64 that is sent as it is', { type: 'string', format: 'byte' }],
    ['JSON in a part', { type: 'string', contentMediaType: 'application/json' }],
  ])('are not %s', (_, schema) => {
    expect(upload({ f: schema })).toEqual({ f: schema });
  });
});

describe('several patch formats', () => {
  const patch = (content: Record<string, unknown>) => {
    const api = recordedApi(anOperation('PATCH /t', { requestBody: { required: true, content } }));
    return {
      api,
      properties: api.tools[0]?.inputSchema.properties as Record<string, { enum?: string[]; anyOf?: unknown[] }>,
    };
  };
  const thing = { schema: { properties: { name: { type: ['string', 'null'] } } } };

  it('are chosen by an argument where all of them are objects', async () => {
    const { api, properties } = patch({ 'application/merge-patch+json': thing, 'application/json': thing });
    expect(properties.content_type?.enum).toEqual(['application/json', 'application/merge-patch+json']);
    await api.call({ name: 'x' });
    await api.call({ name: null, content_type: 'application/merge-patch+json' });
    expect(api.requests.map(({ headers, body }) => [headers['content-type'], body])).toEqual([
      ['application/json', '{"name":"x"}'],
      ['application/merge-patch+json', '{"name":null}'],
    ]);
  });

  it('are chosen by the shape of the body where one is a list', async () => {
    const { api, properties } = patch({ 'application/json-patch+json': {}, 'application/merge-patch+json': thing });
    expect(Object.keys(properties)).toEqual(['body']);
    await api.call({ body: { name: 'x' } });
    await api.call({ body: [{ op: 'remove', path: '/name' }] });
    expect(api.requests.map(({ headers }) => headers['content-type'])).toEqual([
      'application/merge-patch+json',
      'application/json-patch+json',
    ]);
  });

  it('of one schema of lists are one list', async () => {
    const operations = { schema: { type: 'array', items: { type: 'object' } } };
    const { api, properties } = patch({ 'application/json-patch+json': operations, 'application/json': operations });
    expect(properties).toEqual({ body: operations.schema });
    await api.call({ body: [{ op: 'remove', path: '/name' }] });
    expect(api.requests[0]?.headers['content-type']).toBe('application/json-patch+json');
  });

  it('of one schema are an object all the same', async () => {
    const { api, properties } = patch({ 'application/json-patch+json': thing, 'application/json': thing });
    expect(Object.keys(properties)).toEqual(['name']);
    await api.call({ name: 'x' });
    expect(api.requests[0]?.headers['content-type']).toBe('application/json');
  });
});
