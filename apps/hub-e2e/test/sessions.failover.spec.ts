import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FailingStack } from '../src/failing-stack.js';
import { eventsOf, RawSession } from '../src/raw-session.js';
import { proves } from '../src/requirements.js';
import { connectSession, type SessionClient } from '../src/session-client.js';

const maxSessions = 30;
const note = 'test://note';

let hub: FailingStack;
const clients: SessionClient[] = [];
beforeAll(async () => {
  hub = await FailingStack.start({ MCP_REGISTRY_GATEWAY_MAX_SESSIONS: String(maxSessions) });
  await hub.write('POST', '/v0/publish', {
    id: 'sessions',
    name: 'Sessions',
    description: '',
    load_immediately: true,
    module_config: { path: 'sessions-server.mjs', args: { journal: hub.journal('sessions') } },
  });
  await hub.whenHealthy('sessions');
}, 120_000);
afterAll(async () => {
  for (const client of clients) await client.close();
  await hub.stop();
}, 60_000);
beforeEach(() => hub.whenRight(40_000), 50_000);

const at = (gateway: number, endpoint = 'mcp'): string => `${hub.gateways[gateway]}/servers/sessions/${endpoint}`;

async function connect(transport: Transport): Promise<SessionClient> {
  const client = await connectSession(transport);
  clients.push(client);
  return client;
}

/** Kills a gateway, and resolves when another process serves at its address. */
async function replaceGateway(index: number): Promise<void> {
  const gateway = hub.state.gateways[index];
  if (!gateway) throw new Error('There is no such gateway.');
  process.kill(gateway.pid, 'SIGKILL');
  await expect
    .poll(() => hub.state.gateways.find(({ id }) => id === gateway.id)?.pid ?? gateway.pid, { timeout: 30_000 })
    .not.toBe(gateway.pid);
}

describe('sessions', () => {
  it(
    proves('SESS-3'),
    async () => {
      const [first, other] = [at(0), at(1)];
      const gateway = hub.state.gateways.find(({ url }) => first.startsWith(url));
      const session = await RawSession.open(first);
      const params = { name: 'count', arguments: { to: 40, everyMs: 50 }, _meta: { progressToken: 'p' } };
      const seen: Record<string, unknown>[] = [];
      let last = '';
      const collect = async (response: Response, onMessage: () => void = () => undefined): Promise<void> => {
        for await (const { id = last, message } of eventsOf(response)) {
          last = id;
          if (!message) continue;
          seen.push(message);
          onMessage();
        }
      };
      await collect(await session.post(first, 'tools/call', params, { id: 7 }), () => {
        if (seen.length === 5) process.kill(gateway?.pid ?? 0, 'SIGKILL');
      });
      const before = seen.length;
      expect(before).toBeLessThan(40);
      await collect(await session.resume(other, last));
      const steps = seen.slice(0, -1).map(({ params: told }) => (told as { progress: number }).progress);
      expect(steps).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
      expect(seen.at(-1)).toMatchObject({ id: 7, result: { content: [{ text: 'counted to 40' }] } });
      expect(await hub.loads('sessions')).toEqual(['count']);
    },
    60_000,
  );

  it(
    proves('SESS-4'),
    async () => {
      const client = await connect(new StreamableHTTPClientTransport(new URL(at(0))));
      const id = client.sessionId();
      await client.subscribe(note);
      await replaceGateway(0);
      await expect
        .poll(() => client.call('log').then(({ meta }) => meta ?? 'none', String), { timeout: 20_000 })
        .toBe('none');
      expect(client.sessionId()).toBe(id);
      // Its stream is back, too: what it hears belongs to none of its calls.
      await expect
        .poll(
          async () => {
            await client.call('touch');
            return client.updated.length;
          },
          { timeout: 20_000 },
        )
        .toBeGreaterThan(0);
    },
    90_000,
  );

  it(
    proves('SESS-4', 'a client of HTTP+SSE goes on with its calls after a gateway restart'),
    async () => {
      const client = await connect(new SSEClientTransport(new URL(at(0, 'sse'))));
      await client.call('log');
      await replaceGateway(0);
      await expect
        .poll(() => client.call('log').then(({ text }) => text, String), { timeout: 30_000 })
        .toMatch(/^\d+$/);
    },
    90_000,
  );

  it(
    proves('SESS-5'),
    async () => {
      const client = await connect(new StreamableHTTPClientTransport(new URL(at(1))));
      await client.setLevel('error');
      await client.subscribe(note);
      const { text: before } = await client.call('log');
      process.kill(hub.workerOf(await hub.details('sessions')).pid, 'SIGKILL');
      await expect
        .poll(() => client.call('log').then(({ text }) => text, String), { timeout: 30_000 })
        .not.toBe(before);
      client.logged.length = client.updated.length = 0;
      expect((await client.call('log')).text).not.toBe(before);
      expect(client.logged).toEqual(['error']);
      expect((await client.call('ask')).text).toContain('red');
      await expect
        .poll(
          async () => {
            await client.call('touch');
            return client.updated[0];
          },
          { timeout: 20_000 },
        )
        .toBe(note);
    },
    90_000,
  );

  it(
    proves('SESS-6'),
    async () => {
      const [full, other] = [at(0), at(1)];
      const opened: RawSession[] = [];
      let refused: Response | undefined;
      while (!refused && opened.length <= maxSessions) {
        const answer = await RawSession.open(full).catch(() => RawSession.tryToOpen(full));
        if (answer instanceof RawSession) opened.push(answer);
        else refused = answer;
      }
      expect([refused?.status, refused?.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await refused?.json()).toMatchObject({ jsonrpc: '2.0', id: 0, error: { data: { retry_after: 5 } } });
      const [one, two] = opened;
      expect((await two?.post(full, 'ping', {}, { id: 1 }))?.status).toBe(200);
      expect((await one?.end(full))?.status).toBe(200);
      opened.push(await RawSession.open(full));
      expect((await RawSession.tryToOpen(full)).status).toBe(503);
      for (const session of opened) await session.end(other);
    },
    60_000,
  );
});
