import { describe, expect, it } from 'vitest';
import { RequestJudge } from './judge-request.js';
import type { ReceivedRequest } from './recording-api.js';

const root = {
  openapi: '3.0.3',
  paths: {
    '/things/{id}': {
      parameters: [{ in: 'path', name: 'id', required: true, schema: { type: 'integer' } }],
      post: {
        parameters: [
          {
            in: 'query',
            name: 'tags',
            required: true,
            explode: false,
            schema: { type: 'array', items: { enum: ['a', 'b'] } },
          },
          {
            in: 'query',
            name: 'filter',
            style: 'deepObject',
            schema: { type: 'object', properties: { n: { type: 'integer' } } },
          },
          { in: 'header', name: 'X-Count', schema: { type: 'integer' } },
          { in: 'cookie', name: 'session', schema: { type: 'string', minLength: 3 } },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': { schema: { $ref: '#/components/schemas/Thing' } },
            'application/x-www-form-urlencoded': { schema: { $ref: '#/components/schemas/Thing' } },
            'multipart/form-data': { schema: { $ref: '#/components/schemas/Thing' } },
          },
        },
      },
    },
  },
  components: {
    schemas: {
      Thing: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string' },
          size: { type: 'integer', nullable: true, minimum: 0, exclusiveMinimum: true },
        },
        additionalProperties: false,
      },
    },
  },
};

const judge = ({ url = '/base/things/5?tags=a,b', body = '{"name":"x"}', headers = {}, method = 'POST' }) => {
  const request: ReceivedRequest = {
    method,
    url,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(body),
  };
  return new RequestJudge(root, { path: '/things/{id}', method: 'post' }, [request]).judge(request, '/base');
};

describe('lets pass', () => {
  it.each([
    ['a request that is right', {}],
    [
      'everything at once',
      { url: '/base/things/5?tags=a&filter[n]=5', headers: { 'x-count': '7', cookie: 'session=abc' } },
    ],
    ['null where it is allowed', { body: '{"name":"x","size":null}' }],
    ['a form', { body: 'name=x&size=3', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    [
      'a form of parts',
      {
        body: '--b\r\ncontent-disposition: form-data; name="name"\r\n\r\nx\r\n--b--\r\n',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      },
    ],
  ])('%s', async (_, request) => {
    expect(await judge(request)).toEqual([]);
  });
});

describe('finds', () => {
  it.each([
    ['another path', { url: '/base/others/5?tags=a' }, 'no operation'],
    ['another method', { method: 'PUT' }, 'no operation'],
    ['a path value of the wrong type', { url: '/base/things/five?tags=a' }, 'path id'],
    ['a missing query parameter', { url: '/base/things/5' }, 'query tags'],
    ['an array in the wrong style', { url: '/base/things/5?tags=a%7Cb' }, 'query tags'],
    ['a wrong value below a name', { url: '/base/things/5?tags=a&filter[n]=x' }, 'query filter'],
    ['a name that nobody declared', { url: '/base/things/5?tags=a&tag=b' }, 'query tag: is not declared'],
    ['a header of the wrong type', { headers: { 'x-count': 'many' } }, 'header X-Count'],
    ['a cookie that is too short', { headers: { cookie: 'session=a' } }, 'session'],
    ['a missing property', { body: '{"size":1}' }, "body: must have required property 'name'"],
    ['an unknown property', { body: '{"name":"x","colour":1}' }, 'body: must NOT have additional properties'],
    ['a value at its exclusive limit', { body: '{"name":"x","size":0}' }, 'body/size'],
    ['a number in quotes in JSON', { body: '{"name":"x","size":"5"}' }, 'body/size'],
    [
      'a form without what it must have',
      { body: 'size=3', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      'body',
    ],
  ])('%s', async (_, request, problem) => {
    expect((await judge(request)).join('\n')).toContain(problem);
  });

  it('a media type that the operation does not take', async () => {
    await expect(judge({ headers: { 'content-type': 'text/csv' } })).rejects.toThrow('content-type');
  });
});
