import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aDocument } from '@mcp-hub/application/testing';
import { LoadFailed } from '@mcp-hub/domain';
import { RegistryUnderTest } from '../test/registry-under-test.js';

let hub: RegistryUnderTest;

beforeEach(() => {
  hub = new RegistryUnderTest();
});
afterEach(() => hub.close());

const issuePaths = (body: Record<string, unknown>): string[] =>
  (body['errors'] as { path: string }[]).map(({ path }) => path).sort();
const codes = (body: Record<string, unknown>): string[] =>
  (body['errors'] as { code: string }[]).map(({ code }) => code);
const text = 'openapi: "3.1.0"\ninfo: {title: t, version: "1"}\npaths: {}\n';

describe('POST /v0/publish', () => {
  beforeEach(() => hub.start());

  it('takes an entry as JSON', async () => {
    const { status, body } = await hub.publish(aDocument());
    expect([status, body]).toEqual([
      201,
      { message: 'Server publication successful', id: 'weather', generation: 1, warnings: [] },
    ]);
    expect((await hub.get('/v0/servers/weather')).status).toBe(200);
  });

  it.each(['application/yaml', 'text/yaml', 'application/x-yaml', 'application/yaml; charset=utf-8'])(
    'takes an entry as %s',
    async (type) => {
      const yaml =
        'id: weather\nname: Weather\ndescription: ""\nopenapi_config:\n  url: https://api.example/openapi.json\n';
      const { status, body } = await hub.publish(yaml, { 'content-type': type });
      expect([status, body['id']]).toEqual([201, 'weather']);
    },
  );

  it('derives the id from the name where none is given', async () => {
    expect((await hub.publish(aDocument({ id: undefined, name: 'GitHub API' }))).body['id']).toBe('github-api');
    expect((await hub.publish(aDocument({ id: undefined, name: 'GitHub API' }))).body['id']).toBe('github-api-2');
  });

  it('warns of what it moves', async () => {
    const { status, body } = await hub.publish(
      aDocument({ openapi_config: undefined, openapi_url: 'https://api.example/openapi.json' }),
    );
    expect(status).toBe(201);
    expect(body['warnings']).toMatchObject([
      { path: 'openapi_url', message: expect.any(String) as string, code: expect.any(String) as string },
    ]);
  });

  it('answers 409 to an id that is taken', async () => {
    await hub.publish(aDocument());
    const { status, headers, body } = await hub.publish(aDocument());
    expect(status).toBe(409);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      code: 'server_exists',
      errors: [],
    });
    expect(body['error']).toBe(body['detail']);
  });

  it('takes an id that was deleted', async () => {
    await hub.publish(aDocument());
    await hub.request('DELETE', '/v0/servers/weather');
    expect((await hub.publish(aDocument())).body).toMatchObject({ id: 'weather', generation: 3 });
  });

  it('answers 422 with every problem of the body', async () => {
    const { status, body } = await hub.publish({
      id: 'NOT A SLUG',
      name: '',
      replicas: 0,
      load_immediately: 'yes',
      colour: 'red',
      openapi_config: { timeout: 'long' },
    });
    expect(status).toBe(422);
    expect(issuePaths(body)).toEqual(
      expect.arrayContaining([
        'colour',
        'description',
        'id',
        'load_immediately',
        'name',
        'openapi_config.timeout',
        'replicas',
      ]),
    );
  });

  it('names the field that was meant', async () => {
    const { body } = await hub.publish(aDocument({ descripton: 'x' }));
    expect(JSON.stringify(body['errors'])).toContain('description');
  });

  it.each([
    ['a list', '[]'],
    ['a text', '"weather"'],
    ['a number', '7'],
    ['null', 'null'],
    ['nothing', ''],
  ])('answers 4xx to %s', async (_name, body) => {
    const { status, headers } = await hub.publish(body, { 'content-type': 'application/json' });
    expect([400, 415, 422]).toContain(status);
    expect(headers.get('content-type')).toContain('application/problem+json');
  });

  it.each([
    ['JSON', '{"id": "weather",', 'application/json'],
    ['YAML', 'id: [unclosed', 'application/yaml'],
    ['UTF-8', Buffer.from([0x7b, 0xff, 0x7d]).toString('latin1'), 'application/json'],
  ])('answers 400 to what is no %s', async (kind, body, type) => {
    const bytes = kind === 'UTF-8' ? Buffer.from(body, 'latin1') : body;
    const response = await fetch(`${hub.url}/v0/publish`, {
      method: 'POST',
      body: bytes,
      headers: { 'content-type': type },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'malformed_body' });
  });

  it.each([
    ['another type', { 'content-type': 'text/plain' }],
    ['an encoding', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ])('answers 415 to %s', async (_name, headers) => {
    expect((await hub.publish(JSON.stringify(aDocument()), headers)).status).toBe(415);
  });

  it('answers 413 to more than 1 MiB beside the inline document', async () => {
    const { status, body } = await hub.publish(aDocument({ 'x-fill': 'x'.repeat(1024 * 1024), replicas: 0 }));
    expect([status, body['code']]).toEqual([413, 'too_large']);
  });

  it('takes an inline document of 20 MB', async () => {
    const spec = {
      openapi: '3.1.0',
      info: { title: 't', version: '1' },
      paths: {},
      'x-fill': 'x'.repeat(20 * 1024 * 1024),
    };
    expect((await hub.publish(aDocument({ openapi_config: { spec } }))).status).toBe(201);
    const { body } = await hub.get('/v0/servers/weather?include=spec');
    expect((body['openapi_config'] as { spec: { 'x-fill': string } }).spec['x-fill']).toHaveLength(20 * 1024 * 1024);
  }, 20_000);

  it('answers 413 to more than 32 MiB', async () => {
    const { status } = await hub.publish(aDocument({ openapi_config: { spec: 'x'.repeat(33 * 1024 * 1024) } }));
    expect(status).toBe(413);
  }, 20_000);

  it.each([
    ['metadata addresses', 'http://169.254.169.254/latest'],
    ['the same, spelled another way', 'http://2852039166/latest'],
    ['user information', 'https://user:secret@api.example/openapi.json'],
  ])('refuses URLs with %s, without repeating them', async (_name, url) => {
    const { status, body } = await hub.publish(aDocument({ openapi_config: { url } }));
    expect([status, issuePaths(body)]).toEqual([422, ['openapi_config.url']]);
    expect(JSON.stringify(body)).not.toMatch(/latest|secret/);
  });

  it('loads nothing of an entry that is not enabled, wait or not', async () => {
    const { status, body } = await hub.publish(aDocument({ enabled: false, load_immediately: true }));
    expect(status).toBe(201);
    expect(body).not.toHaveProperty('runtime_status', 'loading');
    expect((await hub.get('/v0/servers/weather')).body['runtime_status']).toBe('disabled');
  });
});

describe('POST /v0/publish with secrets', () => {
  const secret = (token: string) => aDocument({ auth_config: { type: 'bearer', token } });

  it('stores them sealed and shows them masked', async () => {
    await hub.start();
    const published = await hub.publish(secret('hunter2'));
    const shown = await hub.get('/v0/servers/weather');
    expect(shown.body['auth_config']).toEqual({ type: 'bearer', token: '***' });
    const everything = JSON.stringify([
      published,
      shown,
      await hub.get('/v0/servers'),
      await hub.store.find('weather'),
      hub.log.events,
    ]);
    expect(everything).not.toContain('hunter2');
  });

  it('refuses a mask', async () => {
    await hub.start();
    const { status, body } = await hub.publish(secret('***'));
    expect([status, issuePaths(body)]).toEqual([422, ['auth_config.token']]);
  });

  it('shows references by name, and the default of one masked', async () => {
    await hub.start();
    await hub.publish(secret('${GITHUB_TOKEN:-hunter2}'));
    expect((await hub.get('/v0/servers/weather')).body['auth_config']).toEqual({
      type: 'bearer',
      token: '${GITHUB_TOKEN:-***}',
    });
  });

  it('answers 422 to a literal one where there is no key, and says how to set one', async () => {
    await hub.start({ 'secrets.key': undefined });
    const { status, body } = await hub.publish(secret('hunter2'));
    expect([status, codes(body)]).toEqual([422, ['secret_key_missing']]);
    expect(JSON.stringify(body)).toContain('secrets.key');
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });
});

describe('POST /v0/publish with load_immediately', () => {
  it('waits until the server is healthy', async () => {
    await hub.start();
    await hub.joinWorker();
    const { status, body } = await hub.publish(aDocument({ load_immediately: true }));
    expect([status, body]).toMatchObject([201, { id: 'weather', runtime_status: 'healthy' }]);
    expect(body).not.toHaveProperty('error');
  });

  it('answers 201 to a load that failed, with the reason', async () => {
    await hub.start();
    const worker = await hub.joinWorker();
    worker.loader.failWith(new LoadFailed('document_invalid', 'It is no OpenAPI document.', 'Mend it.'));
    const { status, body } = await hub.publish(aDocument({ load_immediately: true }));
    expect([status, body]).toMatchObject([201, { runtime_status: 'failed', error: 'It is no OpenAPI document.' }]);
  });

  it('says at once that there is nothing to load', async () => {
    await hub.start({ 'loader.timeout': 60 });
    const { status, body } = await hub.publish(aDocument({ openapi_config: undefined, load_immediately: true }));
    expect([status, body]).toMatchObject([
      201,
      { runtime_status: 'failed', error: expect.stringMatching(/^nothing to load: /) as string },
    ]);
  });

  it('waits no longer than a load may take', async () => {
    await hub.start({ 'loader.timeout': 0.2 });
    const { status, body } = await hub.publish(aDocument({ load_immediately: true }));
    expect([status, body['runtime_status']]).toEqual([201, 'loading']);
  });

  it('does not become a part of the entry', async () => {
    await hub.start();
    await hub.publish(aDocument({ load_immediately: false, openapi_config: { spec: text } }));
    expect((await hub.get('/v0/servers/weather')).body).not.toHaveProperty('load_immediately');
  });
});

describe('POST /v0/publish with tokens', () => {
  const tokens = [
    { token: 'owner', name: 'owner' },
    { token: 'caller', name: 'caller', scopes: ['call'] },
    { token: 'reader', name: 'reader', scopes: ['read'] },
    { token: 'alice', name: 'alice', scopes: ['publish'], namespaces: ['io.github.alice/*', 'local.hub/alice-*'] },
  ];
  const as = (token: string) => ({ authorization: `Bearer ${token}` });

  beforeEach(() => hub.start({ 'api.auth_tokens': tokens }));

  it('takes one that may publish', async () => {
    expect((await hub.publish(aDocument(), as('owner'))).status).toBe(201);
  });

  it.each([
    ['none', {}, 401],
    ['a wrong one', as('wrong'), 401],
    ['one that may only call', as('caller'), 403],
    ['one that may only read', as('reader'), 403],
  ])('refuses %s', async (_name, headers, status) => {
    const answer = await hub.publish(aDocument(), headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('www-authenticate') !== null).toBe(status === 401);
    expect(await hub.store.find('weather')).toBeUndefined();
  });

  it('checks it before the body', async () => {
    expect((await hub.publish('{', { 'content-type': 'application/json' })).status).toBe(401);
  });

  it('lets a token write in its namespaces only', async () => {
    expect((await hub.publish(aDocument({ id: 'one-1', name: 'io.github.alice/weather' }), as('alice'))).status).toBe(
      201,
    );
    expect((await hub.publish(aDocument({ id: 'alice-2' }), as('alice'))).status).toBe(201);
    expect((await hub.publish(aDocument({ id: 'one-3', name: 'io.github.bob/weather' }), as('alice'))).status).toBe(
      403,
    );
    expect((await hub.publish(aDocument({ id: 'bob-4' }), as('alice'))).status).toBe(403);
  });
});

describe('POST /v0/publish from a web page', () => {
  beforeEach(() => hub.start());

  it('of another origin is refused, auth on or off', async () => {
    const { status, body } = await hub.publish(aDocument(), { origin: 'https://evil.example' });
    expect([status, body['code']]).toEqual([403, 'foreign_origin']);
    expect(await hub.store.find('weather')).toBeUndefined();
  });

  it('of the hub itself is taken', async () => {
    expect((await hub.publish(aDocument(), { origin: hub.url })).status).toBe(201);
  });
});
