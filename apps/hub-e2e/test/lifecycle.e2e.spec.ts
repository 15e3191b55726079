import { beforeAll, describe, expect, it } from 'vitest';
import { Hub } from '../src/hub.js';
import { connectClient } from '../src/mcp-clients.js';
import { proves } from '../src/requirements.js';

let hub: Hub;
beforeAll(async () => {
  hub = await Hub.underTest();
});

function aGreeter(id: string): Record<string, unknown> {
  return { id, name: `Greeter ${id}`, description: '', module_config: { path: 'sdk-v2-server.mjs' } };
}

async function post(url: string, method: string, params: Record<string, unknown> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof params['name'] === 'string' ? { 'mcp-name': params['name'] } : {}),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 'request-1',
      method,
      params: {
        ...params,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
    signal: AbortSignal.timeout(30_000),
  });
}

async function greets(id: string): Promise<string> {
  const client = await connectClient('sdk-v2-modern', hub.endpoint(id));
  const { text } = await client.call('greet', { name: 'you' });
  await client.close();
  return text;
}

describe('the life of a server', () => {
  it(proves('LIFE-1'), async () => {
    await hub.publish(aGreeter('switched'));
    const off = await hub.api('/v0/servers/switched/disable?wait=true', { method: 'POST' });
    expect(off).toMatchObject({ status: 200, body: { id: 'switched', runtime_status: 'disabled', generation: 2 } });

    const listed = await post(hub.endpoint('switched'), 'tools/list');
    expect(listed.status).toBe(503);
    expect(await listed.json()).toMatchObject({
      jsonrpc: '2.0',
      id: 'request-1',
      error: { data: { error: 'Server unavailable', server: 'Greeter switched', status: 'disabled' } },
    });
    const called = await post(hub.endpoint('switched'), 'tools/call', { name: 'greet', arguments: { name: 'x' } });
    expect(called.status).toBe(200);
    expect(await called.json()).toMatchObject({ error: { data: { outcome: 'not_executed', status: 'disabled' } } });
    const opened = await fetch(hub.endpoint('switched'), { headers: { accept: 'text/event-stream' } });
    expect(opened.status).toBe(503);
    expect(await opened.json()).toMatchObject({ error: 'Server unavailable', status: 'disabled' });

    const on = await hub.api('/v0/servers/switched/enable?wait=true', { method: 'POST' });
    expect(on).toMatchObject({ status: 200, body: { runtime_status: 'healthy', generation: 3 } });
    expect(await greets('switched')).toContain('Hello, you!');
    await hub.remove('switched');
  });

  it(proves('LIFE-2'), async () => {
    await hub.publish(aGreeter('short-lived'));
    const removed = await hub.api('/v0/servers/short-lived', { method: 'DELETE' });
    expect(removed).toMatchObject({ status: 200, body: { message: 'Server deleted successfully' } });
    expect((await hub.api('/v0/servers/short-lived')).status).toBe(404);
    await expect.poll(async () => (await post(hub.endpoint('short-lived'), 'tools/list')).status).toBe(404);
    expect(await hub.publish(aGreeter('short-lived'))).toMatchObject({ id: 'short-lived', runtime_status: 'healthy' });
    expect(await greets('short-lived')).toContain('Hello, you!');
    await hub.remove('short-lived');
  });

  it(proves('LIFE-3', 'a module that throws is not retried, and says why'), async () => {
    const answer = await hub.publish({
      id: 'broken',
      name: 'Broken',
      description: '',
      module_config: { path: 'never-starts.mjs' },
    });
    expect(answer).toMatchObject({ runtime_status: 'failed' });
    const details = await hub.api('/v0/servers/broken');
    expect(details.body).toMatchObject({ runtime_status: 'failed', status_detail: { code: 'module_error' } });
    expect(details.body['error']).toContain('the database of this server is missing');
    const refused = await post(hub.endpoint('broken'), 'tools/list');
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({
      error: { data: { status: 'failed', message: expect.stringContaining('database of this server') as unknown } },
    });
    await hub.remove('broken');
  });

  it(proves('LIFE-3', 'a document that cannot be reached is tried as often as configured'), async () => {
    const { RecordingApi } = await import('../src/recording-api.js');
    const api = await RecordingApi.start(() => ({ status: 503, body: { error: 'down' } }));
    const answer = await hub.publish({
      id: 'unreachable',
      name: 'Unreachable',
      description: '',
      retry_attempts: 3,
      retry_delay: 0.1,
      openapi_config: { url: `${api.url}/openapi.json` },
    });
    expect(answer).toMatchObject({ runtime_status: 'failed' });
    expect(api.received.map(({ target }) => target)).toEqual(Array(3).fill('/openapi.json'));
    const { body } = await hub.api('/v0/servers/unreachable');
    expect(body).toMatchObject({ status_detail: { code: 'document_unreachable' } });
    const { next_retry_at: next, since } = body['status_detail'] as { next_retry_at: string; since: string };
    expect(Date.parse(next) - Date.parse(since)).toBe(60_000);
    await hub.remove('unreachable');
    await api.close();
  });

  it(proves('LIFE-4'), async () => {
    await hub.publish(aGreeter('stubborn'));
    const before = await greets('stubborn');
    const updated = await hub.api('/v0/servers/stubborn', {
      method: 'PUT',
      body: { module_config: { path: 'never-starts.mjs' } },
    });
    expect(updated.status).toBe(200);
    await expect
      .poll(async () => (await hub.api('/v0/servers/stubborn')).body, { timeout: 20_000 })
      .toMatchObject({ runtime_status: 'healthy', status_detail: { code: 'module_error' }, generation: 2 });
    expect(await greets('stubborn')).toBe(before);
    await hub.remove('stubborn');
  });
});
