import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hub } from '../src/hub.js';
import { proves } from '../src/requirements.js';

let hub: Hub;
const ids = ['list-a', 'list-b', 'list.c', 'list_d'];
beforeAll(async () => {
  hub = await Hub.underTest();
  for (const [index, id] of ids.entries()) {
    await hub.publish({
      id,
      name: `Listed ${id}`,
      description: 'd',
      tags: index % 2 === 0 ? ['even', 'all'] : ['all'],
      enabled: id !== 'list-b',
      module_config: { path: 'sdk-v2-server.mjs' },
    });
  }
});
afterAll(async () => {
  for (const id of ids) await hub.remove(id);
});

interface Page {
  servers: { id: string; runtime_status: string; mcp_endpoint?: string }[];
  metadata: { next_cursor: string | null; count: number };
}

async function page(query: string): Promise<Page> {
  const answer = await hub.api(`/v0/servers?${query}`, { token: null });
  expect(answer.status).toBe(200);
  return answer.body as unknown as Page;
}

describe('the registry', () => {
  it(proves('LIST-1'), async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { servers, metadata } = await page(`limit=1&tags=all&cursor=${cursor}`);
      expect(metadata.count).toBe(servers.length);
      seen.push(...servers.map(({ id }) => id));
      cursor = metadata.next_cursor ?? '';
    } while (cursor !== '');
    expect(seen).toEqual(ids);
    const idsOf = async (query: string): Promise<string[]> => (await page(query)).servers.map(({ id }) => id);
    expect(await idsOf('tags=all,even')).toEqual(['list-a', 'list.c']);
    expect(await idsOf('tags=all&enabled=false')).toEqual(['list-b']);
    expect(await idsOf('tags=all&status=disabled&status=failed')).toEqual(['list-b']);
    expect(await idsOf('tags=all&status=healthy')).toEqual(['list-a', 'list.c', 'list_d']);
    const bad = await hub.api('/v0/servers?limit=0&cursor=%20&enabled=maybe&status=fine');
    expect(bad.status).toBe(400);
    expect((bad.body['errors'] as { path: string }[]).map(({ path }) => path)).toEqual([
      'limit',
      'cursor',
      'enabled',
      'status',
    ]);
  });

  it(proves('LIST-2'), async () => {
    await expect
      .poll(async () => (await hub.api('/v0/servers/list-a')).body)
      .toMatchObject({ runtime_status: 'healthy', capabilities: { tools: [{ name: 'greet' }] } });
    const { body, headers } = await hub.api('/v0/servers/list-a');
    expect(headers.get('etag')).toBe('"1"');
    const { instances } = body as { instances: { worker: string; state: string; since: string }[] };
    expect(instances).toEqual([
      { worker: expect.any(String) as unknown, state: 'healthy', since: expect.any(String) as unknown },
    ]);
    if (hub.form === 'split') expect(['worker-1', 'worker-2']).toContain(instances[0]?.worker);
    const endpoint = new URL(body['mcp_endpoint'] as string, hub.gateways[0]);
    expect(endpoint.href).toBe(hub.endpoint('list-a'));
  });

  it(proves('LIST-2', 'an entry tells what was skipped of its document'), async () => {
    const spec = {
      openapi: '3.1.0',
      info: { title: 'T', version: '1' },
      servers: [{ url: 'http://localhost:9' }],
      paths: { '/x': { get: { parameters: [{ $ref: '#/components/parameters/Missing' }], responses: {} } } },
    };
    await hub.publish({ id: 'remarkable', name: 'Remarkable', description: '', openapi_config: { spec } });
    await expect
      .poll(async () => (await hub.api('/v0/servers/remarkable')).body['diagnostics'])
      .toContainEqual({
        severity: expect.stringMatching(/^(warning|error)$/) as unknown,
        pointer: expect.stringContaining('/paths/~1x/get') as unknown,
        code: expect.any(String) as unknown,
        message: expect.any(String) as unknown,
      });
    await hub.remove('remarkable');
  });

  it(proves('HUB-1'), async () => {
    const ping = await hub.api('/v0/ping', { token: null });
    expect(ping.body).toMatchObject({ pong: true, version: expect.stringMatching(/^registry-\d/) as unknown });
    await expect
      .poll(async () => (await hub.api('/v0/health')).body)
      .toMatchObject({
        status: 'ok',
        components: {
          database: 'healthy',
          queue: 'healthy',
          hub: { total_servers: 4, loaded_servers: 3, healthy_servers: 3 },
        },
      });
    const { body } = await hub.api('/v0/status');
    expect(body).toMatchObject({
      hub: { uptime: expect.any(Number) as unknown },
      servers: { 'list-a': { status: 'healthy', error: null }, 'list-b': { status: 'disabled', loaded_at: null } },
      stats: { total_registered: 4, total_loaded: 3, healthy: 3, failed: 0 },
    });
  });
});
