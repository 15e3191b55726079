import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '@mcp-hub/test-servers';
import { CallLoop, type LoopReport } from '../src/call-loop.js';
import { FailingStack } from '../src/failing-stack.js';
import { connectClient } from '../src/mcp-clients.js';
import { proves } from '../src/requirements.js';

let hub: FailingStack;
beforeAll(async () => {
  hub = await FailingStack.start();
}, 120_000);
afterAll(() => hub.stop(), 60_000);

async function whileThreeClientsCall(id: string, change: () => Promise<void>): Promise<LoopReport[]> {
  const urls = hub.gateways.map((url) => `${url}/servers/${id}/mcp`);
  const loops = [
    await CallLoop.connected('sdk-v1', urls[0] ?? ''),
    await CallLoop.connected('sdk-v2-modern', urls[1] ?? ''),
    CallLoop.plain(() => urls),
  ];
  await Promise.all(loops.map((loop) => loop.answered(5)));
  await change();
  await Promise.all(loops.map((loop) => loop.answered(20)));
  return Promise.all(loops.map((loop) => loop.stop()));
}

function greeting(journal: string, text: string): Record<string, unknown> {
  return { module_config: { path: 'counted-server.mjs', args: { journal, greeting: text } } };
}

describe('reload without a gap', () => {
  it(
    proves('RELOAD-1'),
    async () => {
      await hub.publishCounted('updated');
      const reports = await whileThreeClientsCall('updated', async () => {
        await hub.write('PUT', '/v0/servers/updated', greeting(hub.journal('updated'), 'Updated'));
        await waitUntil(async () => (await hub.loads('updated')).some((line) => line.endsWith('Updated')), {
          timeoutMs: 15_000,
          describe: 'the new generation is loaded',
        });
        await hub.whenHealthy('updated');
      });
      for (const { failures, answers } of reports) {
        expect(failures).toEqual([]);
        expect(answers.at(-1)).toMatch(/^Updated/);
      }
    },
    60_000,
  );

  it(
    proves('RELOAD-2'),
    async () => {
      await hub.publishCounted('reloaded');
      const reports = await whileThreeClientsCall('reloaded', async () => {
        for (let round = 0; round < 3; round++) {
          await hub.write('POST', '/v0/servers/reloaded/reload?wait=true', {});
        }
      });
      for (const { failures } of reports) expect(failures).toEqual([]);
      expect(await hub.loads('reloaded')).toHaveLength(4);
    },
    60_000,
  );

  it(
    proves('RELOAD-3'),
    async () => {
      await hub.publishCounted('unbroken');
      const reports = await whileThreeClientsCall('unbroken', async () => {
        await hub.write('PUT', '/v0/servers/unbroken', { module_config: { path: 'never-starts.mjs' } });
        await waitUntil(async () => (await hub.details('unbroken')).status_detail?.code === 'module_error', {
          timeoutMs: 15_000,
          describe: 'the reload has failed',
        });
      });
      for (const { failures } of reports) expect(failures).toEqual([]);
      expect(await hub.details('unbroken')).toMatchObject({ runtime_status: 'healthy', generation: 2 });
    },
    60_000,
  );
});

describe('sessions of a lost worker', () => {
  async function openAndKill(id: string, recovery: 'transparent' | 'strict') {
    await hub.whenRight(40_000);
    await hub.publishCounted(id, { session_recovery: recovery });
    const url = `${hub.gateways[0]}/servers/${id}/mcp`;
    const client = await connectClient('sdk-v1', url);
    const before = await client.call('greet', { name: 'session' });
    const details = await hub.details(id);
    process.kill(hub.workerOf(details).pid, 'SIGKILL');
    await waitUntil(
      async () => {
        const now = await hub.details(id);
        return now.runtime_status === 'healthy' && now.instances[0]?.since !== details.instances[0]?.since;
      },
      { timeoutMs: 15_000, describe: `${id} runs elsewhere` },
    );
    return { client, before, url };
  }

  it(
    proves('SESS-1'),
    async () => {
      const { client, before, url } = await openAndKill('revived', 'transparent');
      const first = await listTools(url, client.sessionId ?? '');
      expect(first.status).toBe(200);
      const text = await first.text();
      expect(text).toContain('"mcp-hub-registry/session":{"revived":true}');
      const second = await listTools(`${hub.gateways[1]}/servers/revived/mcp`, client.sessionId ?? '');
      expect(await second.text()).not.toContain('revived');
      const after = await client.call('greet', { name: 'session' });
      expect(after.text).not.toBe(before.text);
      expect(after.isError).toBe(false);
      await client.close();
    },
    60_000,
  );

  it(
    proves('SESS-2'),
    async () => {
      const { client, url } = await openAndKill('strictly', 'strict');
      expect((await listTools(url, client.sessionId ?? '')).status).toBe(404);
      const again = await connectClient('sdk-v1', url);
      expect((await again.call('greet', { name: 'x' })).isError).toBe(false);
      await again.close();
      await client.close();
    },
    60_000,
  );
});

function listTools(url: string, sessionId: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      'mcp-session-id': sessionId,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
    signal: AbortSignal.timeout(20_000),
  });
}
