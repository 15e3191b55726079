import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '@mcp-hub/test-servers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { Hub } from '../src/hub.js';
import { workspaceRoot } from '../src/hub-environment.js';
import { hubWrites } from '../src/hub-writes.js';
import { clientKinds, connectClient, type ConnectedClient } from '../src/mcp-clients.js';
import { RecordingApi } from '../src/recording-api.js';
import { proves } from '../src/requirements.js';
import { answeringOperations, styledOperations } from '../src/styled-operations.js';
import { StylesService } from '../src/styles-service.js';

let hub: Hub;
const clients: ConnectedClient[] = [];
beforeAll(async () => {
  hub = await Hub.underTest();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

async function connect(serverId: string, kind: (typeof clientKinds)[number] = 'sdk-v2-modern') {
  const client = await connectClient(kind, hub.endpoint(serverId));
  clients.push(client);
  return client;
}

describe('a service that publishes its own document', () => {
  let service: StylesService;
  beforeAll(async () => {
    service = await StylesService.start();
    const openapi_config = { url: `${service.url}/openapi.json` };
    await hub.publish({ id: 'every-style', name: 'Every style', description: '', openapi_config });
  });
  afterAll(async () => {
    await hub.remove('every-style');
    await service.close();
  });

  it.each(clientKinds)(proves('API-1', 'every operation is called through %s'), async (kind) => {
    const client = await connect('every-style', kind);
    expect((await client.toolNames()).toSorted()).toEqual(styledOperations.map(({ id }) => id).toSorted());
    const before = new Map(service.served);
    for (const { id, args } of styledOperations) {
      const { isError, text } = await client.call(id, args);
      expect({ id, isError, ...(isError && { text }) }).toEqual({ id, isError: false });
      expect({ id, served: service.served.get(id) }).toEqual({ id, served: (before.get(id) ?? 0) + 1 });
    }
  });

  it.each(clientKinds)(proves('API-2', 'through %s'), async (kind) => {
    const client = await connect('every-style', kind);
    await client.toolNames();
    for (const { id, args, result = {} } of answeringOperations) {
      const { structured, content } = await client.call(id, args);
      expect({ id, structured }).toEqual({ id, structured: result.structured });
      if (result.content) expect({ id, content }).toMatchObject({ id, content: result.content });
    }
  });
});

describe('the hub, as an entry of itself', () => {
  it(proves('API-3', 'answers every operation of its own document'), async () => {
    const spec: unknown = parseYaml(await readFile(join(workspaceRoot, 'data/hub-api.openapi.yaml'), 'utf8'));
    const openapi_config = { spec, base_url: hub.apiUrl };
    await hub.publish({ id: 'hub-itself', name: 'Hub', description: '', openapi_config });
    const client = await connect('hub-itself');
    const calls: Record<string, Record<string, unknown>> = {
      listServers: { limit: 5, status: ['healthy'] },
      getServer: { id: 'hub-itself' },
      getHealth: {},
      ping: {},
      getStatus: {},
    };
    expect((await client.toolNames()).toSorted()).toEqual(Object.keys(calls).toSorted());
    const answers: Record<string, unknown> = {};
    for (const [name, args] of Object.entries(calls)) {
      const { isError, structured } = await client.call(name, args);
      expect({ name, isError }).toEqual({ name, isError: false });
      answers[name] = structured;
    }
    expect(answers['getServer']).toMatchObject({ id: 'hub-itself', runtime_status: 'healthy' });
    const { servers } = answers['listServers'] as { servers: { id: string }[] };
    expect(servers.map(({ id }) => id)).toContain('hub-itself');
    await hub.remove('hub-itself');
  });

  it(proves('API-3', 'publishes, changes and removes an entry'), async () => {
    await hub.publish({
      id: 'hub-writes',
      name: 'Hub, writing',
      description: '',
      openapi_config: { spec: hubWrites(hub.apiUrl) },
      auth_config: { type: 'bearer', token: hub.token },
    });
    const client = await connect('hub-writes');
    const module_config = { path: 'sdk-v2-server.mjs' };
    const entry = { id: 'by-itself', name: 'By itself', description: '', module_config };
    const steps: [string, Record<string, unknown>, Record<string, unknown>][] = [
      ['publish', { ...entry, load_immediately: true }, { runtime_status: 'healthy' }],
      ['update', { ...entry, name: 'Renamed' }, { generation: 2 }],
      ['disable', { id: 'by-itself', wait: true }, { id: 'by-itself' }],
      ['enable', { id: 'by-itself', wait: true }, { id: 'by-itself' }],
      ['reload', { id: 'by-itself', wait: true }, { id: 'by-itself' }],
    ];
    for (const [name, args, expected] of steps) {
      const { isError, structured, text } = await client.call(name, name === 'update' ? updateOf(args) : args);
      expect({ name, isError, ...(isError && { text }) }).toEqual({ name, isError: false });
      expect({ name, structured }).toMatchObject({ name, structured: expected });
    }
    expect((await hub.api('/v0/servers/by-itself')).body).toMatchObject({ name: 'Renamed', runtime_status: 'healthy' });
    expect((await client.call('remove', { id: 'by-itself' })).isError).toBe(false);
    expect((await hub.api('/v0/servers/by-itself')).status).toBe(404);
    await hub.remove('hub-writes');
  });
});

/** The path and the body both have an `id`. */
function updateOf({ id, ...entry }: Record<string, unknown>): Record<string, unknown> {
  return { ...entry, id, id__path: id };
}

interface Details {
  capabilities: { tools: { name: string }[] };
  diagnostics: { code: string; message: string }[];
}

describe('a document that changes', () => {
  it(proves('API-4'), async () => {
    let names = ['first'];
    let isBroken = false;
    const api = await RecordingApi.start(({ target }) => {
      if (target !== '/openapi.json') return { body: { ok: true } };
      const paths = Object.fromEntries(
        names.map((name) => [`/${name}`, { get: { operationId: name, responses: {} } }]),
      );
      return { body: isBroken ? 'openapi: [' : { openapi: '3.1.0', info: { title: 'T', version: '1' }, paths } };
    });
    const openapi_config = { url: `${api.url}/openapi.json`, refresh_interval: 1 };
    await hub.publish({ id: 'changing', name: 'Changing', description: '', openapi_config });
    const client = await connect('changing');
    expect(await client.toolNames()).toEqual(['first']);
    names = ['first', 'second'];
    await waitUntil(async () => (await client.toolNames()).length === 2, { timeoutMs: 10_000, describe: 'two tools' });
    const recorded = async (isSo: (details: Details) => boolean, describe: string): Promise<Details> =>
      waitUntil(
        async () => {
          const { body } = await hub.api('/v0/servers/changing');
          const details = body as unknown as Details;
          return isSo(details) ? details : undefined;
        },
        { timeoutMs: 20_000, describe },
      );
    const both = await recorded(({ capabilities }) => capabilities.tools.length === 2, 'two recorded tools');
    expect(both).toMatchObject({ runtime_status: 'healthy', generation: 1, diagnostics: [] });
    isBroken = true;
    const bad = await recorded(({ diagnostics }) => diagnostics.length > 0, 'a diagnostic');
    expect(bad).toMatchObject({ runtime_status: 'healthy', capabilities: { tools: [{}, {}] } });
    expect(bad.diagnostics).toMatchObject([{ severity: 'error', code: 'document_refresh_failed' }]);
    expect(bad.diagnostics[0]?.message).toMatch(/since 20\d\d-.*neither JSON nor YAML/);
    expect((await client.call('second')).isError).toBe(false);
    isBroken = false;
    names = ['third'];
    const mended = await recorded(({ diagnostics }) => diagnostics.length === 0, 'no diagnostic');
    expect(mended.capabilities.tools).toMatchObject([{ name: 'third' }]);
    await hub.remove('changing');
    await api.close();
  });
});
