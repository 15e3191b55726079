import { parseServerEntry, patternRefusal } from '@mcp-hub/domain';
import { describe, expect, it } from 'vitest';
import { analyze, type AnalysisReport } from './analyze.js';
import { draftEntry } from './draft-entry.js';
import { estimatedTokens } from './list-cost.js';
import { aDocument, anOperation, aParameter, jsonBody, plainOptions } from '../../test/recorded-api.js';
import { convertDocument } from '../components/convert-document.js';
import type { ConversionOptions } from '../components/conversion.js';
import { loadDocument, type OpenApiDocument } from '../document/load-document.js';

function loaded(source: unknown): OpenApiDocument {
  const result = loadDocument(source);
  if (!result.ok) throw new Error(result.message);
  return result.document;
}

function report(source: unknown, options: Partial<ConversionOptions> = {}): AnalysisReport {
  return analyze(loaded(source), { ...plainOptions, ...options });
}

const things = aDocument({
  '/things': { get: { operationId: 'list', tags: ['things'] }, post: { operationId: 'create', tags: ['things'] } },
  '/things/{id}': { get: { operationId: 'get', tags: ['things'] }, delete: { operationId: 'delete' } },
});

describe('analyze', () => {
  it('counts components by kind, as the options make them', () => {
    const get = { methods: ['GET'], pattern: '.*', tags: [], mcp_type: 'RESOURCE' as const, mcp_tags: [] };
    const { operations, tools, resources, resource_templates } = report(things, { route_maps: [get] });
    expect([operations, tools.count, resources.count, resource_templates.count]).toEqual([4, 2, 1, 1]);
  });

  it('measures a list as it is sent', () => {
    const converted = convertDocument(loaded(things), plainOptions);
    if (!converted.ok) throw new Error(converted.message);
    const sent = Buffer.byteLength(JSON.stringify(converted.components.map(({ listed }) => listed)));
    expect(report(things).tools).toEqual({ count: 4, bytes: sent, tokens: Math.ceil(sent / 4) });
  });

  it('names the largest tools first, ten at most', () => {
    const paths = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `/t${index}`,
        { get: { operationId: `t${index}`, description: 'x'.repeat(100 * ((index * 7) % 12)) } },
      ]),
    );
    const { largest_tools } = report(aDocument(paths));
    expect(largest_tools).toHaveLength(10);
    expect(largest_tools.slice(0, 2).map(({ operation }) => operation)).toEqual(['GET /t5', 'GET /t10']);
    expect(largest_tools[0]?.tokens).toBe(Math.ceil((largest_tools[0]?.bytes ?? 0) / 4));
  });

  it('tells what is skipped, and why', () => {
    const document = aDocument({
      '/a': { get: { operationId: 'a', deprecated: true }, post: { operationId: 'b' } },
      '/c': { get: 7, put: { operationId: 'c' } },
    });
    const post = { methods: ['POST'], pattern: '.*', tags: [], mcp_type: 'EXCLUDE' as const, mcp_tags: [] };
    const { skipped } = report(document, { route_maps: [post], exclude_deprecated: true });
    expect(skipped.count).toBe(3);
    expect(skipped.by_code.map(({ code, count }) => [code, count]).sort()).toEqual([
      ['operation_deprecated', 1],
      ['operation_excluded', 1],
      ['operation_invalid', 1],
    ]);
    expect(skipped.operations).toContainEqual(
      expect.objectContaining({ operation: 'POST /a', code: 'operation_excluded', pointer: '/paths/~1a/post' }),
    );
    expect(skipped.operations).toContainEqual(expect.objectContaining({ pointer: '/paths/~1c/get' }));
  });

  it.each([
    ['a/b', 'a_b', ['characters']],
    ['list__v1', 'list', ['cut_at_underscores']],
    ['取得', 'GET_a', ['unusable']],
    ['x'.repeat(70), expect.stringMatching(/^x{56}_[a-z0-9]{7}$/), ['too_long']],
  ])('says why the name of %s is another', (operationId, to, reasons) => {
    const { changed } = report(anOperation('GET /a', { operationId })).names;
    expect(changed).toEqual([{ operation: 'GET /a', from: operationId, to, reasons }]);
  });

  it('says which names are changed because two are equal', () => {
    const { changed, by_source } = report(
      aDocument({ '/a': { get: { summary: 'Same' } }, '/b': { get: { summary: 'Same' } }, '/c': { get: {} } }),
    ).names;
    expect(changed.map(({ operation, reasons }) => [operation, reasons])).toEqual([
      ['GET /a', ['collision']],
      ['GET /b', ['collision']],
    ]);
    expect(by_source).toEqual({ mcp_names: 0, operationId: 0, summary: 2, path: 1 });
  });

  it('suggests maps for what can be read, with what they take out of the list', () => {
    const { reading } = report(things).suggestions;
    expect(reading.map(({ route_map, tools }) => [route_map.mcp_type, tools])).toEqual([
      ['RESOURCE_TEMPLATE', 1],
      ['RESOURCE', 1],
    ]);
    expect(reading[0]?.tokens).toBeGreaterThan(20);
  });

  it('suggests no resource for what a resource can not carry', () => {
    const { reading } = report(
      anOperation('GET /a', { parameters: [aParameter('header', 'X-Tenant', { required: true })] }),
    ).suggestions;
    expect(reading).toEqual([]);
  });

  it('suggests to exclude nothing of a short list', () => {
    expect(report(things).suggestions.exclude).toEqual([]);
  });

  it.each([
    ['tags', (index: number) => ({ tags: [index % 3 === 0 ? 'small' : 'large'] }), ['large', 'small']],
    ['paths', () => ({}), ['^/v1/p1(/|$)', '^/v1/p0(/|$)']],
  ])('suggests groups of a long list by %s, the largest first', (_, rest, expected) => {
    const paths = Object.fromEntries(
      Array.from({ length: 150 }, (_unused, index) => [
        `/v1/p${index % 3 === 0 ? 0 : 1}/${index}`,
        { get: { operationId: `op${index}`, ...rest(index) } },
      ]),
    );
    const { exclude } = report(aDocument(paths)).suggestions;
    expect(exclude.map(({ route_map }) => route_map.tags[0] ?? route_map.pattern)).toEqual(expected);
    expect(exclude.map(({ tools }) => tools)).toEqual([100, 50]);
    expect(exclude.map(({ route_map }) => patternRefusal(route_map.pattern))).toEqual([undefined, undefined]);
    const after = report(aDocument(paths), { route_maps: exclude.slice(0, 1).map(({ route_map }) => route_map) });
    expect(after.tools.count).toBe(50);
  });

  it('tells which schemes there are, and how to configure them', () => {
    const flows = { clientCredentials: { tokenUrl: 'https://id.example/token', scopes: { read: '' } } };
    const securitySchemes = {
      key: { type: 'apiKey', in: 'query', name: 'k' },
      token: { type: 'http', scheme: 'Bearer' },
      user: { type: 'http', scheme: 'basic' },
      app: { type: 'oauth2', flows },
      digest: { type: 'http', scheme: 'digest' },
    };
    const { security_schemes } = report(
      anOperation('GET /a', { security: [{ key: [], token: [] }] }, { components: { securitySchemes } }),
    );
    expect(security_schemes).toEqual([
      {
        name: 'key',
        kind: 'apiKey in query k',
        operations: 1,
        auth_config: { type: 'api_key', query_name: 'k', api_key: '${API_KEY}' },
      },
      { name: 'token', kind: 'http bearer', operations: 1, auth_config: { type: 'bearer', token: '${API_TOKEN}' } },
      expect.objectContaining({ name: 'user', operations: 0 }),
      expect.objectContaining({
        auth_config: {
          type: 'oauth2',
          oauth2_config: expect.objectContaining({
            token_url: 'https://id.example/token',
            scopes: ['read'],
          }) as unknown,
        },
      }),
      { name: 'digest', kind: 'http digest', operations: 0 },
    ]);
  });

  it('tells of servers that can not be called, and goes on', () => {
    const found = report({ ...things, servers: [{ url: '/v1', description: 'Here' }] });
    expect(found.servers).toEqual([
      { url: '/v1', description: 'Here', variables: [], problem: expect.stringContaining('base_url') as unknown },
    ]);
    expect(found.problem).toContain('base_url');
    expect(found.tools.count).toBe(4);
  });

  it('counts diagnostics by code, and shows the first of each', () => {
    const paths = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`/a${index}/{x}`, { get: {} }]));
    const { by_code, first } = report(aDocument(paths)).diagnostics;
    expect(by_code).toEqual([expect.objectContaining({ code: 'placeholder_undeclared', count: 30 })]);
    expect(first).toHaveLength(20);
  });

  it('is plain data', () => {
    const found = report(things);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });
});

describe('estimatedTokens', () => {
  // Bytes of a tool list, and its tokens by the tokenisers o200k and cl100k.
  it.each([
    ['Stripe', 346_858, 79_167, 76_989],
    ['Slack', 118_752, 27_080, 26_309],
    ['Box', 236_312, 53_944, 53_138],
    ['Kubernetes, the first 1.5 MB', 1_500_000, 332_837, 330_022],
    ['Petstore', 11_622, 2_855, 2_717],
    ['discriminators', 11_087, 2_777, 2_713],
  ])('is at most a sixth above what tokenisers count for %s', (_, bytes, ...counted) => {
    for (const tokens of counted) {
      expect(estimatedTokens(bytes) / tokens).toBeGreaterThan(0.99);
      expect(estimatedTokens(bytes) / tokens).toBeLessThan(1.17);
    }
  });
});

describe('draftEntry', () => {
  it('gives an entry that can be published and makes resources of what can be read', () => {
    const { entry, comments, inactive } = draftEntry(loaded(things), { url: 'https://api.example/openapi.json' });
    expect(entry).toMatchObject({ id: 'things', name: 'Things', version_detail: { version: '1.2.3' } });
    const parsed = parseServerEntry(entry, { now: '2026-01-01T00:00:00Z' });
    if (!parsed.ok || !parsed.entry.openapi_config) throw new Error('not valid');
    expect(parsed.warnings).toEqual([]);
    const { tools, resources, resource_templates } = report(things, {
      route_maps: parsed.entry.openapi_config.route_maps,
    });
    expect([tools.count, resources.count, resource_templates.count]).toEqual([2, 1, 1]);
    expect(comments.map(({ path }) => path.join('.'))).toEqual(
      [0, 1, 2].map((index) => `openapi_config.route_maps.${index}`),
    );
    expect(inactive).toEqual([]);
  });

  it('takes the id and the name that are given', () => {
    const { entry } = draftEntry(loaded(things), { url: 'things.yaml', id: 'mine', name: 'My Things' });
    expect(entry).toMatchObject({ id: 'mine', name: 'My Things', openapi_config: { url: 'things.yaml' } });
  });

  it('makes an id of a title without Latin letters, and a short description', () => {
    const document = loaded({
      ...things,
      info: { title: '名前', version: '1', description: `One\ntwo.\n\nMore ${'x'.repeat(999)}` },
    });
    expect(draftEntry(document, { url: 'a.yaml' }).entry).toMatchObject({ id: 'server', description: 'One two.' });
  });

  it.each([
    ['1.x', undefined],
    ['Wed Oct 15 2025 13:53:19 GMT', undefined],
    ['2024-01-01', '2024-01-01'],
    ['v2', 'v2'],
  ])('takes the version %s of the document where an entry can have it', (version, expected) => {
    const document = loaded({ ...things, info: { title: 'a\nb\u0007\tc', version } });
    const { entry } = draftEntry(document, { url: 'https://api.example/openapi.json' });
    expect(entry.version_detail?.version).toBe(expected);
    expect(entry.name).toBe('a b c');
    expect(parseServerEntry(entry, { now: '2026-01-01T00:00:00Z' }).ok).toBe(true);
  });

  it('says what has to be set first: the server of a file, and what the API asks for', () => {
    const securitySchemes = {
      key: { type: 'apiKey', in: 'header', name: 'k' },
      token: { type: 'http', scheme: 'bearer' },
    };
    const document = loaded({
      ...anOperation('POST /a', { requestBody: jsonBody({}), security: [{}, { key: [], token: [] }] }),
      servers: [{ url: '/v1' }],
      components: { securitySchemes },
    });
    const { inactive } = draftEntry(document, { url: 'a.yaml' });
    expect(inactive.map(({ path }) => path.join('.'))).toEqual(['openapi_config.base_url', 'auth_config']);
    expect(inactive[1]?.value).toMatchObject({
      type: 'schemes',
      schemes: { key: { type: 'api_key' }, token: { type: 'bearer' } },
    });
  });
});
