import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endpointIdOf } from '@mcp-hub/application';
import { GatewayUnderTest, ping } from '../test/gateway-under-test.js';
import { StubWorker } from '../test/stub-worker.js';

const initialize = { jsonrpc: '2.0', id: 'hello', method: 'initialize', params: { protocolVersion: '2025-11-25' } };
const modern = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'ping' };

let gateway: GatewayUnderTest;
let worker: StubWorker;
let opened: string[];

beforeEach(async () => {
  gateway = new GatewayUnderTest();
  worker = await StubWorker.start('worker-1');
  opened = [];
  const incarnation = endpointIdOf({ worker: 'worker-1', generation: 1, replica: 1 });
  worker.onRequest = (_req, res, { body, method }) => {
    const random = `r${opened.length}`;
    if (!body.includes('"initialize"')) {
      worker.answer(res, {}, method === 'DELETE' || body !== '"gone"' ? 200 : 404);
      return;
    }
    const id = gateway.session(incarnation, { random });
    opened.push(id);
    worker.answer(res, { jsonrpc: '2.0', id: 'hello', result: {} }, 200, { 'mcp-session-id': id });
  };
  await gateway.start({ 'gateway.max_sessions': 2 });
  await gateway.direct();
  await gateway.join(worker);
});
afterEach(async () => {
  await gateway.close();
  await worker.stop();
});

const hello = async (): Promise<number> => (await gateway.post(initialize)).status;
const within = (session = '', init: RequestInit & { message?: unknown } = {}): Promise<Response> => {
  const { message = ping, ...rest } = init;
  return gateway.post(message, { ...rest, headers: { 'mcp-session-id': session } });
};

describe('a gateway with as many sessions as it may have', () => {
  beforeEach(async () => {
    expect([await hello(), await hello()]).toEqual([200, 200]);
  });

  it('refuses another one and says when to come back', async () => {
    const answer = await gateway.post(initialize);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.json()).toMatchObject({
      jsonrpc: '2.0',
      id: 'hello',
      error: { code: -32000, data: { code: 'too_many_sessions', retry_after: 5 } },
    });
    expect(opened).toHaveLength(2);
  });

  it('serves the ones that there are', async () => {
    expect((await within(opened[0])).status).toBe(200);
  });

  it('serves requests that open none', async () => {
    expect((await gateway.post(ping, { headers: modern })).status).toBe(200);
    expect((await gateway.post(ping)).status).toBe(200);
  });

  it('takes another one when one is ended by its client', async () => {
    await fetch(`${gateway.url}/servers/weather/mcp`, {
      method: 'DELETE',
      headers: { 'mcp-session-id': opened[0] ?? '' },
    });
    expect([await hello(), await hello()]).toEqual([200, 503]);
  });

  it('takes another one when a worker says that one is gone', async () => {
    expect((await within(opened[1], { message: '"gone"' })).status).toBe(404);
    expect([await hello(), await hello()]).toEqual([200, 503]);
  });

  it('takes no other for a session id that is forged', async () => {
    expect((await within('forged', { message: '"gone"' })).status).toBe(404);
    expect(await hello()).toBe(503);
  });
});

describe('a gateway that carries sessions of another', () => {
  it('counts them', async () => {
    await within(gateway.session('worker-2', { random: 'a' }));
    await within(gateway.session('worker-2', { random: 'b' }));
    await within(gateway.session('worker-2', { random: 'b' }));
    expect(await hello()).toBe(503);
  });
});

it('holds a place for each handshake under way', async () => {
  const answers = await Promise.all([hello(), hello(), hello(), hello()]);
  expect(answers.sort()).toEqual([200, 200, 503, 503]);
});
