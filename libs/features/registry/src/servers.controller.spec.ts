import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aDocument, FakeBackend } from '@mcp-hub/application/testing';
import { LoadFailed } from '@mcp-hub/domain';
import { RegistryUnderTest, type JsonAnswer } from '../test/registry-under-test.js';

let hub: RegistryUnderTest;

beforeEach(() => {
  hub = new RegistryUnderTest();
});
afterEach(() => hub.close());

const put = (id: string, body: unknown, headers: Record<string, string> = {}): Promise<JsonAnswer> =>
  hub.request('PUT', `/v0/servers/${id}`, { body, headers });
const post = (path: string): Promise<JsonAnswer> => hub.request('POST', path);
const idsOf = ({ body }: JsonAnswer): string[] => (body['servers'] as { id: string }[]).map(({ id }) => id);
const bad = new LoadFailed('document_invalid', 'It is no OpenAPI document.', 'Mend it.');

describe('GET /v0/servers', () => {
  beforeEach(async () => {
    await hub.start();
    await hub.joinWorker();
    await hub.publish(
      aDocument({
        id: 'b-b',
        tags: ['x', 'y'],
        load_immediately: true,
        openapi_config: { spec: { openapi: '3.1.0' } },
      }),
    );
    await hub.publish(aDocument({ id: 'a-a', tags: ['x'], enabled: false }));
    await hub.publish(aDocument({ id: 'c-c', openapi_config: undefined }));
  });

  it('lists entries with their status, in the order of ids', async () => {
    const { status, body } = await hub.get('/v0/servers');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      servers: [
        { id: 'a-a', enabled: false, runtime_status: 'disabled' },
        { id: 'b-b', name: 'Weather', runtime_status: 'healthy', mcp_endpoint: '/servers/b-b/mcp' },
        { id: 'c-c', runtime_status: 'failed' },
      ],
      metadata: { next_cursor: null, count: 3 },
    });
  });

  it('names an endpoint only where it can be called, and shows no inline document', async () => {
    const servers = (await hub.get('/v0/servers')).body['servers'] as Record<string, unknown>[];
    expect(servers.map((server) => 'mcp_endpoint' in server)).toEqual([false, true, false]);
    expect(servers[1]?.['openapi_config']).not.toHaveProperty('spec');
  });

  it('goes on where a page ended', async () => {
    const first = await hub.get('/v0/servers?limit=2');
    expect(first.body['metadata']).toMatchObject({ count: 2, next_cursor: expect.any(String) as string });
    const { next_cursor } = first.body['metadata'] as { next_cursor: string };
    const second = await hub.get(`/v0/servers?limit=2&cursor=${next_cursor}`);
    expect([idsOf(first), idsOf(second), second.body['metadata']]).toEqual([
      ['a-a', 'b-b'],
      ['c-c'],
      { count: 1, next_cursor: null },
    ]);
  });

  it.each([
    ['tags=x', ['a-a', 'b-b']],
    ['tags=x,y', ['b-b']],
    ['tags=x&tags=y', ['b-b']],
    ['tags=nobody', []],
    ['enabled=true', ['b-b', 'c-c']],
    ['enabled=false', ['a-a']],
    ['status=healthy', ['b-b']],
    ['status=failed,disabled', ['a-a', 'c-c']],
    ['status=failed&status=healthy', ['b-b', 'c-c']],
    ['tags=&status=&cursor=', ['a-a', 'b-b', 'c-c']],
    ['tags=x&enabled=true&status=healthy&limit=100', ['b-b']],
  ])('filters by %s', async (query, ids) => {
    expect(idsOf(await hub.get(`/v0/servers?${query}`))).toEqual(ids);
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=-1',
    'limit=1.5',
    'limit=ten',
    'limit=1e1',
    'limit=',
    'enabled=yes',
    'status=fine',
    'status=healthy,fine',
    'cursor=!!',
    'cursor=AAAA',
  ])('answers 400 to %s', async (query) => {
    const { status, body } = await hub.get(`/v0/servers?${query}`);
    const [name] = query.split('=');
    expect([status, body]).toMatchObject([400, { code: 'invalid_parameters', errors: [{ path: name }] }]);
  });

  it('tells of all bad parameters at once', async () => {
    const { body } = await hub.get('/v0/servers?limit=0&status=fine&enabled=x&cursor=!!');
    expect((body['errors'] as unknown[]).length).toBe(4);
  });
});

describe('GET /v0/servers/{id}', () => {
  beforeEach(() => hub.start());

  it('tells everything of a server', async () => {
    await hub.joinWorker();
    await hub.publish(aDocument({ load_immediately: true }));
    await vi.waitFor(async () => expect((await hub.get('/v0/servers/weather')).body).toHaveProperty('capabilities'));
    const { status, headers, body } = await hub.get('/v0/servers/weather');
    expect([status, headers.get('etag')]).toEqual([200, '"1"']);
    expect(body).toMatchObject({
      id: 'weather',
      name: 'Weather',
      version_detail: { version: '1.0.0', is_latest: true },
      replicas: 1,
      activation: 'eager',
      runtime_status: 'healthy',
      mcp_endpoint: '/servers/weather/mcp',
      capabilities: { tools: [{ name: 'echo', description: '' }], resources: [], resource_templates: [], prompts: [] },
      tool_tokens: 13,
      instances: [{ worker: 'worker-1', state: 'healthy', since: expect.stringMatching(/^\d{4}-.*Z$/) as string }],
      generation: 1,
      loaded_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      updated_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect(body).not.toHaveProperty('error');
  });

  it('says why one failed', async () => {
    const worker = await hub.joinWorker();
    worker.loader.failWith(new LoadFailed('document_unreachable', 'It does not answer.', 'See whether it runs.'));
    await hub.publish(aDocument({ load_immediately: true }));
    expect((await hub.get('/v0/servers/weather')).body).toMatchObject({
      runtime_status: 'failed',
      error: 'It does not answer.',
      loaded_at: null,
      instances: [],
      status_detail: {
        code: 'document_unreachable',
        message: 'It does not answer.',
        remedy: 'See whether it runs.',
        since: expect.any(String) as string,
        next_retry_at: expect.any(String) as string,
      },
    });
  });

  it('shows hub-wide defaults only where the entry sets them', async () => {
    await hub.publish(aDocument({ enabled: false }));
    const { body } = await hub.get('/v0/servers/weather');
    for (const name of ['retry_attempts', 'retry_delay', 'health_check_enabled', 'limits'])
      expect(body).not.toHaveProperty(name);
  });

  it.each([
    ['an object', { openapi: '3.1.0', paths: {} }],
    ['a text', 'openapi: "3.1.0" # with a comment\n'],
  ])('has an inline document that is %s only where it is asked for', async (_name, spec) => {
    await hub.publish(aDocument({ enabled: false, openapi_config: { spec } }));
    expect((await hub.get('/v0/servers/weather')).body['openapi_config']).not.toHaveProperty('spec');
    expect((await hub.get('/v0/servers/weather?include=spec')).body['openapi_config']).toMatchObject({ spec });
  });

  it('keeps its ETag while only the runtime status changes', async () => {
    await hub.publish(aDocument());
    const before = (await hub.get('/v0/servers/weather')).headers.get('etag');
    await hub.joinWorker();
    await vi.waitFor(
      async () => expect((await hub.get('/v0/servers/weather')).body['runtime_status']).toBe('healthy'),
      { timeout: 5_000 },
    );
    expect((await hub.get('/v0/servers/weather')).headers.get('etag')).toBe(before);
  });

  it('answers YAML to those who ask for it', async () => {
    await hub.publish(aDocument({ enabled: false }));
    const { headers, body } = await hub.get('/v0/servers/weather', { accept: 'application/yaml' });
    expect(headers.get('content-type')).toContain('yaml');
    expect(body['text']).toContain('id: weather\n');
  });

  it('answers HEAD as GET', async () => {
    await hub.publish(aDocument({ enabled: false }));
    const head = await hub.request('HEAD', '/v0/servers/weather');
    expect([head.status, head.headers.get('etag'), head.body]).toEqual([200, '"1"', { text: '' }]);
    expect((await hub.request('HEAD', '/v0/servers/nobody')).status).toBe(404);
  });

  it.each(['nobody', 'NOT-A-SLUG', '%2e%2e', 'a%2Fb'])(
    'answers 404 to %s, in JSON whatever is asked for',
    async (id) => {
      const { status, headers, body } = await hub.get(`/v0/servers/${id}`, { accept: 'application/yaml' });
      expect([status, body['status']]).toEqual([404, 404]);
      expect(headers.get('content-type')).toContain('application/problem+json');
    },
  );

  it('can be sent back as it was read', async () => {
    await hub.publish(
      aDocument({ auth_config: { type: 'bearer', token: 'hunter2' }, openapi_config: { spec: { openapi: '3.1.0' } } }),
    );
    const { body } = await hub.get('/v0/servers/weather');
    expect((await put('weather', body)).status).toBe(200);
    const again = (await hub.get('/v0/servers/weather?include=spec')).body;
    expect(again).toMatchObject({ auth_config: { token: '***' }, openapi_config: { spec: { openapi: '3.1.0' } } });
  });
});

describe('PUT /v0/servers/{id}', () => {
  beforeEach(async () => {
    await hub.start();
    await hub.publish(aDocument({ tags: ['a'], auth_config: { type: 'bearer', token: 'hunter2' } }));
  });

  it('replaces what is given', async () => {
    const { status, body } = await put('weather', { tags: ['b', 'c'] });
    expect([status, body]).toEqual([
      200,
      { message: 'Server updated successfully', id: 'weather', generation: 2, warnings: [] },
    ]);
    expect((await hub.get('/v0/servers/weather')).body).toMatchObject({
      name: 'Weather',
      tags: ['b', 'c'],
      generation: 2,
    });
  });

  it('takes YAML', async () => {
    const { status } = await hub.request('PUT', '/v0/servers/weather', {
      body: 'description: new\n',
      headers: { 'content-type': 'text/yaml' },
    });
    expect([status, (await hub.get('/v0/servers/weather')).body['description']]).toEqual([200, 'new']);
  });

  it('keeps secrets that are left out, or sent back masked', async () => {
    const before = await hub.store.find('weather');
    await put('weather', { description: 'new' });
    await put('weather', { auth_config: { type: 'bearer', token: '***' } });
    expect((await hub.store.find('weather'))?.entry.auth_config).toEqual(before?.entry.auth_config);
  });

  it.each([
    ['another id', { id: 'other' }, ['id']],
    ['several problems', { replicas: 0, nme: 'x', description: 7 }, ['description', 'nme', 'replicas']],
    [
      'a mask of a secret that is not there',
      { openapi_config: { url: 'https://api.example/', headers: { 'X-Key': '***' } } },
      ['openapi_config.headers.X-Key'],
    ],
  ])('answers 422 to %s', async (_name, body, paths) => {
    const answer = await put('weather', body);
    expect(answer.status).toBe(422);
    const found = (answer.body['errors'] as { path: string }[]).map(({ path }) => path).sort();
    expect(found).toEqual(paths);
  });

  it.each([
    ['no object', '[1]', 'application/json', 422],
    ['no JSON', '{', 'application/json', 400],
    ['another type', 'x', 'text/plain', 415],
  ])('answers to %s', async (_name, body, type, status) => {
    expect((await hub.request('PUT', '/v0/servers/weather', { body, headers: { 'content-type': type } })).status).toBe(
      status,
    );
  });

  it('answers 413 to more than 1 MiB', async () => {
    expect((await put('weather', { 'x-fill': 'x'.repeat(1024 * 1024) })).status).toBe(413);
  });

  it('answers 404 to a server that is not there', async () => {
    expect((await put('nobody', {})).status).toBe(404);
  });

  it.each([
    ['what it was', '"1"', 200],
    ['anything', '*', 200],
    ['one of several', '"7", "1"', 200],
    ['what it is not', '"2"', 412],
    ['no tag', '1', 412],
  ])('with If-Match of %s', async (_name, tag, status) => {
    expect((await put('weather', { description: 'new' }, { 'if-match': tag })).status).toBe(status);
    expect((await hub.store.find('weather'))?.generation).toBe(status === 200 ? 2 : 1);
  });

  it('lets one of several writers win, and tells the others', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, number) => put('weather', { description: `${number}` }, { 'if-match': '"1"' })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(200);
    expect(statuses.slice(1).every((status) => status === 409 || status === 412)).toBe(true);
  });

  it('has the new generation take over without an outage', async () => {
    const worker = await hub.joinWorker();
    await vi.waitFor(() => expect(worker.running).toEqual(['weather/1/1']), { timeout: 5_000 });
    let finish = (): void => undefined;
    worker.loader.loading = () => new Promise((resolve) => (finish = () => resolve(new FakeBackend())));
    await put('weather', { description: 'new' });
    await vi.waitFor(() => expect(worker.loader.requests).toHaveLength(2));
    expect((await hub.get('/v0/servers/weather')).body).toMatchObject({ generation: 2, runtime_status: 'healthy' });
    finish();
    await vi.waitFor(() => expect(worker.running).toEqual(['weather/2/1']));
  });

  it('leaves the old generation serving where the new one fails, and says so', async () => {
    const worker = await hub.joinWorker();
    await vi.waitFor(() => expect(worker.running).toEqual(['weather/1/1']), { timeout: 5_000 });
    worker.loader.failWith(bad);
    await put('weather', { description: 'new' });
    await vi.waitFor(async () =>
      expect((await hub.get('/v0/servers/weather')).body).toMatchObject({
        runtime_status: 'healthy',
        mcp_endpoint: '/servers/weather/mcp',
        error: bad.message,
        status_detail: { code: 'document_invalid', next_retry_at: null },
      }),
    );
  });
});

describe('DELETE /v0/servers/{id}', () => {
  beforeEach(() => hub.start());

  it('takes the server away everywhere', async () => {
    const worker = await hub.joinWorker();
    await hub.publish(aDocument({ load_immediately: true }));
    const { status, body } = await hub.request('DELETE', '/v0/servers/weather');
    expect([status, body['message']]).toEqual([200, 'Server deleted successfully']);
    expect((await hub.get('/v0/servers/weather')).status).toBe(404);
    expect(idsOf(await hub.get('/v0/servers'))).toEqual([]);
    await vi.waitFor(() => expect(worker.running).toEqual([]));
  });

  it('answers 404 the second time', async () => {
    await hub.publish(aDocument());
    await hub.request('DELETE', '/v0/servers/weather');
    expect((await hub.request('DELETE', '/v0/servers/weather')).status).toBe(404);
  });
});

describe('POST /v0/servers/{id}/…', () => {
  beforeEach(async () => {
    await hub.start();
    await hub.publish(aDocument());
  });

  it('disable answers 202', async () => {
    const { status, body } = await post('/v0/servers/weather/disable');
    expect([status, body]).toEqual([202, { id: 'weather', generation: 2, runtime_status: 'disabled' }]);
    expect((await hub.get('/v0/servers/weather')).body).toMatchObject({ enabled: false, runtime_status: 'disabled' });
  });

  it('enable answers 202 at once', async () => {
    await post('/v0/servers/weather/disable');
    const { status, body } = await post('/v0/servers/weather/enable');
    expect([status, body]).toMatchObject([202, { id: 'weather', generation: 3, runtime_status: 'loading' }]);
  });

  it.each(['wait=true', 'wait=1', 'wait'])('enable answers 200 with ?%s, when it is healthy', async (query) => {
    await post('/v0/servers/weather/disable');
    await hub.joinWorker();
    const { status, body } = await post(`/v0/servers/weather/enable?${query}`);
    expect([status, body]).toEqual([200, { id: 'weather', generation: 3, runtime_status: 'healthy' }]);
  });

  it('enable answers 200 with ?wait=true also where it fails', async () => {
    const worker = await hub.joinWorker();
    worker.loader.failWith(bad);
    const { status, body } = await post('/v0/servers/weather/enable?wait=true');
    expect([status, body]).toMatchObject([200, { runtime_status: 'failed', error: bad.message }]);
  });

  it('reload brings up a new generation', async () => {
    const worker = await hub.joinWorker();
    await vi.waitFor(() => expect(worker.running).toEqual(['weather/1/1']), { timeout: 5_000 });
    const { status, body } = await post('/v0/servers/weather/reload?wait=true');
    expect([status, body]).toEqual([200, { id: 'weather', generation: 2, runtime_status: 'healthy' }]);
    await vi.waitFor(() => expect(worker.running).toEqual(['weather/2/1']));
  });

  it.each(['enable', 'disable', 'reload'])('%s answers 404 to a server that is not there', async (change) => {
    expect((await post(`/v0/servers/nobody/${change}`)).status).toBe(404);
  });
});

describe('/v0/servers and methods', () => {
  beforeEach(() => hub.start());

  it.each([
    ['PATCH', '/v0/servers/weather', 'DELETE, GET, HEAD, PUT'],
    ['POST', '/v0/servers', 'GET, HEAD'],
    ['GET', '/v0/publish', 'POST'],
    ['GET', '/v0/servers/weather/reload', 'POST'],
    ['DELETE', '/v0/health', 'GET, HEAD'],
  ])('answers 405 to %s %s, with Allow', async (method, path, allow) => {
    const { status, headers } = await hub.request(method, path);
    expect([status, headers.get('allow')]).toEqual([405, allow]);
  });

  it('redirects a slash at the end', async () => {
    const response = await fetch(`${hub.url}/v0/servers/?limit=5`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([308, '/v0/servers?limit=5']);
  });

  it('lets other pages read', async () => {
    const { headers } = await hub.get('/v0/servers', { origin: 'https://reader.example' });
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('/v0/servers with tokens', () => {
  const tokens = [
    { token: 'owner', name: 'owner' },
    { token: 'caller', name: 'caller', scopes: ['call'] },
    { token: 'alice', name: 'alice', scopes: ['publish'], namespaces: ['local.hub/alice-*'] },
  ];
  const as = (token: string) => ({ authorization: `Bearer ${token}` });
  const writes: [method: string, path: string, body?: unknown][] = [
    ['PUT', '/v0/servers/weather', { description: 'new' }],
    ['DELETE', '/v0/servers/weather'],
    ['POST', '/v0/servers/weather/enable'],
    ['POST', '/v0/servers/weather/disable'],
    ['POST', '/v0/servers/weather/reload'],
  ];

  beforeEach(async () => {
    await hub.start({ 'api.auth_tokens': tokens });
    await hub.publish(aDocument(), as('owner'));
  });

  it.each(writes)('%s %s needs one that may', async (method, path, body) => {
    const statuses: number[] = [];
    for (const headers of [
      {},
      as('wrong'),
      as('caller'),
      as('alice'),
      { ...as('owner'), origin: 'https://evil.example' },
    ]) {
      statuses.push((await hub.request(method, path, { headers, ...(body === undefined ? {} : { body }) })).status);
    }
    expect(statuses).toEqual([401, 401, 403, 403, 403]);
    expect((await hub.store.find('weather'))?.generation).toBe(1);
    const answer = await hub.request(method, path, { headers: as('owner'), ...(body === undefined ? {} : { body }) });
    expect([200, 202]).toContain(answer.status);
  });

  it('can not be written into a namespace that the token does not cover', async () => {
    await hub.publish(aDocument({ id: 'alice-1' }), as('alice'));
    const renamed = await put('alice-1', { name: 'io.github.bob/weather' }, as('alice'));
    expect([renamed.status, (await hub.store.find('alice-1'))?.generation]).toEqual([403, 1]);
  });

  it('are open for reading', async () => {
    expect((await hub.get('/v0/servers/weather')).status).toBe(200);
  });
});

describe('/v0/servers with api.auth_reads', () => {
  it('needs a token for reading too', async () => {
    await hub.start({
      'api.auth_tokens': [{ token: 'reader', name: 'reader', scopes: ['read'] }],
      'api.auth_reads': true,
    });
    expect((await hub.get('/v0/servers')).status).toBe(401);
    expect((await hub.get('/v0/servers', { authorization: 'Bearer reader' })).status).toBe(200);
    expect((await hub.get('/v0/ping')).status).toBe(200);
  });
});

describe('/v0/servers without the database', () => {
  it('answers 503, and when to try again', async () => {
    await hub.start();
    const bringBack = await hub.takeDatabaseAway();
    const { status, headers, body } = await hub.get('/v0/servers');
    expect([status, body['code'], headers.get('retry-after')]).toEqual([503, 'dependency_unavailable', '5']);
    await bringBack();
  });
});
