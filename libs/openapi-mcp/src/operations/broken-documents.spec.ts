import { describe, expect, it } from 'vitest';
import type { ConversionOptions } from '../components/conversion.js';
import { convertDocument } from '../components/convert-document.js';
import { isObject, pointerTo, type JsonObject } from '../document/json.js';
import { loadDocument } from '../document/load-document.js';
import { plainOptions } from '../../test/recorded-api.js';

/** What stands where something else belongs. */
const wrong: readonly unknown[] = [
  null,
  [],
  [null],
  {},
  7,
  true,
  'text',
  { $ref: '#/nowhere' },
  { $ref: '#' },
  { $ref: 7 },
  { $ref: '#/paths/~1things~1{id}' },
  { __proto__: null, constructor: { prototype: null } },
];

const swagger: JsonObject = {
  swagger: '2.0',
  host: 'api.example',
  basePath: '/v1',
  schemes: ['https'],
  consumes: ['application/json'],
  produces: ['application/json'],
  security: [{ key: [] }],
  securityDefinitions: {
    key: { type: 'apiKey', in: 'query', name: 'key' },
    o: { type: 'oauth2', flow: 'application', tokenUrl: 'https://t.example', scopes: { s: 'S' } },
  },
  parameters: { limit: { in: 'query', name: 'limit', type: 'array', items: { type: 'integer' } } },
  responses: { ok: { description: 'd', schema: { $ref: '#/definitions/Thing' } } },
  paths: {
    '/things/{id}': {
      parameters: [{ in: 'path', name: 'id', required: true, type: 'string' }],
      get: {
        operationId: 'get',
        parameters: [{ $ref: '#/parameters/limit' }],
        responses: { 200: { $ref: '#/responses/ok' } },
      },
      put: {
        consumes: ['application/json'],
        parameters: [{ in: 'body', name: 'b', schema: { $ref: '#/definitions/Thing' } }],
      },
      post: {
        parameters: [
          { in: 'formData', name: 'f', type: 'file' },
          { in: 'formData', name: 'n', type: 'string' },
        ],
      },
    },
  },
  definitions: { Thing: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } },
};

const openapi: JsonObject = {
  openapi: '3.2.0',
  info: { title: 'T', version: '1' },
  servers: [{ url: 'https://{host}/v1', variables: { host: { default: 'api.example', enum: ['api.example'] } } }],
  security: [{ key: [] }, {}],
  tags: [{ name: 't' }],
  webhooks: { w: { post: {} } },
  paths: {
    '/things/{id}': {
      $ref: '#/components/pathItems/item',
      servers: [{ url: '/v2' }],
      parameters: [{ in: 'path', name: 'id', required: true, style: 'label', schema: { type: 'string' } }],
      get: {
        operationId: 'get',
        summary: 's',
        description: 'd',
        tags: ['t'],
        deprecated: true,
        security: [{ key: [] }],
        servers: [{ url: '/v3' }],
        parameters: [
          {
            in: 'query',
            name: 'q',
            style: 'deepObject',
            explode: true,
            schema: { $ref: '#/components/schemas/Thing' },
          },
          { in: 'header', name: 'h', content: { 'application/json': { schema: { type: 'object' } } } },
          { $ref: '#/components/parameters/P' },
        ],
        responses: {
          200: {
            description: 'd',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
          },
        },
        callbacks: { c: { '{$url}': { post: {} } } },
      },
      post: {
        requestBody: {
          required: true,
          description: 'd',
          content: {
            'multipart/form-data': {
              schema: {
                type: 'object',
                properties: { f: { type: 'string', format: 'binary' }, o: { type: 'object' } },
              },
              encoding: { f: { contentType: 'image/png', headers: { 'X-H': { schema: { const: 'v' } } } } },
            },
          },
        },
        responses: { '2XX': { $ref: '#/components/responses/R' }, default: {} },
      },
      additionalOperations: { COPY: { responses: { 204: {} } } },
    },
  },
  components: {
    pathItems: { item: { delete: { operationId: 'delete' } } },
    parameters: { P: { in: 'cookie', name: 'c', schema: { type: ['integer', 'null'], enum: [1, null] } } },
    responses: { R: { content: { 'text/plain': { schema: { type: 'string' } } } } },
    schemas: {
      Thing: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', minLength: 1, pattern: '^a', default: 'a' },
          next: { $ref: '#/components/schemas/Thing' },
          list: { type: 'array', items: { anyOf: [{ type: 'integer', minimum: 0 }, { type: 'null' }] } },
          map: {
            additionalProperties: {
              oneOf: [{ const: 1 }],
              discriminator: { propertyName: 'k', mapping: { a: '#/x' } },
            },
          },
        },
        allOf: [{ properties: { more: { not: {} } } }],
      },
    },
    securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } },
  },
};

/** Every place in a value that can be replaced. */
function* places(node: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, child] of Object.entries(node) as [string, unknown][]) {
    yield [...path, key];
    yield* places(child, [...path, key]);
  }
}

function replaced(node: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(node))
    return node.map((item: unknown, index) => (String(index) === key ? replaced(item, rest, value) : item));
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, child]) => [name, name === key ? replaced(child, rest, value) : child]),
  );
}

/** The operations that a document has, whatever else is wrong with them. */
function operationPointers(root: unknown): string[] {
  const paths: unknown = isObject(root) ? root.paths : undefined;
  return Object.entries(isObject(paths) ? paths : {}).flatMap(([path, item]) =>
    Object.keys(isObject(item) ? item : {})
      .filter((key) => ['get', 'put', 'post'].includes(key))
      .map((key) => pointerTo('', 'paths', path, key)),
  );
}

describe.each([
  ['OpenAPI 3', openapi],
  ['Swagger 2.0', swagger],
])('a document of %s', (_, document) => {
  const options: ConversionOptions = {
    ...plainOptions,
    base_url: 'https://base.example',
    output_schemas: 'lenient',
  };

  it.each([...places(document)].map((path) => [pointerTo('', ...path), path] as const))(
    'with anything at %s is refused with a reason, or accounts for each operation',
    (_pointer, path) => {
      for (const value of wrong) {
        const root = replaced(document, path, value);
        const loaded = loadDocument(root);
        if (!loaded.ok) {
          expect(loaded.message).not.toBe('');
          continue;
        }
        const converted = convertDocument(loaded.document, options);
        if (!converted.ok) {
          expect(converted.message).not.toBe('');
          continue;
        }
        const known = new Set([
          ...converted.components.map(({ operation }) => operation.pointer),
          ...converted.diagnostics.map(({ pointer }) => pointer),
        ]);
        // What is wrong with a path is said of the path.
        const pathOf = (pointer: string) => pointer.slice(0, pointer.lastIndexOf('/'));
        const lost = operationPointers(root).filter((pointer) => !known.has(pointer) && !known.has(pathOf(pointer)));
        expect(lost).toEqual([]);
      }
    },
  );
});
