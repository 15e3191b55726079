import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../document/diagnostics.js';
import type { JsonObject } from '../document/json.js';
import { loadDocument } from '../document/load-document.js';
import { References } from '../document/references.js';
import type { Operation } from './operation.js';
import { readOperations } from './read-operations.js';

function read(root: JsonObject): { operations: Operation[]; codes: string[] } {
  const loaded = loadDocument(root);
  if (!loaded.ok) throw new Error(loaded.message);
  const diagnostics = new Diagnostics();
  const operations = readOperations(loaded.document, new References(loaded.document.root, diagnostics), diagnostics);
  return { operations, codes: diagnostics.list().map(({ code, pointer }) => `${code} ${pointer}`) };
}

function readOne(operation: JsonObject, rest: JsonObject = {}, path = '/a'): Operation {
  const [found] = read({ openapi: '3.2.0', paths: { [path]: { post: operation } }, ...rest }).operations;
  if (!found) throw new Error('There is no operation.');
  return found;
}

const json = (schema: unknown = {}): JsonObject => ({ content: { 'application/json': { schema } } });

describe('the response that counts', () => {
  it.each<[string, JsonObject, string | undefined]>([
    ['the lowest with content', { 204: {}, 202: json(), 201: json(), default: json() }, '201'],
    ['2XX, where no other has content', { 204: {}, '2XX': json(), default: json() }, '2XX'],
    ['2xx in small letters', { '2xx': json() }, '2xx'],
    ['default, where no success is declared', { 404: json(), default: json() }, 'default'],
    ['a success without content rather than the errors of default', { 204: {}, default: json() }, '204'],
    ['the lowest of those without content', { 204: {}, 202: {} }, '202'],
    ['none, where only errors are declared', { 404: json(), '5XX': json() }, undefined],
  ])('is %s', (_, responses, status) => {
    expect(readOne({ responses }).response?.status).toBe(status);
  });

  it('has JSON first, and its description', () => {
    const responses = {
      200: { description: 'd', content: { 'text/csv': {}, 'a/b+json': {}, 'application/json': {} } },
    };
    const { response, responseTypes } = readOne({ responses });
    expect(response).toMatchObject({ pointer: '/paths/~1a/post/responses/200', description: 'd' });
    expect(response?.contents.map(({ mediaType }) => mediaType)).toEqual(['application/json', 'a/b+json', 'text/csv']);
    expect(responseTypes).toHaveLength(3);
  });

  it('is found through references', () => {
    const { response } = readOne(
      { responses: { 200: { $ref: '#/components/responses/R', description: 'here' } } },
      { components: { responses: { R: { description: 'there', ...json({ type: 'string' }) } } } },
    );
    expect(response).toMatchObject({
      pointer: '/components/responses/R',
      description: 'here',
      contents: [
        { schema: { type: 'string' }, schemaPointer: '/components/responses/R/content/application~1json/schema' },
      ],
    });
  });

  it('is a list where only its items have a schema (3.2)', () => {
    const responses = { 200: { content: { 'application/jsonl': { itemSchema: { type: 'object' } } } } };
    expect(readOne({ responses }).response?.contents).toMatchObject([
      { kind: 'text', schema: { type: 'array', items: { type: 'object' } } },
    ]);
  });
});

describe('parameters', () => {
  const parameter = (declared: JsonObject, path = '/a') => readOne({ parameters: [declared] }, {}, path).parameters[0];

  it.each<[JsonObject, string, boolean]>([
    [{ in: 'query' }, 'form', true],
    [{ in: 'query', explode: false }, 'form', false],
    [{ in: 'query', style: 'pipeDelimited' }, 'pipeDelimited', false],
    [{ in: 'query', style: 'deepObject' }, 'deepObject', true],
    [{ in: 'query', style: 'matrix' }, 'form', true],
    [{ in: 'header', explode: true }, 'simple', true],
    [{ in: 'cookie' }, 'form', true],
    [{ in: 'cookie', style: 'cookie' }, 'cookie', true],
    [{ in: 'querystring' }, 'form', true],
  ])('%j are of style %s', (declared, style, isExploded) => {
    expect(parameter({ name: 'p', schema: {}, ...declared })).toMatchObject({ style, isExploded });
  });

  it('keep what is said of them', () => {
    expect(parameter({ in: 'query', name: 'p', allowReserved: true, allowEmptyValue: true, required: true })).toEqual({
      pointer: '/paths/~1a/post/parameters/0',
      name: 'p',
      place: 'query',
      isRequired: true,
      style: 'form',
      isExploded: true,
      allowsReserved: true,
      allowsEmptyValue: true,
      isMultiSegment: false,
      schema: undefined,
      schemaPointer: '/paths/~1a/post/parameters/0',
    });
  });

  it('by content keep the media type', () => {
    const content = { 'application/vnd.x+json': { schema: { type: 'object' } } };
    expect(parameter({ in: 'querystring', name: 'q', content })).toMatchObject({
      place: 'querystring',
      content: { mediaType: 'application/vnd.x+json', kind: 'json' },
      schema: { type: 'object' },
      schemaPointer: '/paths/~1a/post/parameters/0/content/application~1vnd.x+json/schema',
    });
  });

  it('keep their slashes where the path or the parameter says so', () => {
    expect(parameter({ in: 'path', name: 'p' }, '/a/{+p}')).toMatchObject({ isMultiSegment: true });
    expect(parameter({ in: 'path', name: 'p', 'x-multi-segment': true }, '/a/{p}')).toMatchObject({
      isMultiSegment: true,
    });
    expect(parameter({ in: 'path', name: 'p' }, '/a/{p}')).toMatchObject({ isMultiSegment: false });
  });

  it('take the spelling of the placeholder', () => {
    const { operations, codes } = read({
      openapi: '3.0.0',
      paths: { '/{userId}': { get: { parameters: [{ in: 'path', name: 'userid', schema: { type: 'integer' } }] } } },
    });
    expect(operations[0]?.parameters).toMatchObject([{ name: 'userId', schema: { type: 'integer' } }]);
    expect(codes).toEqual(['parameter_repaired /paths/~1{userId}/get/parameters/0']);
  });

  it('are read from a map of them, and from a referenced list', () => {
    const map = { one: { in: 'query', name: 'one' } };
    expect(readOne({ parameters: map }).parameters).toMatchObject([{ name: 'one' }]);
    const list = readOne({ parameters: { $ref: '#/x-list' } }, { 'x-list': [{ in: 'query', name: 'two' }] });
    expect(list.parameters).toMatchObject([{ name: 'two', pointer: '/x-list/0' }]);
  });

  it('have the description beside their reference', () => {
    const { parameters } = readOne(
      { parameters: [{ $ref: '#/components/parameters/P', description: 'here' }] },
      { components: { parameters: { P: { in: 'query', name: 'p', description: 'there' } } } },
    );
    expect(parameters).toMatchObject([{ name: 'p', description: 'here', pointer: '/components/parameters/P' }]);
  });

  it('that the hub sets itself are left out', () => {
    const parameters = ['Accept', 'content-type', 'AUTHORIZATION', 'Host', 'X-Mine'].map((name) => ({
      in: 'header',
      name,
    }));
    expect(readOne({ parameters }).parameters.map(({ name }) => name)).toEqual(['X-Mine']);
  });

  it.each([
    ['/a?b={c}', '/a', ['query b']],
    ['/a{?b,c*}', '/a', ['query b', 'query c']],
    ['/a?fixed=1&b={b}#part', '/a?fixed=1', ['query b']],
    ['/a?{b}=1', '/a', []],
    ['/{a}/b', undefined, ['path a']],
  ])('in the query of %s are query parameters', (path, template, names) => {
    const operation = readOne({}, {}, path);
    expect(operation.path).toBe(path);
    expect(operation.template).toBe(template);
    expect(operation.parameters.map(({ place, name }) => `${place} ${name}`)).toEqual(names);
  });
});

describe('bodies', () => {
  const contentsOf = (content: JsonObject) => readOne({ requestBody: { content } }).body?.contents ?? [];

  it('have JSON first, then forms, multipart, text, the rest', () => {
    const types = [
      'image/png',
      'text/csv',
      'multipart/form-data',
      'application/x-www-form-urlencoded',
      'a/b+json',
      'application/json',
    ];
    expect(contentsOf(Object.fromEntries(types.map((type) => [type, {}]))).map(({ mediaType }) => mediaType)).toEqual(
      types.toReversed(),
    );
  });

  it.each<[string, unknown, string, string]>([
    ['*/*', {}, 'application/json', 'json'],
    ['*/*', { type: 'string', format: 'binary' }, 'application/octet-stream', 'binary'],
    ['image/*', {}, 'application/octet-stream', 'binary'],
    ['text/*', {}, 'text/plain', 'text'],
    ['multipart/*', {}, 'multipart/form-data', 'multipart'],
    ['JSON', {}, 'application/json', 'json'],
    ['applicationjson;version=1', {}, 'application/json;version=1', 'json'],
    ['application/json, text/json', {}, 'application/json', 'json'],
  ])('declared as %s with %j are sent as %s', (declared, schema, mediaType, kind) => {
    expect(contentsOf({ [declared]: { schema } })).toMatchObject([{ mediaType, kind }]);
  });

  it('keep the encodings of their properties', () => {
    const fixed = (schema: unknown) => ({ schema });
    const encoding = {
      a: { contentType: 'image/png, image/jpeg', style: 'pipeDelimited', explode: true, allowReserved: true },
      b: {
        headers: {
          'X-Const': fixed({ const: 1 }),
          'X-Enum': fixed({ enum: ['e'] }),
          'X-Default': { $ref: '#/components/headers/D' },
          'X-Free': fixed({ type: 'string' }),
          'X-Break': fixed({ const: 'a\r\nb' }),
          'Content-Type': fixed({ const: 'text/plain' }),
        },
      },
      c: { contentType: 'a\nb', style: 'none', explode: 'yes' },
      d: null,
    };
    const { body } = readOne(
      { requestBody: { content: { 'multipart/form-data': { encoding } } } },
      { components: { headers: { D: { schema: { default: 'd' } } } } },
    );
    expect(body?.contents[0]?.encoding).toEqual(
      new Map([
        ['a', { contentType: 'image/png, image/jpeg', style: 'pipeDelimited', isExploded: true, allowsReserved: true }],
        ['b', { headers: { 'X-Const': '1', 'X-Enum': 'e', 'X-Default': 'd' } }],
        ['c', {}],
      ]),
    );
  });
});

describe('operations', () => {
  it('have what their path says where they say nothing', () => {
    const item = {
      summary: 'S',
      description: 'D',
      servers: [{ url: '/path' }],
      get: { security: { key: [] }, tags: ['t', { name: 'u' }, null, 3], deprecated: true },
      put: { summary: 'own', servers: 'https://own.example', security: [] },
    };
    expect(read({ openapi: '3.1.0', paths: { '/a': item } }).operations).toMatchObject([
      {
        description: 'D',
        servers: [{ url: '/path' }],
        security: [{ key: [] }],
        tags: ['t', 'u', '3'],
        isDeprecated: true,
      },
      { summary: 'own', description: 'own', servers: [{ url: 'https://own.example' }], security: [] },
    ]);
  });

  it('are read under methods in any case', () => {
    expect(read({ openapi: '3.0.0', paths: { '/a': { GET: {} } } }).operations).toMatchObject([{ method: 'GET' }]);
  });

  it('are read below paths that are in another place', () => {
    const { operations } = read({ openapi: '3.0.0', paths: { $ref: '#/x-paths' }, 'x-paths': { '/a': { get: {} } } });
    expect(operations).toMatchObject([{ path: '/a', pointer: '/x-paths/~1a/get' }]);
  });

  it('of a path that no server takes are left out, quickly', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `{A${index}}`);
    const parameters = names.map((_, index) => ({ in: 'path', name: `a${index}` }));
    const paths = { [`/${names.join('/')}`]: { get: { parameters } }, '/b': { get: { parameters } } };
    const { operations, codes } = read({ openapi: '3.0.0', paths });
    expect(operations).toMatchObject([{ path: '/b', parameters: [] }]);
    expect(codes.filter((code) => code.startsWith('path_invalid'))).toHaveLength(1);
  });

  it('of paths that do not begin with a slash get one', () => {
    const { operations, codes } = read({
      openapi: '3.0.0',
      paths: { a: { get: {} }, b: { get: {} }, '/b': { get: {} }, 'https://x.example/c': { get: {} }, '': { get: {} } },
    });
    expect(operations.map(({ path }) => path)).toEqual(['/a', '/b']);
    expect(codes).toEqual([
      'path_repaired /paths/a',
      'path_invalid /paths/b',
      'path_invalid /paths/https:~1~1x.example~1c',
      'path_invalid /paths/',
    ]);
  });
});

describe('Swagger 2.0', () => {
  const swagger = (operation: JsonObject, rest: JsonObject = {}): Operation => {
    const [found] = read({ swagger: '2.0', paths: { '/a': { post: operation } }, ...rest }).operations;
    if (!found) throw new Error('There is no operation.');
    return found;
  };

  it.each<[string, string[], boolean, string[]]>([
    ['nothing', [], false, ['application/x-www-form-urlencoded']],
    ['JSON', ['application/json'], false, ['application/x-www-form-urlencoded']],
    [
      'both',
      ['multipart/form-data', 'application/x-www-form-urlencoded'],
      false,
      ['application/x-www-form-urlencoded', 'multipart/form-data'],
    ],
    ['both, with a file', ['application/x-www-form-urlencoded', 'multipart/form-data'], true, ['multipart/form-data']],
    ['urlencoded, with a file', ['application/x-www-form-urlencoded'], true, ['multipart/form-data']],
  ])('sends fields of what consumes %s', (_, consumes, hasFile, expected) => {
    const parameters = [{ in: 'formData', name: 'f', type: hasFile ? 'file' : 'string' }];
    expect(swagger({ consumes, parameters }).body?.contents.map(({ mediaType }) => mediaType)).toEqual(expected);
  });

  it('puts the fields together to one object', () => {
    const parameters = [
      { in: 'formData', name: 'file', type: 'file', required: true, description: 'D' },
      { in: 'formData', name: 'tags', type: 'array', items: { type: 'string' }, collectionFormat: 'pipes' },
      { in: 'formData', name: 'note', type: 'string', 'x-nullable': true, 'x-other': 1 },
    ];
    const { body } = swagger({ parameters });
    expect(body).toMatchObject({
      isRequired: true,
      contents: [
        {
          schema: {
            type: 'object',
            properties: {
              file: { type: 'string', format: 'binary', description: 'D' },
              tags: { type: 'array', items: { type: 'string' } },
              note: { type: 'string', nullable: true },
            },
            required: ['file'],
          },
          encoding: new Map([['tags', { style: 'pipeDelimited', isExploded: false }]]),
        },
      ],
    });
  });

  it('lets the body of the operation win over that of its path', () => {
    const item = {
      parameters: [{ in: 'body', name: 'a', schema: { type: 'string' } }],
      post: { parameters: [{ in: 'body', name: 'b', schema: { type: 'integer' } }] },
    };
    const { operations } = read({ swagger: '2.0', paths: { '/a': item } });
    expect(operations[0]?.body?.contents).toMatchObject([
      {
        schema: { type: 'integer' },
        schemaPointer: '/paths/~1a/post/parameters/0/schema',
        mediaType: 'application/json',
      },
    ]);
  });

  it('takes what an operation consumes and produces before what the document does, an empty list too', () => {
    const rest = { consumes: ['application/xml'], produces: ['text/csv'] };
    const body = { in: 'body', name: 'b', schema: {} };
    const responses = { 200: { schema: { type: 'file' } } };
    const types = (operation: Operation) => [operation.body?.contents[0]?.mediaType, operation.responseTypes];
    expect(types(swagger({ parameters: [body], responses }, rest))).toEqual(['application/xml', ['text/csv']]);
    expect(types(swagger({ parameters: [body], responses, consumes: [], produces: [] }, rest))).toEqual([
      'application/json',
      ['application/json'],
    ]);
    expect(swagger({ responses }, rest).response?.contents).toMatchObject([
      { kind: 'text', schema: { type: 'string', format: 'binary' } },
    ]);
  });

  it('follows its own sections', () => {
    const { parameters, response } = swagger(
      { parameters: [{ $ref: '#/parameters/p' }], responses: { 200: { $ref: '#/responses/r' } } },
      {
        parameters: { p: { in: 'query', name: 'p', type: 'integer' } },
        responses: { r: { description: 'd', schema: { $ref: '#/definitions/D' } } },
      },
    );
    expect(parameters).toMatchObject([{ name: 'p', schema: { type: 'integer' }, isExploded: false }]);
    expect(response).toMatchObject({ pointer: '/responses/r', contents: [{ schema: { $ref: '#/definitions/D' } }] });
  });
});
