import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Hub } from '../src/hub.js';
import { allowedVariable, refusedVariable } from '../src/hub-environment.js';
import { connectClient } from '../src/mcp-clients.js';
import { aPetDocument, bigDocument } from '../src/documents.js';
import { RecordingApi } from '../src/recording-api.js';
import { proves } from '../src/requirements.js';

let hub: Hub;
let api: RecordingApi;
beforeAll(async () => {
  hub = await Hub.underTest();
  api = await RecordingApi.start();
});
afterAll(() => api.close());

async function callOnce(serverId: string, tool: string, args: Record<string, unknown>) {
  const client = await connectClient('sdk-v2-modern', hub.endpoint(serverId));
  try {
    return await client.call(tool, args);
  } finally {
    await client.close();
  }
}

describe('publishing', () => {
  it(proves('PUB-1'), async () => {
    const entry = stringify({
      id: 'pets',
      name: 'Pets',
      description: 'The pets of a shop',
      openapi_config: { spec: aPetDocument(api.url) },
    });
    const answer = await hub.api('/v0/publish', { method: 'POST', body: entry, contentType: 'application/yaml' });
    expect(answer).toMatchObject({ status: 201, body: { id: 'pets', message: 'Server publication successful' } });

    const result = await callOnce('pets', 'updatePet', {
      petId: 'a/../b c',
      notify: true,
      tags: ['x', 'y z'],
      'X-Trace': 'trace-1',
      name: 'Rex',
      age: 3,
    });
    expect(result.isError).toBe(false);
    const { method, target, headers, body } = api.last();
    expect({ method, target, trace: headers['x-trace'], body: JSON.parse(body) as unknown }).toEqual({
      method: 'PUT',
      target: '/v1/pets/a%2F..%2Fb%20c?notify=true&tags=x&tags=y%20z',
      trace: 'trace-1',
      body: { name: 'Rex', age: 3 },
    });
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(headers.authorization).toBeUndefined();
    await hub.remove('pets');
  });

  it(proves('PUB-2'), async () => {
    const answer = await hub.publish({
      id: 'immediate',
      name: 'Immediate',
      description: '',
      openapi_config: { spec: aPetDocument(api.url) },
    });
    expect(answer).toMatchObject({ id: 'immediate', runtime_status: 'healthy', generation: 1, warnings: [] });
    await hub.remove('immediate');
  });

  it(proves('PUB-3'), async () => {
    const entry = { id: 'twice', name: 'Twice', description: '', module_config: { path: 'sdk-v2-server.mjs' } };
    await hub.publish(entry);
    const second = await hub.api('/v0/publish', { method: 'POST', body: entry });
    expect(second).toMatchObject({ status: 409, body: { status: 409, code: 'server_exists' } });
    expect(second.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    await hub.remove('twice');
  });

  it(proves('PUB-4', 'a body that cannot be parsed is 400'), async () => {
    for (const [contentType, body] of [
      ['application/json', '{"id": '],
      ['application/yaml', 'a: [1, 2'],
      ['application/json', '\u0000\u0001garbage'],
    ] as const) {
      const answer = await hub.api('/v0/publish', { method: 'POST', body, contentType });
      expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_body' } });
    }
  });

  it(proves('PUB-4', 'another Content-Type is 415'), async () => {
    const answer = await hub.api('/v0/publish', { method: 'POST', body: 'id=x', contentType: 'text/plain' });
    expect(answer.status).toBe(415);
  });

  it(proves('PUB-4', 'an invalid entry is 422 with every field'), async () => {
    const answer = await hub.api('/v0/publish', {
      method: 'POST',
      body: {
        id: 'Not A Slug',
        nmae: 'typo',
        description: 7,
        replicas: 0,
        load_immediately: 'yes',
        openapi_config: { url: 'http://169.254.169.254/latest', route_maps: [{ pattern: '(' }] },
      },
    });
    expect(answer.status).toBe(422);
    const paths = (answer.body['errors'] as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'id',
        'name',
        'nmae',
        'description',
        'replicas',
        'load_immediately',
        'openapi_config.route_maps[0].pattern',
      ]),
    );
    expect(JSON.stringify(answer.body)).not.toContain('Not A Slug');
  });

  it(proves('PUB-4', 'a URL that names a forbidden address is 422'), async () => {
    const answer = await hub.api('/v0/publish', {
      method: 'POST',
      body: { id: 'ssrf', name: 'n', description: '', openapi_config: { url: 'http://2852039166/latest' } },
    });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'openapi_config.url' }] } });
  });

  it(proves('PUB-5'), async () => {
    const entry = { id: 'unauthorised', name: 'n', description: '', module_config: { path: 'sdk-v2-server.mjs' } };
    for (const token of [null, 'wrong-token']) {
      const answer = await hub.api('/v0/publish', { method: 'POST', body: entry, token });
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
    for (const [method, path] of [
      ['DELETE', '/v0/servers/unauthorised'],
      ['POST', '/v0/servers/unauthorised/reload'],
      ['PUT', '/v0/servers/unauthorised'],
    ] as const) {
      expect((await hub.api(path, { method, body: {}, token: 'wrong-token' })).status).toBe(401);
    }
    expect((await hub.api('/v0/servers/unauthorised')).status).toBe(404);
  });

  it(proves('PUB-6'), async () => {
    const answer = await hub.api('/v0/publish', {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: { id: 'from-a-page', name: 'n', description: '', module_config: { path: 'sdk-v2-server.mjs' } },
    });
    expect(answer.status).toBe(403);
    expect((await hub.api('/v0/servers/from-a-page')).status).toBe(404);
  });

  it(proves('PUB-7', 'a literal secret reads back as *** and reaches the upstream'), async () => {
    const secret = 'a-literal-secret-of-a-publisher';
    await hub.publish({
      id: 'secretive',
      name: 'Secretive',
      description: '',
      openapi_config: { spec: aPetDocument(api.url) },
      auth_config: { type: 'bearer', token: secret },
    });
    const read = await hub.api('/v0/servers/secretive');
    expect(read.body).toMatchObject({ auth_config: { type: 'bearer', token: '***' } });
    const everything = [read, await hub.api('/v0/servers?limit=100'), await hub.api('/v0/status')];
    expect(JSON.stringify(everything.map(({ body }) => body))).not.toContain(secret);
    await callOnce('secretive', 'getPet', { petId: '1' });
    expect(api.last().headers.authorization).toBe(`Bearer ${secret}`);

    const updated = await hub.api('/v0/servers/secretive', { method: 'PUT', body: { ...read.body, tags: ['kept'] } });
    expect(updated.status).toBe(200);
    await hub.whenStatus('secretive', 'healthy');
    await hub.api('/v0/servers/secretive/reload?wait=true', { method: 'POST' });
    await callOnce('secretive', 'getPet', { petId: '2' });
    expect(api.last().headers.authorization).toBe(`Bearer ${secret}`);
    await hub.remove('secretive');
  });

  it(proves('PUB-7', 'an allowed variable reaches the upstream and reads back as a reference'), async () => {
    await hub.publish({
      id: 'by-reference',
      name: 'By reference',
      description: '',
      openapi_config: { spec: aPetDocument(api.url) },
      auth_config: { type: 'api_key', header_name: 'X-Key', api_key: `\${${allowedVariable.name}}` },
    });
    const { body } = await hub.api('/v0/servers/by-reference');
    expect(body).toMatchObject({ auth_config: { api_key: `\${${allowedVariable.name}}` } });
    await callOnce('by-reference', 'getPet', { petId: '1' });
    expect(api.last().headers['x-key']).toBe(allowedVariable.value);
    await hub.remove('by-reference');
  });

  it(proves('PUB-8'), async () => {
    const spec = bigDocument(api.url, 20 * 1024 * 1024);
    const answer = await hub.publish({ id: 'big', name: 'Big', description: '', openapi_config: { spec } });
    expect(answer).toMatchObject({ runtime_status: 'healthy' });
    const result = await callOnce('big', 'getPet', { petId: '20' });
    expect(result).toMatchObject({ isError: false, structured: { ok: true, target: '/v1/pets/20' } });
    const list = await hub.api('/v0/servers?limit=100');
    expect(JSON.stringify(list.body).length).toBeLessThan(200_000);
    await hub.remove('big');
  });

  it(proves('PUB-9'), async () => {
    await hub.publish({
      id: 'moving',
      name: 'Moving',
      description: '',
      module_config: { path: 'sdk-v2-server.mjs', args: { greeting: 'Before' } },
    });
    const client = await connectClient('sdk-v2-modern', hub.endpoint('moving'));
    const seen = new Set<string>();
    let isDone = false;
    const calling = (async () => {
      while (!isDone) {
        const { text, isError } = await client.call('greet', { name: 'x' });
        if (isError) throw new Error(text);
        seen.add(text.split(',', 1)[0] ?? '');
        if (seen.has('After')) isDone = true;
      }
    })();
    const updated = await hub.api('/v0/servers/moving', {
      method: 'PUT',
      body: { module_config: { path: 'sdk-v2-server.mjs', args: { greeting: 'After' } } },
    });
    expect(updated).toMatchObject({ status: 200, body: { message: 'Server updated successfully', generation: 2 } });
    await calling;
    expect([...seen].at(-1)).toBe('After');
    await client.close();
    await hub.remove('moving');
  });

  it(proves('PUB-10'), async () => {
    const answer = await hub.publish({
      id: 'curious',
      name: 'Curious',
      description: '',
      openapi_config: { spec: aPetDocument(api.url) },
      auth_config: { type: 'bearer', token: `\${${refusedVariable.name}}` },
    });
    expect(answer).toMatchObject({ runtime_status: 'failed' });
    const { body } = await hub.api('/v0/servers/curious');
    expect(body).toMatchObject({ status_detail: { code: 'variable_refused' } });
    expect(body['error']).toContain(refusedVariable.name);
    expect(JSON.stringify(body)).not.toContain(refusedVariable.value);
    await hub.remove('curious');
  });
});
