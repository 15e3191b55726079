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
  await gateway.start();
  await gateway.direct();
});
afterEach(async () => {
  await gateway.close();
  await Promise.all([one.stop(), two.stop()]);
});

const from = async (response: Response): Promise<unknown> =>
  ((await response.json()) as { result?: { from?: string } }).result?.from;
const received = (): number[] => [one.received.length, two.received.length];

describe('a request', () => {
  it('goes to the worker that serves the server, at its internal path', async () => {
    await gateway.join(one, { generation: 3, replica: 2 });
    const response = await gateway.post(ping);
    expect([response.status, await from(response)]).toEqual([200, 'worker-1']);
    expect(one.received).toMatchObject([
      { method: 'POST', path: '/internal/servers/weather/3/2/mcp', body: JSON.stringify(ping) },
    ]);
  });

  it('goes on with the query left out, with a slash at the end too', async () => {
    await gateway.join(one);
    const response = await fetch(`${gateway.url}/servers/weather/mcp/?x=1`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(200);
    expect(one.received[0]?.path).toBe('/internal/servers/weather/1/1/mcp');
  });

  it('goes to the worker with the fewest in flight', async () => {
    await gateway.join(one, { replica: 1 });
    await gateway.join(two, { replica: 2 });
    const held: (() => void)[] = [];
    for (const worker of [one, two]) {
      worker.onRequest = (_req, res) => held.push(() => worker.answer(res, { result: { from: worker.name } }));
    }
    const requests: Promise<Response>[] = [];
    for (let count = 1; count <= 6; count++) {
      requests.push(gateway.post(ping));
      await vi.waitFor(() => expect(held).toHaveLength(count));
    }
    for (const answer of held) answer();
    await Promise.all(requests);
    expect(received()).toEqual([3, 3]);
  });

  it('goes to the newest generation alone', async () => {
    await gateway.join(one, { generation: 1 });
    await gateway.join(two, { generation: 2 });
    for (let count = 0; count < 4; count++) await gateway.post(ping);
    expect(received()).toEqual([0, 4]);
  });

  it('does not go to a worker that leaves, where there is another', async () => {
    await gateway.join(one, { state: 'draining' });
    await gateway.join(two, { replica: 2 });
    for (let count = 0; count < 4; count++) await gateway.post(ping);
    expect(received()).toEqual([0, 4]);
  });

  it('uses a connection again', async () => {
    await gateway.join(one);
    for (let count = 0; count < 10; count++) await (await gateway.post(ping)).json();
    expect(one.connections).toBe(1);
  });

  it.each(['GET', 'DELETE'])('may be a %s, without a body', async (method) => {
    await gateway.join(one);
    const response = await fetch(`${gateway.url}/servers/weather/mcp`, {
      method,
      headers: { accept: 'text/event-stream' },
    });
    expect(response.status).toBe(200);
    expect(one.received).toMatchObject([{ method, body: '', headers: { accept: 'text/event-stream' } }]);
  });

  it.each(['/servers/weather', '/servers/weather/mcp/more', '/servers//mcp', '/other'])(
    'is none of the gateway’s at %s',
    async (path) => {
      await gateway.join(one);
      expect((await fetch(gateway.url + path)).status).toBe(404);
      expect(received()).toEqual([0, 0]);
    },
  );
});

describe('headers', () => {
  const sent = async (headers: Record<string, string>): Promise<Record<string, unknown>> => {
    await gateway.join(one);
    await gateway.post(ping, { headers });
    return { ...one.received[0]?.headers };
  };

  it('tell the worker who calls, by the internal credential', async () => {
    expect(await sent({})).toMatchObject({
      'hub-caller': 'anonymous',
      'hub-attempt': '1',
      'hub-call-id': expect.stringMatching(/^[\w-]{22}$/) as string,
      'hub-credential': expect.stringMatching(/^[\w-]{43}$/) as string,
    });
  });

  it('of MCP go on as they came', async () => {
    expect(await sent({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'ping', 'x-other': 'a, b' })).toMatchObject(
      {
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'ping',
        'x-other': 'a, b',
        'content-type': 'application/json',
      },
    );
  });

  it('with credentials of the client for the hub stay behind', async () => {
    const headers = await sent({ authorization: 'Bearer secret', cookie: 'a=b', 'proxy-authorization': 'Basic x' });
    for (const name of ['authorization', 'cookie', 'proxy-authorization']) expect(headers).not.toHaveProperty(name);
  });

  it('of the hub can not be sent by a client', async () => {
    const headers = await sent({
      'hub-caller': 'root',
      'hub-attempt': '9',
      'hub-owner-gone': '1',
      'hub-credential': 'x',
      'hub-secret': 'x',
    });
    expect(headers).toMatchObject({ 'hub-caller': 'anonymous', 'hub-attempt': '1' });
    expect(headers).not.toHaveProperty('hub-owner-gone');
    expect(headers).not.toHaveProperty('hub-secret');
  });

  it('of the worker reach the client, but for the hub’s own', async () => {
    await gateway.join(one);
    one.onRequest = (_req, res) =>
      one.answer(res, {}, 202, { 'mcp-session-id': 's', 'hub-owner': 'worker-1', 'x-other': 'y' });
    const { status, headers } = await gateway.post(ping);
    expect([status, headers.get('mcp-session-id'), headers.get('x-other'), headers.get('hub-owner')]).toEqual([
      202,
      's',
      'y',
      null,
    ]);
  });
});

describe('a session', () => {
  const atOne = endpointIdOf({ worker: 'worker-1', generation: 1, replica: 1 });
  const atTwo = endpointIdOf({ worker: 'worker-2', generation: 1, replica: 2 });
  const withSession = (id: string) => gateway.post(ping, { headers: { 'mcp-session-id': id } });

  beforeEach(async () => {
    await gateway.join(one, { replica: 1 });
    await gateway.join(two, { replica: 2 });
  });

  it('goes to the worker that its id names', async () => {
    for (let count = 0; count < 4; count++) await withSession(gateway.session(atTwo));
    expect(received()).toEqual([0, 4]);
  });

  it('goes to the replica that its id names where one worker hosts several', async () => {
    await gateway.serve(one, { replica: 3 });
    const id = gateway.session(endpointIdOf({ worker: 'worker-1', generation: 1, replica: 3 }));
    for (let count = 0; count < 3; count++) await withSession(id);
    expect(one.received.map(({ path }) => path)).toEqual(Array(3).fill('/internal/servers/weather/1/3/mcp'));
  });

  it('goes there also while that worker leaves, or serves an older generation', async () => {
    await gateway.serve(two, { replica: 2, state: 'draining' });
    await gateway.serve(one, { generation: 2 });
    await withSession(gateway.session(atTwo));
    expect(received()).toEqual([0, 1]);
  });

  it.each([
    ['is forged', () => `worker-2.${'r'.repeat(22)}.${'A'.repeat(43)}`],
    ['has no form at all', () => 'nonsense'],
    ['belongs to another server', () => gateway.session(atTwo, { serverId: 'other' })],
    ['belongs to another caller', () => gateway.session(atTwo, { caller: 'mallory' })],
  ])('is not found where its id %s', async (_name, id) => {
    const response = await withSession(id());
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      jsonrpc: '2.0',
      id: 1,
      error: { data: { code: 'session_not_found' } },
    });
    expect(received()).toEqual([0, 0]);
  });

  it('goes to any other worker where its own is gone', async () => {
    await gateway.table.retireWorker('worker-2');
    await gateway.view.refresh();
    await withSession(gateway.session(atTwo));
    expect(one.received[0]?.headers).not.toHaveProperty('hub-owner-gone');
    expect(received()).toEqual([1, 0]);
  });

  const disown = (worker: StubWorker, owner: string): void => {
    worker.onRequest = (_req, res) => worker.answer(res, {}, 409, { 'hub-owner': owner });
  };

  it('follows a worker’s word to the owner, and goes there at once from then on', async () => {
    disown(one, atTwo);
    const id = gateway.session(atOne);
    expect(await from(await withSession(id))).toBe('worker-2');
    await withSession(id);
    expect(received()).toEqual([1, 2]);
    expect(two.received[0]?.body).toBe(JSON.stringify(ping));
  });

  it('is remembered from an answer that names a new owner', async () => {
    await gateway.table.retireWorker('worker-2');
    await gateway.view.refresh();
    one.onRequest = (_req, res) => one.answer(res, {}, 200, { 'hub-owner': atOne });
    const id = gateway.session(atTwo);
    await withSession(id);
    await gateway.join(two, { replica: 2 });
    await withSession(id);
    expect(received()).toEqual([2, 0]);
  });

  it('stays the server’s and the caller’s own wherever it moved to', async () => {
    await gateway.direct({ id: 'other' });
    await gateway.serve(two, { serverId: 'other' });
    disown(one, atTwo);
    const id = gateway.session(atOne);
    await withSession(id);
    const before = received();
    const response = await gateway.post(ping, { serverId: 'other', headers: { 'mcp-session-id': id } });
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { error: { data: { code: 'session_not_found' } } },
    ]);
    expect(received()).toEqual(before);
  });

  it('may be taken over where the owner can not be reached', async () => {
    await two.stop();
    one.onRequest = (_req, res, { headers }) => {
      if (headers['hub-owner-gone'] === undefined) one.answer(res, {}, 409, { 'hub-owner': atTwo });
      else one.answer(res, { result: { from: 'worker-1' } });
    };
    expect(await from(await withSession(gateway.session(atTwo)))).toBe('worker-1');
    expect(one.received.map(({ headers }) => headers['hub-owner-gone'])).toEqual([undefined, '1']);
  });

  it('is told when its request is too large to follow', async () => {
    disown(one, atTwo);
    const large = { ...toolCall, params: { arguments: { text: 'x'.repeat(100_000) } } };
    const response = await gateway.post(large, { headers: { 'mcp-session-id': gateway.session(atOne) } });
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { id: 'call-7', error: { data: { outcome: 'not_executed' } } },
    ]);
    expect(two.received).toEqual([]);
  });
});
