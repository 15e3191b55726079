import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { aDocument, anOperation, aParameter, jsonBody, recordedApi } from '../../test/recorded-api.js';

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
    expect(tools.map(({ name }) => name)).toEqual(['GET_a', 'GET_b', 'TRACE_b', 'GET_no_slash', 'QUERY_c', 'COPY_c']);
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
    expect(keys).toEqual([
      'filter',
      'filter_name',
      'a_b',
      'argument',
      `${'x'.repeat(56)}_0xa64cd`,
      '_ok',
      'q__query',
      'q__header',
    ]);
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
