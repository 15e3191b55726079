import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '@mcp-hub/test-servers';
import { hostileEntry, hostings, serve, serveBeside } from '../src/hostile-entries.js';
import { HostileRemote, type SeenCalls } from '../src/hostile-remote.js';
import { Hub } from '../src/hub.js';
import { LazyClient } from '../src/lazy-client.js';
import { watchMemory } from '../src/memory-watch.js';
import { modernRequest } from '../src/modern-request.js';
import { measureNeighbour } from '../src/neighbour.js';
import { proves } from '../src/requirements.js';

const mebibyte = 1024 * 1024;
let hub: Hub;
let remote: HostileRemote;
beforeAll(async () => {
  hub = await Hub.underTest();
  remote = await HostileRemote.start();
});
afterAll(() => remote.close());

/**
 * So many clients that read nothing, of what would take GiB if it were kept for them. The bounds are what it takes beyond
 * what the same answers take when they are read, garbage that waits for its collection included.
 */
const readers = [
  { what: 'a large answer', tool: 'big', args: { bytes: 8 * mebibyte }, clients: 60, waves: 3, maxGrowthMiB: 300 },
  { what: 'an endless stream', tool: 'flood', args: {}, clients: 30, waves: 1, maxGrowthMiB: 180 },
];

describe('clients that do not read', () => {
  it.each(readers)(proves('ISO-5', '$what'), async ({ tool, args, clients, waves, maxGrowthMiB }) => {
    const id = `unread-${tool}`;
    const url = await serve(hub, hostileEntry('stdio', id, remote, { call_timeout: 8, call_deadline: 8 }));
    const neighbour = await serveBeside(hub, id);
    if (tool === 'big') {
      await Promise.all(
        Array.from({ length: clients }, () => modernRequest(url, 'tools/call', { name: tool, arguments: args })),
      );
    }
    const memory = await watchMemory((await hub.services()).map(({ pid }) => pid));
    const lazy: LazyClient[] = [];
    try {
      for (let wave = 0; wave < waves; wave += 1) {
        lazy.push(...Array.from({ length: clients }, () => LazyClient.callTool(url, tool, args)));
        expect(await lazy.at(-clients)?.begun()).toBe(200);
        const { failures, calls } = await measureNeighbour(hub.endpoint(neighbour), 6_000);
        expect({ failures, isCalled: calls > 0 }).toEqual({ failures: [], isCalled: true });
      }
      const growthMiB = Math.round((await memory.stop()) / mebibyte);
      console.info(`${hub.form}: ${waves} × ${clients} clients leave ${tool} unread: +${growthMiB} MiB`);
      expect(growthMiB).toBeLessThan(maxGrowthMiB);
    } finally {
      for (const client of lazy) client.leave();
      await hub.remove(id);
      await hub.remove(neighbour);
    }
  });
});

describe('clients that go away', () => {
  it.each(hostings)(proves('ISO-6', 'a modern client cancels its call at a %s server'), async (hosting) => {
    const id = `left-${hosting}`;
    const url = await serve(hub, hostileEntry(hosting, id, remote, { call_timeout: 60 }));
    const seen = async (): Promise<SeenCalls> => {
      if (hosting === 'remote') return remote.seen();
      const { message } = await modernRequest(url, 'tools/call', { name: 'seen' });
      return JSON.parse(message.result?.content?.[0]?.text ?? '') as SeenCalls;
    };
    const client = LazyClient.callTool(url, 'hang');
    await until('the call has come', async () => (await seen()).open.includes('hang'));
    client.leave();
    await until('the call is cancelled at the server', async () => (await seen()).cancelled.includes('hang'));
    await hub.remove(id);
  });

  it.each(['module', 'stdio'] as const)(proves('ISO-6', 'a legacy client cancels at a %s server'), async (hosting) => {
    const id = `cancelled-${hosting}`;
    const url = await serve(hub, hostileEntry(hosting, id, remote, { call_timeout: 60 }));
    const client = new Client({ name: 'impatient', version: '1.0.0' });
    await client.connect(new StreamableHTTPClientTransport(new URL(url)));
    const seen = async (): Promise<SeenCalls> => {
      const { content } = await client.callTool({ name: 'seen' });
      return JSON.parse((content as { text: string }[])[0]?.text ?? '') as SeenCalls;
    };
    const impatience = new AbortController();
    const call = client.callTool({ name: 'hang' }, undefined, { signal: impatience.signal });
    await until('the call has come', async () => (await seen()).open.includes('hang'));
    impatience.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    await until('the call is cancelled at the server', async () => (await seen()).cancelled.includes('hang'));
    await client.close();
    await hub.remove(id);
  });
});

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  await waitUntil(async () => ((await holds()) ? true : undefined), { timeoutMs: 10_000, describe: what });
}
