import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aDirectoryRecord } from '@mcp-hub/application/testing';
import { InProcessRouteTable } from '@mcp-hub/in-process';
import { SystemClock } from '@mcp-hub/platform';
import { GatewayUnderTest, ping, toolCall } from '../test/gateway-under-test.js';
import { StubWorker } from '../test/stub-worker.js';

let gateway: GatewayUnderTest;
let worker: StubWorker;

beforeEach(async () => {
  gateway = new GatewayUnderTest();
  worker = await StubWorker.start('worker-1');
});
afterEach(async () => {
  await gateway.close();
  await worker.stop();
});

const failure = {
  code: 'document_unreachable',
  message: 'It does not answer.',
  remedy: 'See whether it runs.',
  since: '',
  stage: 'loading',
} as const;
const failed = { failure, name: 'Weather' };

describe('a server that failed', () => {
  beforeEach(async () => {
    await gateway.start();
    await gateway.direct(failed);
  });

  it('answers a tools/call on HTTP 200, with the reason', async () => {
    const response = await gateway.post(toolCall);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      jsonrpc: '2.0',
      id: 'call-7',
      error: {
        code: -32000,
        message: 'It does not answer. See whether it runs.',
        data: {
          error: 'Server unavailable',
          code: 'document_unreachable',
          server: 'Weather',
          message: 'It does not answer. See whether it runs.',
          status: 'failed',
          outcome: 'not_executed',
          callId: expect.any(String) as string,
          worker: null,
        },
      },
    });
  });

  it('answers other requests with 503, and the same fields', async () => {
    const response = await gateway.post(ping);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      jsonrpc: '2.0',
      id: 1,
      error: {
        data: { error: 'Server unavailable', server: 'Weather', status: 'failed', code: 'document_unreachable' },
      },
    });
  });

  it.each(['GET', 'DELETE'])('answers a %s with 503 and a plain body', async (method) => {
    const response = await fetch(`${gateway.url}/servers/weather/mcp`, { method });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      error: 'Server unavailable',
      server: 'Weather',
      message: 'It does not answer. See whether it runs.',
      status: 'failed',
    });
  });

  it('answers a body that is no JSON-RPC with a plain body', async () => {
    const response = await gateway.post('nonsense');
    expect([response.status, await response.json()]).toMatchObject([503, { error: 'Server unavailable' }]);
  });

  it('is called all the same where an older generation serves', async () => {
    await gateway.join(worker);
    expect((await gateway.post(toolCall)).status).toBe(200);
    expect(worker.received).toHaveLength(1);
  });
});

describe('a server that is', () => {
  beforeEach(() => gateway.start());

  it('disabled answers 503 and how to enable it, whatever still runs', async () => {
    await gateway.direct({ state: 'disabled' });
    await gateway.join(worker);
    const response = await gateway.post(ping);
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { error: { data: { status: 'disabled', code: 'server_disabled' } } },
    ]);
    expect(worker.received).toEqual([]);
  });

  it.each([
    ['unknown', undefined],
    ['deleted', { state: 'deleted' }],
  ] as const)('%s answers 404, to a tools/call too', async (_name, record) => {
    if (record) await gateway.direct(record);
    const response = await gateway.post(toolCall);
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { id: 'call-7', error: { data: { code: 'server_not_found' } } },
    ]);
  });
});

describe('a server that loads', () => {
  it('is waited for', async () => {
    await gateway.start();
    await gateway.direct();
    const waiting = gateway.post(ping);
    await gateway.join(worker);
    expect((await waiting).status).toBe(200);
  });

  it('is waited for until it fails', async () => {
    await gateway.start();
    await gateway.direct();
    const waiting = gateway.post(ping);
    await gateway.direct({ ...failed, revision: 2 });
    expect(await (await waiting).json()).toMatchObject({ error: { data: { status: 'failed' } } });
  });

  it('is waited for until it is disabled', async () => {
    await gateway.start();
    await gateway.direct();
    const waiting = gateway.post(ping);
    await gateway.direct({ generation: 2, state: 'disabled' });
    expect(await (await waiting).json()).toMatchObject({ error: { data: { status: 'disabled' } } });
  });

  it('is waited for as long as a load may take', async () => {
    await gateway.start({ 'loader.timeout': 0.2 });
    await gateway.direct();
    const response = await gateway.post(toolCall);
    expect([response.status, response.headers.get('retry-after'), await response.json()]).toMatchObject([
      200,
      '2',
      { error: { data: { status: 'loading', code: 'server_loading', outcome: 'not_executed', retry_after: 2 } } },
    ]);
  });

  it('is not waited for by a client that went away', async () => {
    await gateway.start();
    await gateway.direct();
    const client = request(`${gateway.url}/servers/weather/mcp`, { method: 'POST', agent: false });
    client.on('error', () => undefined).end(JSON.stringify(ping));
    const connections = (): Promise<number> =>
      new Promise((resolve) => gateway.server.getConnections((_error, count) => resolve(count)));
    await vi.waitFor(async () => expect(await connections()).toBe(1));
    client.destroy();
    await vi.waitFor(async () => expect(await connections()).toBe(0));
    await gateway.join(worker);
    expect(worker.received).toEqual([]);
  });
});

describe('a gateway that has not read the route table so far', () => {
  class LateRouteTable extends InProcessRouteTable {
    arrive = (): void => undefined;
    override start(): Promise<void> {
      return new Promise((resolve) => (this.arrive = resolve));
    }
  }
  const table = new LateRouteTable({ clock: new SystemClock() });

  it('has requests wait for it', async () => {
    gateway = new GatewayUnderTest(table);
    const started = gateway.start();
    await vi.waitFor(() => expect(gateway.url).not.toBe(''));
    await gateway.table.putDirectory(aDirectoryRecord());
    const answer = gateway.post(toolCall);
    await vi.waitFor(() => expect(gateway.exchanges).toBe(1));
    table.arrive();
    await started;
    await gateway.join(worker);
    expect(await (await answer).json()).toMatchObject({ result: { from: 'worker-1' } });
  });
});

describe('a gateway that does not know the directory', () => {
  it('does not say that there is no such server', async () => {
    await gateway.start({}, {}, { hasDirectory: false });
    const response = await gateway.post(toolCall);
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { error: { data: { code: 'gateway_starting', outcome: 'not_executed' } } },
    ]);
    expect((await gateway.post(ping)).status).toBe(503);
  });
});

describe('a caller', () => {
  const tokens = [
    { token: 'all', name: 'alice' },
    { token: 'some', name: 'bob', scopes: ['call'], servers: ['github-*'] },
    { token: 'reader', name: 'carol', scopes: ['read'] },
  ];
  const call = (authorization?: string) => gateway.post(toolCall, { headers: authorization ? { authorization } : {} });

  beforeEach(async () => {
    await gateway.start({ 'gateway.auth_enabled': true, 'api.auth_tokens': tokens });
    await gateway.direct();
    await gateway.join(worker);
  });

  it('is named to the worker', async () => {
    expect((await call('Bearer all')).status).toBe(200);
    expect(worker.received[0]?.headers['hub-caller']).toBe('alice');
  });

  it.each([
    ['no token', undefined, 401],
    ['an unknown token', 'Bearer other', 401],
    ['another scheme', 'Basic all', 401],
    ['a token for other servers', 'Bearer some', 403],
    ['a token without the call scope', 'Bearer reader', 403],
  ])('with %s is refused', async (_name, authorization, status) => {
    const response = await call(authorization);
    expect(response.status).toBe(status);
    expect(response.headers.get('www-authenticate') !== null).toBe(status === 401);
    expect(worker.received).toEqual([]);
  });

  it('has sessions of its own', async () => {
    const headers = { authorization: 'Bearer all', 'mcp-session-id': gateway.session('worker-1', { caller: 'bob' }) };
    expect((await gateway.post(ping, { headers })).status).toBe(404);
  });
});

describe('Host and Origin', () => {
  it('of a foreign page are refused before anything is read', async () => {
    await gateway.start();
    await gateway.direct();
    await gateway.join(worker);
    const response = await gateway.post(ping, { headers: { origin: 'https://evil.example' } });
    expect([response.status, await response.json()]).toMatchObject([403, { code: 'foreign_request' }]);
    expect(worker.received).toEqual([]);
  });
});
