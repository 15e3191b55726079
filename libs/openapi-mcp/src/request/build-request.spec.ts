import { describe, expect, it } from 'vitest';
import { aDocument, anOperation, aParameter, jsonBody, recordedApi, type Recorded } from '../../test/recorded-api.js';

async function sent(source: unknown, args: Record<string, unknown>, options = {}): Promise<Recorded> {
  const api = recordedApi(source, options);
  const result = await api.call(args);
  const [request] = api.requests;
  if (!request) throw new Error(`nothing was sent: ${JSON.stringify(result)}`);
  return request;
}

const base = 'https://api.example/v1';

describe('path arguments', () => {
  it.each([
    ['a b/c?d#e%f', 'a%20b%2Fc%3Fd%23e%25f'],
    ['../admin', '..%2Fadmin'],
    ['..\\admin', '..%5Cadmin'],
    ['a.b~c-d_e', 'a.b~c-d_e'],
    ["!'()*;:@&=+$,", '%21%27%28%29%2A%3B%3A%40%26%3D%2B%24%2C'],
    ['名', '%E5%90%8D'],
    ['\ud800', '%EF%BF%BD'],
    ['...', '...'],
  ])('%j stays in its segment', async (value, encoded) => {
    const { url } = await sent(anOperation('GET /things/{id}/parts'), {
      id: value,
    });
    expect(url).toBe(`${base}/things/${encoded}/parts`);
    expect(new URL(url).pathname).toBe(`/v1/things/${encoded}/parts`);
  });

  it.each(['', '.', '..', '%2e', '%2E%2e', '.%2E', '%2e.'])('%j is refused', async (value) => {
    const api = recordedApi(anOperation('GET /things/{id}'));
    const result = await api.call({ id: value });
    expect(api.requests).toEqual([]);
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('id: must not') as string }],
    });
  });

  it('are refused where several of them make a segment of dots', async () => {
    const api = recordedApi(anOperation('GET /x/{a}{b}'));
    expect(await api.call({ a: '.', b: '.' })).toMatchObject({ isError: true });
    expect(await api.call({ a: '', b: '' })).toMatchObject({ isError: true });
    expect(api.requests).toEqual([]);
  });

  it.each([
    ['simple', false, [1, 2], '1,2'],
    ['simple', false, { a: 1, b: 2 }, 'a,1,b,2'],
    ['simple', true, { a: 1, b: 2 }, 'a=1,b=2'],
    ['label', false, [1, 2], '.1,2'],
    ['label', true, [1, 2], '.1.2'],
    ['matrix', false, [1, 2], ';id=1,2'],
    ['matrix', true, [1, 2], ';id=1;id=2'],
    ['matrix', true, { a: 1 }, ';a=1'],
    ['matrix', false, 'x', ';id=x'],
  ])('follow style %s, explode %s', async (style, explode, value, expected) => {
    const operation = {
      parameters: [aParameter('path', 'id', { style, explode })],
    };
    expect((await sent(anOperation('GET /t/{id}', operation), { id: value })).url).toBe(`${base}/t/${expected}`);
  });

  it('keep their slashes only where the template says so', async () => {
    const document = anOperation('GET /files/{+path}');
    expect((await sent(document, { path: 'a b/c' })).url).toBe(`${base}/files/a%20b/c`);
    const api = recordedApi(document);
    for (const path of ['a/../../x', 'a//b', '%2e%2e/x', '/a'])
      expect(await api.call({ path })).toMatchObject({ isError: true });
    expect(api.requests).toEqual([]);
  });

  it('are required strings where the document does not declare them', () => {
    const { tools, diagnostics } = recordedApi(anOperation('GET /a/{one}/{two}'));
    expect(tools[0]?.inputSchema).toEqual({
      type: 'object',
      properties: { one: { type: 'string' }, two: { type: 'string' } },
      required: ['one', 'two'],
      additionalProperties: false,
    });
    expect(diagnostics).toHaveLength(2);
  });

  it('come from the path item too, the operation winning', async () => {
    const document = aDocument({
      '/t/{id}': {
        parameters: [aParameter('path', 'id', { description: 'old' }), aParameter('query', 'q')],
        get: { parameters: [aParameter('path', 'id', { description: 'new' })] },
      },
    });
    expect(recordedApi(document).tools[0]?.inputSchema.properties).toEqual({
      id: { description: 'new' },
      q: {},
    });
    expect((await sent(document, { id: 1, q: 2 })).url).toBe(`${base}/t/1?q=2`);
  });
});

describe('query arguments', () => {
  it.each<[Record<string, unknown>, unknown, string]>([
    [{}, 'a b&c', '?q=a%20b%26c'],
    [{}, '', '?q='],
    [{}, 5, '?q=5'],
    [{}, false, '?q=false'],
    [{}, ['a', 'b c'], '?q=a&q=b%20c'],
    [{}, [], ''],
    [{}, null, ''],
    [{ explode: false }, ['a', 'b,c'], '?q=a,b%2Cc'],
    [{}, { r: 1, g: 2 }, '?r=1&g=2'],
    [{ explode: false }, { r: 1, g: 2 }, '?q=r,1,g,2'],
    [{}, [{ a: 1 }], '?q=%7B%22a%22%3A1%7D'],
    [{ style: 'spaceDelimited', explode: false }, [1, 2], '?q=1%202'],
    [{ style: 'pipeDelimited', explode: false }, [1, 2], '?q=1%7C2'],
    [{ style: 'deepObject' }, { a: { b: 1 }, c: ['x'] }, '?q%5Ba%5D%5Bb%5D=1&q%5Bc%5D%5B0%5D=x'],
    [{ allowReserved: true }, 'a/b?c&d#e+f', '?q=a/b?c%26d%23e%2Bf'],
    [{ schema: undefined, content: { 'application/json': { schema: {} } } }, { a: [1] }, '?q=%7B%22a%22%3A%5B1%5D%7D'],
  ])('%j: %j becomes %s', async (declared, value, expected) => {
    const document = anOperation('GET /t', {
      parameters: [aParameter('query', 'q', declared)],
    });
    expect((await sent(document, { q: value })).url).toBe(`${base}/t${expected}`);
  });

  it('join those that the path template has itself', async () => {
    const document = anOperation('GET /t?action=list', {
      parameters: [aParameter('query', 'q')],
    });
    expect((await sent(document, { q: 1 })).url).toBe(`${base}/t?action=list&q=1`);
  });
});

describe('header and cookie arguments', () => {
  const document = anOperation('GET /t', {
    parameters: [
      aParameter('header', 'X-List'),
      aParameter('header', 'Authorization'),
      aParameter('header', 'Host'),
      aParameter('cookie', 'theme'),
    ],
  });

  it('are sent in the style of their place', async () => {
    const { headers } = await sent(document, { 'X-List': ['a', 'b'], theme: 'd;k' }, { headers: { Cookie: 'site=1' } });
    expect(headers).toMatchObject({
      'x-list': 'a,b',
      cookie: 'site=1; theme=d%3Bk',
    });
  });

  it('never include those that belong to the connection or the hub', () => {
    expect(Object.keys(recordedApi(document).tools[0]?.inputSchema.properties as object)).toEqual(['X-List', 'theme']);
  });

  it.each(['a\r\nX-Evil: 1', 'a\nb', 'a\0b', '名'])('%j is refused in a header', async (value) => {
    const api = recordedApi(document);
    expect(await api.call({ 'X-List': value })).toMatchObject({
      isError: true,
    });
    expect(api.requests).toEqual([]);
  });
});

describe('bodies', () => {
  const item = {
    type: 'object',
    properties: { id: { type: 'integer' }, name: { type: 'string' } },
    required: ['name'],
  };

  it('are made of the properties of an object', async () => {
    const { method, headers, body } = await sent(anOperation('POST /t', { requestBody: jsonBody(item) }), {
      name: 'x',
      id: 1,
    });
    expect({ method, type: headers['content-type'], body }).toEqual({
      method: 'POST',
      type: 'application/json',
      body: '{"name":"x","id":1}',
    });
  });

  it('merge the parts of allOf, references followed', async () => {
    const components = {
      schemas: {
        Base: { properties: { a: { type: 'string' } }, required: ['a'] },
      },
    };
    const schema = {
      allOf: [{ $ref: '#/components/schemas/Base' }, { properties: { b: {} } }],
    };
    const document = anOperation('POST /t', { requestBody: jsonBody(schema) }, { components });
    expect(recordedApi(document).tools[0]?.inputSchema).toMatchObject({
      properties: { a: { type: 'string' }, b: {} },
      required: ['a'],
    });
    expect((await sent(document, { a: 'x', b: [1] })).body).toBe('{"a":"x","b":[1]}');
  });

  it('give their name to the body where a parameter has the same', async () => {
    const operation = {
      parameters: [aParameter('path', 'id')],
      requestBody: jsonBody(item),
    };
    const document = anOperation('PUT /t/{id}', operation);
    expect(recordedApi(document).tools[0]?.inputSchema).toMatchObject({
      properties: {
        id__path: { description: '(Path parameter)' },
        id: { type: 'integer' },
      },
      required: ['id__path', 'name'],
    });
    const { url, body } = await sent(document, {
      id__path: 'a',
      id: 2,
      name: 'n',
    });
    expect({ url, body }).toEqual({
      url: `${base}/t/a`,
      body: '{"id":2,"name":"n"}',
    });
  });

  it.each<[string, unknown, string, unknown, string]>([
    ['a list', { type: 'array', items: { type: 'integer' } }, 'body', [1, 2], '[1,2]'],
    ['a titled list', { type: 'array', title: 'User IDs' }, 'user_ids', ['a'], '["a"]'],
    ['a map', { type: 'object', additionalProperties: { type: 'integer' } }, 'body', { x: 1 }, '{"x":1}'],
    ['variants', { oneOf: [{ type: 'string' }, { type: 'object' }] }, 'body', 'x', '"x"'],
    ['anything', {}, 'body', false, 'false'],
  ])('of %s are one argument, sent unwrapped', async (_, schema, key, value, expected) => {
    expect((await sent(anOperation('POST /t', { requestBody: jsonBody(schema) }), { [key]: value })).body).toBe(
      expected,
    );
  });

  it('are {} where they are required and no argument is', async () => {
    const document = anOperation('POST /t', {
      requestBody: jsonBody({ properties: { a: {} } }),
    });
    expect((await sent(document, {})).body).toBe('{}');
  });

  it('are left out where they are optional and no argument is given', async () => {
    const request = await sent(anOperation('POST /t', { requestBody: jsonBody(item, false) }), {});
    expect(request).not.toHaveProperty('body');
    expect(request.headers).not.toHaveProperty('content-type');
  });

  it('must be whole where they are optional and begun', async () => {
    const api = recordedApi(anOperation('POST /t', { requestBody: jsonBody(item, false) }));
    expect(await api.call({ id: 1 })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('name: is required') as string }],
    });
    expect(api.requests).toEqual([]);
  });

  it('take unknown properties where the schema is open', async () => {
    const schema = {
      properties: { a: {} },
      additionalProperties: { type: 'string' },
    };
    expect(
      (
        await sent(anOperation('POST /t', { requestBody: jsonBody(schema) }), {
          a: 1,
          more: 'x',
        })
      ).body,
    ).toBe('{"a":1,"more":"x"}');
  });

  it('send null where the schema allows it, and leave it out elsewhere', async () => {
    const schema = {
      properties: { a: { type: ['string', 'null'] }, b: { type: 'string' } },
    };
    expect(
      (
        await sent(anOperation('PATCH /t', { requestBody: jsonBody(schema) }), {
          a: null,
          b: null,
        })
      ).body,
    ).toBe('{"a":null}');
  });

  it('show defaults and do not send them', async () => {
    const document = anOperation('POST /t', {
      requestBody: jsonBody({ properties: { a: { default: 5 } } }),
    });
    expect(recordedApi(document).tools[0]?.inputSchema.properties).toEqual({
      a: { default: 5 },
    });
    expect((await sent(document, {})).body).toBe('{}');
  });

  it.each<[string, unknown, Record<string, unknown>, unknown]>([
    [
      'application/x-www-form-urlencoded',
      { properties: { a: {}, l: {}, o: {} } },
      { a: 'x y', l: [1, 2], o: { k: 'v' } },
      'a=x+y&l=1&l=2&o=%7B%22k%22%3A%22v%22%7D',
    ],
    ['text/plain', { type: 'string' }, { body: 'hi' }, 'hi'],
    ['application/vnd.x+json', { properties: { a: {} } }, { a: 1 }, '{"a":1}'],
    ['application/octet-stream', { type: 'string', format: 'binary' }, { body: 'AAE=' }, Buffer.from([0, 1])],
  ])('of type %s are encoded as such', async (mediaType, schema, args, expected) => {
    const document = anOperation('POST /t', {
      requestBody: { required: true, content: { [mediaType]: { schema } } },
    });
    const { headers, body } = await sent(document, args);
    expect({ type: headers['content-type'], body }).toEqual({
      type: mediaType,
      body: expected,
    });
  });

  it('are JSON where there is a choice', async () => {
    const content = {
      'text/plain': { schema: {} },
      'application/json': { schema: { properties: { a: {} } } },
    };
    expect((await sent(anOperation('POST /t', { requestBody: { required: true, content } }), { a: 1 })).body).toBe(
      '{"a":1}',
    );
  });
});

describe('the server', () => {
  const get = { get: {} };

  it.each<[string, unknown, Record<string, unknown>, string]>([
    [
      'relative to the document',
      [{ url: '/v2/' }],
      { documentUrl: 'https://docs.example/a/openapi.json' },
      'https://docs.example/v2/t',
    ],
    [
      'relative without a slash',
      [{ url: 'v2' }],
      { documentUrl: 'https://docs.example/a/openapi.json' },
      'https://docs.example/a/v2/t',
    ],
    ['absent', undefined, { documentUrl: 'https://docs.example/a/openapi.json' }, 'https://docs.example/t'],
    [
      'overridden by the entry',
      [{ url: 'https://one.example' }],
      { base_url: 'http://two.example:8080/base/' },
      'http://two.example:8080/base/t',
    ],
    [
      'with variables',
      [
        {
          url: 'https://{region}.example/{v}',
          variables: {
            region: { default: 'eu' },
            v: { default: 'v1', enum: ['v1', 'v2'] },
          },
        },
      ],
      { server_variables: { v: 'v2' } },
      'https://eu.example/v2/t',
    ],
  ])('is %s', async (_, servers, options, expected) => {
    expect((await sent(aDocument({ '/t': get }, { servers }), {}, options)).url).toBe(expected);
  });

  it('is the operation’s before the path’s before the document’s', async () => {
    const document = aDocument({
      '/a': {
        servers: [{ url: 'https://path.example' }],
        get: { servers: [{ url: 'https://op.example' }] },
      },
      '/b': { servers: [{ url: 'https://path.example' }], get: {} },
    });
    const api = recordedApi(document, { base_url: 'https://entry.example' });
    await api.call({}, 'GET_a');
    await api.call({}, 'GET_b');
    expect(api.requests.map(({ url }) => url)).toEqual(['https://op.example/a', 'https://path.example/b']);
  });

  it.each<[string, unknown, Record<string, unknown>, string]>([
    ['a relative URL without base', [{ url: '/v1' }], {}, 'base_url'],
    [
      'a variable outside of its enum',
      [{ url: 'https://{v}', variables: { v: { default: 'a', enum: ['a'] } } }],
      { server_variables: { v: 'b' } },
      'server_variables.v',
    ],
    ['a variable without value', [{ url: 'https://{v}/' }], {}, 'server_variables.v'],
    ['another scheme', [{ url: 'ftp://x.example' }], {}, 'http'],
  ])('is refused for %s', (_, servers, options, message) => {
    expect(() => recordedApi(aDocument({ '/t': get }, { servers }), options)).toThrow(message);
  });
});

describe('credentials', () => {
  const schemes = {
    key: { type: 'apiKey', in: 'query', name: 'api_key' },
    bearer: { type: 'http', scheme: 'Bearer' },
    basic: { type: 'http', scheme: 'basic' },
    oauth: { type: 'oauth2', flows: {} },
    session: { type: 'apiKey', in: 'cookie', name: 'sid' },
  };
  const components = { securitySchemes: schemes };
  const secured = (security: unknown, operation = {}) =>
    anOperation('GET /t', operation, {
      components,
      ...(security === undefined ? {} : { security }),
    });
  const bearer = { type: 'bearer', token: 'tok' } as const;
  const apiKey = { type: 'api_key', api_key: 'k y' } as const;

  it('are a bearer token', async () => {
    expect((await sent(secured([{ bearer: [] }]), {}, { auth: bearer })).headers.authorization).toBe('Bearer tok');
    expect((await sent(secured([{ oauth: ['x'] }]), {}, { auth: bearer })).headers.authorization).toBe('Bearer tok');
  });

  it('are user name and password', async () => {
    const auth = { type: 'basic', username: 'ü', password: 'p:w' } as const;
    expect((await sent(secured([{ basic: [] }]), {}, { auth })).headers.authorization).toBe(
      `Basic ${Buffer.from('ü:p:w').toString('base64')}`,
    );
  });

  it('are an API key where the document wants it', async () => {
    expect((await sent(secured([{ key: [] }]), {}, { auth: apiKey })).url).toBe(`${base}/t?api_key=k%20y`);
    expect(
      (await sent(secured([{ session: [] }]), {}, { auth: { type: 'api_key', api_key: 'v' } })).headers.cookie,
    ).toBe('sid=v');
  });

  it('are an API key where the entry wants it', async () => {
    const auth = { ...apiKey, header_name: 'X-Key' };
    expect((await sent(secured([{ key: [] }]), {}, { auth })).headers['x-key']).toBe('k y');
  });

  it('are an API key in X-API-Key where nobody names a place', async () => {
    expect((await sent(anOperation('GET /t'), {}, { auth: apiKey })).headers['x-api-key']).toBe('k y');
  });

  it('are not sent to an operation without security', async () => {
    const { headers } = await sent(secured([{ bearer: [] }], { security: [] }), {}, { auth: bearer });
    expect(headers).not.toHaveProperty('authorization');
  });

  it('are sent as configured where the document has no scheme that matches', async () => {
    expect((await sent(secured([{ key: [] }]), {}, { auth: bearer })).headers.authorization).toBe('Bearer tok');
  });

  it('are those of the first alternative that is configured as a whole', async () => {
    const auth = {
      type: 'schemes',
      schemes: { bearer, key: { type: 'api_key', api_key: 'k' } },
    } as const;
    const both = await sent(secured([{ basic: [] }, { bearer: [], key: [] }, { bearer: [] }]), {}, { auth });
    expect(both.url).toBe(`${base}/t?api_key=k`);
    expect(both.headers.authorization).toBe('Bearer tok');
  });

  it('hide the parameter that they supply', () => {
    const document = secured([{ key: [] }], {
      parameters: [aParameter('query', 'api_key', { required: true }), aParameter('query', 'q')],
    });
    expect(recordedApi(document, { auth: apiKey }).tools[0]?.inputSchema.properties).toEqual({ q: {} });
  });

  it('win over forwarded and configured headers', async () => {
    const { headers } = await sent(
      secured([{ bearer: [] }]),
      {},
      {
        auth: bearer,
        headers: { Authorization: 'configured', 'X-Team': 'a' },
        forwardedHeaders: {
          authorization: 'theirs',
          'mcp-session-id': 's',
          'x-request-id': 'r',
        },
      },
    );
    expect(headers).toMatchObject({
      authorization: 'Bearer tok',
      'x-team': 'a',
      'x-request-id': 'r',
    });
    expect(headers).not.toHaveProperty('mcp-session-id');
  });
});
