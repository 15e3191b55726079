import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endpointIdOf } from '@mcp-hub/application';
import { GatewayUnderTest, ping, toolCall } from '../test/gateway-under-test.js';
import { StubWorker } from '../test/stub-worker.js';

let gateway: GatewayUnderTest;
let one: StubWorker;
let two: StubWorker;

beforeEach(async () => {
  gateway = new GatewayUnderTest();
  [one, two] = await Promise.all([StubWorker.start('worker-1'), StubWorker.start('worker-2')]);
});
afterEach(async () => {
  await gateway.close();
  await Promise.all([one.stop(), two.stop()]);
});

async function start(settings: Record<string, unknown> = {}): Promise<void> {
  await gateway.start(settings);
  await gateway.direct();
  await gateway.join(one, { replica: 1 });
  await gateway.join(two, { replica: 2 });
}

const open = (path = '/servers/weather/sse', headers: Record<string, string> = {}): Promise<Response> =>
  fetch(gateway.url + path, { headers: { accept: 'text/event-stream', ...headers } });
const send = (session: string, body: unknown = ping, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${gateway.url}/servers/weather/messages?sessionId=${encodeURIComponent(session)}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
const received = () => [...one.received, ...two.received];

describe('a message of HTTP+SSE whose connection is lost', () => {
  it.each([
    ['taken as having arrived where the worker has it', 'executing', 1],
    ['sent again where the worker has not seen it', 'not_seen', 2],
  ])('is %s', async (_name, state, deliveries) => {
    await gateway.start();
    await gateway.direct();
    await gateway.join(one);
    one.ledgerSays = state;
    one.onRequest = (req) => {
      one.onRequest = (_req, res) => void res.writeHead(202).end();
      req.socket.resetAndDestroy();
    };
    const session = gateway.session(endpointIdOf({ worker: 'worker-1', generation: 1, replica: 1 }));
    expect((await send(session, toolCall)).status).toBe(202);
    expect(one.received).toHaveLength(deliveries);
  });
});

describe('a stream of HTTP+SSE', () => {
  it.each([
    ['', '/servers/weather/sse', '/servers/weather/messages'],
    ['https://example.com/hub/', '/servers/weather/sse', '/hub/servers/weather/messages'],
    ['https://example.com/hub/', '/hub/servers/weather/sse', '/hub/servers/weather/messages'],
  ])('with the public URL "%s" is opened at %s, for messages to %s', async (publicUrl, path, messagesPath) => {
    await start(publicUrl === '' ? {} : { 'gateway.public_url': publicUrl });
    expect((await open(path)).status).toBe(200);
    expect(received()).toMatchObject([
      {
        method: 'GET',
        path: expect.stringMatching(/^\/internal\/servers\/weather\/1\/[12]\/sse$/) as string,
        headers: { 'hub-messages-path': messagesPath, 'hub-caller': 'anonymous' },
      },
    ]);
  });

  it('is not opened for a foreign page', async () => {
    await start();
    expect((await open(undefined, { origin: 'https://evil.example' })).status).toBe(403);
    expect(received()).toEqual([]);
  });

  it('is not opened without a token where one is needed', async () => {
    await start({ 'gateway.auth_enabled': true, 'api.auth_tokens': 'a-token-of-sixteen' });
    expect((await open()).status).toBe(401);
    expect((await open(undefined, { authorization: 'Bearer a-token-of-sixteen' })).status).toBe(200);
  });

  it('goes on to the client as it comes, and ends with it', async () => {
    await start();
    const closed = vi.fn();
    for (const worker of [one, two]) {
      worker.onHead = (_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: endpoint\ndata: x\n\n');
        res.once('close', closed);
      };
    }
    const first = await new Promise((resolve) => {
      const sent = request(`${gateway.url}/servers/weather/sse`, { agent: false }, (answer) => {
        answer.once('data', (chunk: Buffer) => {
          resolve(chunk.toString());
          sent.destroy();
        });
      }).on('error', () => undefined);
      sent.end();
    });
    expect(first).toBe('event: endpoint\ndata: x\n\n');
    await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
  });

  it('has a place among the sessions while it is open', async () => {
    await start({ 'gateway.max_sessions': 1 });
    const end: (() => void)[] = [];
    for (const worker of [one, two]) {
      worker.onHead = (_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
        end.push(() => res.end());
      };
    }
    const first = await open();
    const refused = await open();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    end[0]?.();
    await first.text();
    await vi.waitFor(async () => expect((await open()).status).toBe(200));
  });
});

describe('a message of HTTP+SSE', () => {
  it('goes to the worker that its session names', async () => {
    await start();
    const owner = (worker: StubWorker): string =>
      gateway.session(endpointIdOf({ worker: worker.name, generation: 1, replica: worker === one ? 1 : 2 }));
    for (const worker of [one, two, two]) await send(owner(worker), toolCall);
    expect([one.received.length, two.received.length]).toEqual([1, 2]);
    expect(one.received[0]).toMatchObject({
      path: '/internal/servers/weather/1/1/messages',
      headers: { 'hub-session': owner(one) },
      body: JSON.stringify(toolCall),
    });
  });

  it.each(['', 'forged', 'worker-1.r.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'])(
    'is refused of the session "%s"',
    async (session) => {
      await start();
      expect((await send(session)).status).toBe(404);
      expect(received()).toEqual([]);
    },
  );

  it.each([{ serverId: 'other' }, { caller: 'somebody-else' }])('is refused of a session of %j', async (whose) => {
    await start();
    expect((await send(gateway.session('worker-1', whose))).status).toBe(404);
    expect(received()).toEqual([]);
  });

  it('is refused from a foreign page', async () => {
    await start();
    const answer = await send(gateway.session('worker-1'), ping, { origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
    expect(received()).toEqual([]);
  });
});
