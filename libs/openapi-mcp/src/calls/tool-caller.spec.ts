import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { aDocument, anOperation, aParameter, jsonBody, recordedApi, type ApiOptions } from '../../test/recorded-api.js';

const textOf = (result: { content: Record<string, unknown>[] }) => String(result.content[0]?.text);

describe('validation', () => {
  const document = anOperation('POST /t/{id}', {
    parameters: [
      aParameter('path', 'id', { schema: { type: 'integer' } }),
      aParameter('query', 'sort', { schema: { enum: ['up', 'down'] } }),
      aParameter('query', 'all', { schema: { type: 'boolean' } }),
    ],
    requestBody: jsonBody({
      properties: { tags: { type: 'array', items: { type: 'number' } } },
      required: ['tags'],
    }),
  });

  it('names every problem at once and sends nothing', async () => {
    const api = recordedApi(document);
    const result = await api.call({ id: 'five', sort: 'left', colour: 'red' });
    expect(api.requests).toEqual([]);
    expect(result.isError).toBe(true);
    const text = textOf(result);
    expect(text).toContain('4 problems');
    expect(text).toContain('id: must be integer');
    expect(text).toContain('sort: must be one of "up","down"');
    expect(text).toContain('colour: is not known; valid arguments are id, sort, all, tags');
    expect(text).toContain('tags: is required');
  });

  it('takes text for numbers and booleans', async () => {
    const api = recordedApi(document);
    await api.call({ id: '5', all: 'true', tags: ['1.5', 2] });
    expect(api.requests[0]).toMatchObject({
      url: 'https://api.example/v1/t/5?all=true',
      body: '{"tags":[1.5,2]}',
    });
  });

  it('sees own properties only', async () => {
    const api = recordedApi(
      anOperation('GET /t', {
        parameters: [aParameter('query', 'constructor', { required: true })],
      }),
    );
    expect(Object.keys(api.tools[0]?.inputSchema.properties as object)).toEqual(['constructor_']);
    expect(textOf(await api.call({}))).toContain('constructor_: is required');
    expect(textOf(await api.call(JSON.parse('{"__proto__": 1}') as Record<string, unknown>))).toContain(
      '__proto__: is not known',
    );
  });

  it('follows recursive schemas', async () => {
    const Node = {
      type: 'object',
      properties: {
        next: { $ref: '#/components/schemas/Node' },
        n: { type: 'integer' },
      },
    };
    const body = jsonBody({
      properties: { root: { $ref: '#/components/schemas/Node' } },
    });
    const api = recordedApi(anOperation('POST /t', { requestBody: body }, { components: { schemas: { Node } } }));
    expect(textOf(await api.call({ root: { next: { next: { n: 'x' } } } }))).toContain(
      'root.next.next.n: must be integer',
    );
    await api.call({ root: { next: { n: 1 } } });
    expect(api.requests).toHaveLength(1);
  });
});

describe('results', () => {
  const answering = (answer: NonNullable<ApiOptions['answer']>, options: ApiOptions = {}) =>
    recordedApi(anOperation('GET /t', { operationId: 'get' }), {
      answer,
      ...options,
    }).call({});
  const json = { 'content-type': 'application/json; charset=utf-8' };

  it.each<[string, () => Response, unknown]>([
    [
      'an object',
      () =>
        new Response('{\n "a": [1, 9007199254740993],\n "b": "x  y\\" z" }', {
          headers: json,
        }),
      {
        content: [{ type: 'text', text: '{"a":[1,9007199254740993],"b":"x  y\\" z"}' }],
        structuredContent: { a: [1, 9007199254740992], b: 'x  y" z' },
      },
    ],
    ['a list', () => new Response('[1, 2]', { headers: json }), { content: [{ type: 'text', text: '[1,2]' }] }],
    ['null', () => new Response('null', { headers: json }), { content: [{ type: 'text', text: 'null' }] }],
    ['an empty answer', () => new Response(null, { status: 204 }), { content: [] }],
    ['broken JSON', () => new Response('{oops', { headers: json }), { content: [{ type: 'text', text: '{oops' }] }],
    [
      'text that looks like JSON',
      () => new Response('{"a":1}', { headers: { 'content-type': 'text/plain' } }),
      { content: [{ type: 'text', text: '{"a":1}' }] },
    ],
    [
      'another charset',
      () =>
        new Response(Buffer.from([0xe4]), {
          headers: { 'content-type': 'text/plain; charset=iso-8859-1' },
        }),
      { content: [{ type: 'text', text: 'ä' }] },
    ],
    [
      'an image',
      () =>
        new Response(Buffer.from([1]), {
          headers: { 'content-type': 'image/png' },
        }),
      { content: [{ type: 'image', data: 'AQ==', mimeType: 'image/png' }] },
    ],
    [
      'other bytes',
      () =>
        new Response(Buffer.from([0, 1]), {
          headers: { 'content-type': 'application/pdf' },
        }),
      {
        content: [
          {
            type: 'resource',
            resource: {
              uri: 'resource://get',
              mimeType: 'application/pdf',
              blob: 'AAE=',
            },
          },
        ],
      },
    ],
  ])('map %s', async (_, answer, expected) => {
    expect(await answering(answer)).toEqual(expected);
  });

  it('report an HTTP error with its body', async () => {
    const answer = () =>
      new Response('{ "message": "no such thing" }', {
        status: 404,
        statusText: 'Not Found',
        headers: json,
      });
    expect(await answering(answer)).toEqual({
      content: [
        {
          type: 'text',
          text: 'HTTP 404 Not Found\n{"message":"no such thing"}',
        },
      ],
      isError: true,
    });
  });

  it('keep Retry-After', async () => {
    const answer = () =>
      new Response('slow down', {
        status: 429,
        statusText: 'Too Many Requests',
        headers: { 'retry-after': '7' },
      });
    expect(textOf(await answering(answer))).toBe('HTTP 429 Too Many Requests\nRetry-After: 7\nslow down');
  });

  it('name the target of a redirect that was not followed', async () => {
    const answer = () =>
      new Response(null, {
        status: 302,
        statusText: 'Found',
        headers: { location: 'https://other.example/' },
      });
    expect(await answering(answer)).toMatchObject({
      isError: true,
      content: [{ text: 'HTTP 302 Found\nLocation: https://other.example/' }],
    });
  });

  it('mask credentials that the API repeats', async () => {
    const answer = () =>
      new Response('bad token s3cret-token', {
        status: 401,
        statusText: 'Unauthorized',
      });
    const result = await answering(answer, {
      auth: { type: 'bearer', token: 's3cret-token' },
    });
    expect(textOf(result)).toBe('HTTP 401 Unauthorized\nbad token ***');
  });

  it('name the cause of a failed connection, not the URL', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED https://api.example/v1/t?key=1'), {
      code: 'ECONNREFUSED',
    });
    const result = await answering(() => Promise.reject(new Error('request failed', { cause: refused })));
    expect(result).toMatchObject({ isError: true });
    expect(textOf(result)).toBe('api.example could not be called: the connection was refused');
  });

  it('report a timeout', async () => {
    const result = await answering((_, { signal }) => untilAborted(signal), {
      timeoutMs: 20,
    });
    expect(result).toMatchObject({ isError: true });
    expect(textOf(result)).toContain('did not answer within 0.02 s');
  });

  it('end with the reason of a caller who cancels', async () => {
    const controller = new AbortController();
    const api = recordedApi(anOperation('GET /t'), {
      answer: (_, { signal }) => {
        controller.abort(new Error('changed my mind'));
        return untilAborted(signal);
      },
    });
    await expect(api.call({}, undefined, controller.signal)).rejects.toThrow('changed my mind');
  });
});

describe('tools', () => {
  it('tell what they are', () => {
    const operation = {
      operationId: 'x',
      summary: 'Short',
      description: 'Long text',
      tags: ['a', 'b'],
      deprecated: true,
    };
    expect(recordedApi(anOperation('DELETE /t', operation)).tools[0]?.listed).toEqual({
      name: 'x',
      title: 'Short',
      description: 'Deprecated. Long text',
      inputSchema: {
        type: 'object',
        properties: {},
        additionalProperties: false,
      },
      annotations: {
        readOnlyHint: false,
        destructiveHint: true,
        idempotentHint: true,
        openWorldHint: true,
      },
      _meta: { 'mcp-hub-registry/tags': ['a', 'b'] },
    });
  });

  it.each([
    ['GET', true, false, true],
    ['HEAD', true, false, true],
    ['PUT', false, true, true],
    ['POST', false, true, false],
    ['PATCH', false, true, false],
  ])('hint at what %s does', (method, readOnlyHint, destructiveHint, idempotentHint) => {
    const { tools } = recordedApi(anOperation(`${method} /t`));
    expect(tools[0]?.listed.annotations).toEqual({
      readOnlyHint,
      destructiveHint,
      idempotentHint,
      openWorldHint: true,
    });
  });

  it('are made of every operation, broken ones but one at a time', () => {
    const { tools, diagnostics } = recordedApi(
      aDocument(
        {
          '/a': {
            get: {
              parameters: [null, { name: 'x' }, { $ref: '#/nowhere' }, aParameter('query', 'ok')],
            },
            post: 7,
            'x-y': 1,
          },
          '/b': { $ref: '#/components/pathItems/b' },
          'no-slash': { get: {} },
          'x-paths': { get: {} },
          '/c': { query: {}, additionalOperations: { COPY: {} } },
        },
        {
          components: {
            pathItems: { b: { get: {}, trace: { responses: null } } },
          },
        },
      ),
    );
    expect(tools.map(({ name }) => name)).toEqual(['GET_a', 'GET_b', 'TRACE_b', 'QUERY_c', 'COPY_c']);
    expect(tools[0]?.inputSchema.properties).toEqual({ ok: {} });
    expect(diagnostics.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining([
        '/paths/~1a/get/parameters/0',
        '/paths/~1a/get/parameters/1',
        '/paths/~1a/post',
        '/paths/no-slash',
      ]),
    );
  });

  it('leave out what a route map excludes and what is beyond the limit', () => {
    const document = aDocument({
      '/a': { get: {}, delete: {} },
      '/b': { get: {}, put: {} },
    });
    const map = {
      methods: ['DELETE'],
      pattern: '.*',
      tags: [],
      mcp_type: 'EXCLUDE',
      mcp_tags: [],
    } as const;
    const { tools, diagnostics } = recordedApi(document, {
      route_maps: [{ ...map, methods: ['delete'], tags: [], mcp_tags: [] }],
      max_tools: 2,
    });
    expect(tools.map(({ name }) => name)).toEqual(['GET_a', 'GET_b']);
    expect(diagnostics.map(({ code }) => code)).toEqual(['operation_excluded', 'too_many_tools']);
  });

  it('have keys that model APIs accept, sent under their names', async () => {
    const names = ['$filter', 'filter[name]', 'a b', '名', 'x'.repeat(70), '_ok', 'q', 'q'];
    const parameters = names.map((name, index) => aParameter(index === 7 ? 'header' : 'query', name));
    const api = recordedApi(anOperation('GET /t', { parameters }));
    const keys = Object.keys(api.tools[0]?.inputSchema.properties as object);
    expect(keys).toEqual(['filter', 'filter_name', 'a_b', 'argument', 'x'.repeat(64), '_ok', 'q__query', 'q__header']);
    await api.call({ filter: '1', filter_name: '2', q__header: '3' });
    expect(api.requests[0]).toMatchObject({
      url: 'https://api.example/v1/t?%24filter=1&filter%5Bname%5D=2',
      headers: { q: '3' },
    });
  });

  it('have input schemas that compile', () => {
    const { tools } = recordedApi(
      anOperation('POST /t', {
        requestBody: jsonBody({ oneOf: [{ $ref: '#/x' }, { type: 'array' }] }),
      }),
    );
    for (const { inputSchema } of tools) {
      expect(() => new Ajv2020({ strict: false, validateFormats: false }).compile(inputSchema)).not.toThrow();
    }
  });
});

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail);
  });
}
