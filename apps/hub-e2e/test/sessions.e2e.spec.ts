import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hub } from '../src/hub.js';
import { proves } from '../src/requirements.js';
import { connectSession, type SessionClient } from '../src/session-client.js';

let hub: Hub;
let folder: string;
const clients: SessionClient[] = [];
beforeAll(async () => {
  hub = await Hub.underTest();
  folder = await mkdtemp(join(tmpdir(), 'mcp-hub-sessions-'));
  await hub.publish({
    id: 'sessions',
    name: 'Sessions',
    description: '',
    module_config: { path: 'sessions-server.mjs', args: { journal: join(folder, 'journal') } },
  });
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await hub.remove('sessions');
  await rm(folder, { recursive: true, force: true });
});

async function connect(gateway = hub.gateways.at(-1) ?? ''): Promise<SessionClient> {
  const client = await connectSession(new SSEClientTransport(new URL(`${gateway}/servers/sessions/sse`)));
  clients.push(client);
  return client;
}

const journal = async (): Promise<string[]> => (await readFile(join(folder, 'journal'), 'utf8')).trim().split('\n');

describe('a client of HTTP+SSE', () => {
  it(proves('SSE-1'), async () => {
    const client = await connect();
    expect(await client.tools()).toContain('count');
    expect((await client.call('count', { to: 1, everyMs: 1 })).text).toBe('counted to 1');
    expect((await client.call('ask')).text).toContain('red');
    await client.subscribe('test://note');
    await client.setLevel('error');
    await client.call('log');
    await client.call('touch');
    await expect.poll(() => client.updated).toEqual(['test://note']);
    expect(client.logged).toEqual(['error']);
  });

  it(proves('SSE-2'), async () => {
    const client = await connect();
    const call = client.call('hang').catch((error: unknown) => error);
    await expect.poll(journal).toContain('hang');
    await client.close();
    await expect.poll(journal, { timeout: 5_000 }).toContain('aborted');
    expect(await call).toBeInstanceOf(Error);
  });

  it(proves('SSE-3'), async () => {
    const [first, other] = [hub.gateways[0] ?? '', hub.gateways.at(-1) ?? ''];
    const stream = await fetch(`${first}/servers/sessions/sse`, { headers: { accept: 'text/event-stream' } });
    const { value } = (await stream.body?.getReader().read()) ?? {};
    const path = /^data: (.*)$/m.exec(Buffer.from(value ?? []).toString())?.[1] ?? '';
    const post = (url: string, headers: Record<string, string> = {}): Promise<number> =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
      }).then(({ status }) => status);
    expect(await post(other + path)).toBe(202);
    expect(await post(`${first}${path}x`)).toBe(404);
    expect(await post(first + path.replace('/sessions/', '/another/'))).toBe(404);
    expect(await post(first + path, { origin: 'https://evil.example' })).toBe(403);
    const foreign = await fetch(`${first}/servers/sessions/sse`, { headers: { origin: 'https://evil.example' } });
    expect(foreign.status).toBe(403);
  });
});
