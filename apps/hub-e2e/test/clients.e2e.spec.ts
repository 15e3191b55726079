import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hub } from '../src/hub.js';
import { aPetDocument } from '../src/documents.js';
import { clientKinds, connectClient, type ClientKind } from '../src/mcp-clients.js';
import { RecordingApi } from '../src/recording-api.js';
import { proves } from '../src/requirements.js';

let hub: Hub;
let api: RecordingApi;
beforeAll(async () => {
  hub = await Hub.underTest();
  api = await RecordingApi.start();
  await hub.publish({ id: 'pets-api', name: 'Pets', description: '', openapi_config: { spec: aPetDocument(api.url) } });
  await hub.publish({ id: 'greeter-v1', name: 'V1', description: '', module_config: { path: 'sdk-v1-server.mjs' } });
  await hub.publish({ id: 'greeter-v2', name: 'V2', description: '', module_config: { path: 'sdk-v2-server.mjs' } });
});
afterAll(async () => {
  for (const id of ['pets-api', 'greeter-v1', 'greeter-v2']) await hub.remove(id);
  await api.close();
});

async function listAndCall(kind: ClientKind): Promise<void> {
  const client = await connectClient(kind, hub.endpoint('pets-api'));
  expect(client.sessionId === undefined).toBe(kind === 'sdk-v2-modern');
  expect(await client.toolNames()).toEqual(['getPet', 'updatePet']);
  const answer = await client.call('getPet', { petId: kind });
  expect(answer).toMatchObject({ isError: false, structured: { ok: true, target: `/v1/pets/${kind}` } });
  const refused = await client.call('getPet', { petID: 'x' });
  expect(refused.isError).toBe(true);
  expect(refused.text).toContain('petId');
  await client.close();
}

describe('MCP clients', () => {
  it(proves('MCP-1'), () => listAndCall('sdk-v1'));
  it(proves('MCP-2'), () => listAndCall('sdk-v2-legacy'));
  it(proves('MCP-3'), () => listAndCall('sdk-v2-modern'));

  it.each(clientKinds)(proves('MCP-4', 'a %s client calls module servers of both SDKs'), async (kind) => {
    for (const [server, mark] of [
      ['greeter-v1', 'v1'],
      ['greeter-v2', 'v2'],
    ] as const) {
      const client = await connectClient(kind, hub.endpoint(server));
      expect(await client.toolNames()).toEqual(['greet']);
      const { text } = await client.call('greet', { name: kind });
      expect(text).toContain(`Hello, ${kind}! (${mark}`);
      await client.close();
    }
  });

  it(proves('MCP-5'), async () => {
    const first = hub.gateways[0] ?? '';
    const other = hub.gateways.at(-1) ?? '';
    const opened = await connectClient('sdk-v1', hub.endpoint('greeter-v2', first));
    const { sessionId = '' } = opened;
    expect(sessionId).not.toBe('');
    const answer = await postLegacy(hub.endpoint('greeter-v2', other), sessionId, 'tools/list');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('"greet"');
    const resumed = await connectClient('sdk-v1', hub.endpoint('greeter-v2', other), sessionId);
    expect((await resumed.call('greet', { name: 'again' })).text).toContain('Hello, again!');
    await opened.close();
    await resumed.close();
  });

  it(proves('MCP-6'), async () => {
    const url = hub.endpoint('greeter-v2');
    const { sessionId = '', close } = await connectClient('sdk-v1', url);
    const forged = `${sessionId.slice(0, -1)}${sessionId.endsWith('A') ? 'B' : 'A'}`;
    expect((await postLegacy(url, forged, 'tools/list')).status).toBe(404);
    expect((await postLegacy(hub.endpoint('greeter-v1'), sessionId, 'tools/list')).status).toBe(404);
    expect((await postLegacy(url, sessionId, 'tools/list')).status).toBe(200);
    const ended = await fetch(url, { method: 'DELETE', headers: { 'mcp-session-id': sessionId } });
    expect(ended.ok).toBe(true);
    expect((await postLegacy(url, sessionId, 'tools/list')).status).toBe(404);
    await close();
  });

  it(proves('MCP-7'), async () => {
    const answer = await postLegacy(hub.endpoint('nobody'), undefined, 'tools/list');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      jsonrpc: '2.0',
      id: 7,
      error: { message: expect.stringContaining('nobody') as unknown },
    });
  });

  it(proves('MCP-8'), async () => {
    const answer = await hub.api('/v0/publish', {
      method: 'POST',
      body: {
        id: 'slow',
        name: 'Slow',
        description: '',
        module_config: { path: 'slow-to-start.mjs', args: { delayMs: 1_500 } },
      },
    });
    expect(answer.status).toBe(201);
    expect((await hub.api('/v0/servers/slow')).body).toMatchObject({ runtime_status: 'loading' });
    const client = await connectClient('sdk-v2-modern', hub.endpoint('slow'));
    expect(await client.call('ready')).toMatchObject({ text: 'up', isError: false });
    await client.close();
    await hub.remove('slow');
  });
});

function postLegacy(url: string, sessionId: string | undefined, method: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      ...(sessionId === undefined ? {} : { 'mcp-session-id': sessionId }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 7, method, params: {} }),
    signal: AbortSignal.timeout(20_000),
  });
}
