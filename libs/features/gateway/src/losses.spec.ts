import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayUnderTest, ping, toolCall } from '../test/gateway-under-test.js';
import { StubWorker } from '../test/stub-worker.js';

let gateway: GatewayUnderTest;
let one: StubWorker;
let two: StubWorker;

beforeEach(async () => {
  gateway = new GatewayUnderTest();
  [one, two] = await Promise.all([StubWorker.start('worker-1'), StubWorker.start('worker-2')]);
  await gateway.start({ 'loader.timeout': 1 });
  await gateway.direct();
});
afterEach(async () => {
  await gateway.close();
  await Promise.all([one.stop(), two.stop()]);
});

const attempts = (worker: StubWorker): unknown[] => worker.received.map(({ headers }) => headers['hub-attempt']);
/** Both serve; `worker-1` is tried first, since the other one has a request in hand. */
async function bothServe(): Promise<void> {
  await gateway.join(one, { replica: 1 });
  await gateway.join(two, { replica: 2 });
}
const dies = (worker: StubWorker): void => {
  worker.onRequest = (req) => req.socket.destroy();
};
const large = (method = 'tools/call') => ({ jsonrpc: '2.0', id: 7, method, params: { text: 'x'.repeat(300_000) } });

describe('a worker that refuses connections', () => {
  it('is passed over for another one, as if nothing had been', async () => {
    await bothServe();
    await one.stop();
    for (let count = 0; count < 4; count++) expect((await gateway.post(toolCall)).status).toBe(200);
    expect(attempts(two)).toEqual(['1', '1', '1', '1']);
  });

  it('is avoided from then on', async () => {
    await bothServe();
    await one.stop();
    await gateway.post(ping);
    await gateway.post(ping);
    expect(gateway.view.isTrusted('worker-1')).toBe(false);
  });

  it('is waited for no longer than for one that loads', async () => {
    await gateway.join(one);
    await one.stop();
    const response = await gateway.post(toolCall);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      id: 'call-7',
      error: { data: { outcome: 'not_executed', callId: expect.any(String) as string } },
    });
  });

  it('is made up for by one that comes while the request waits', async () => {
    await gateway.join(one);
    await one.stop();
    const waiting = gateway.post(toolCall);
    await vi.waitFor(() => expect(gateway.view.isTrusted('worker-1')).toBe(false));
    await gateway.join(two, { replica: 2 });
    expect(await (await waiting).json()).toMatchObject({ result: { from: 'worker-2' } });
  });

  it('is made up for also where the request is large', async () => {
    await bothServe();
    await one.stop();
    const response = await gateway.post(large());
    expect(await response.json()).toMatchObject({ result: { from: 'worker-2' } });
    expect(two.received[0]?.body).toBe(JSON.stringify(large()));
  });
});

describe('a worker that is lost with a request in hand', () => {
  it('has another one decide, as a second attempt of the same call', async () => {
    await gateway.join(one);
    dies(one);
    const waiting = gateway.post(toolCall);
    await vi.waitFor(() => expect(one.received).toHaveLength(1));
    await gateway.join(two, { replica: 2 });
    expect(await (await waiting).json()).toMatchObject({ result: { from: 'worker-2' } });
    expect([attempts(one), attempts(two)]).toEqual([['1'], ['2']]);
    expect(two.received[0]?.headers['hub-call-id']).toBe(one.received[0]?.headers['hub-call-id']);
    expect(two.received[0]?.body).toBe(JSON.stringify(toolCall));
  });

  it('leaves the outcome unknown where there is no other', async () => {
    await gateway.join(one);
    dies(one);
    const response = await gateway.post(toolCall);
    expect([response.status, await response.json()]).toMatchObject([
      200,
      {
        jsonrpc: '2.0',
        id: 'call-7',
        error: { code: -32000, data: { code: 'worker_lost', outcome: 'unknown', server: 'weather' } },
      },
    ]);
  });

  it('gives other requests a 503 with the same fields', async () => {
    await gateway.join(one);
    dies(one);
    const response = await gateway.post(ping);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({ id: 1, error: { data: { code: 'worker_lost' } } });
  });

  it('does not have a large request sent twice', async () => {
    await bothServe();
    dies(one);
    dies(two);
    const response = await gateway.post(large());
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { id: 7, error: { data: { outcome: 'unknown' } } },
    ]);
    expect(one.received.length + two.received.length).toBe(1);
  });

  it('names the request of a large body all the same', async () => {
    await gateway.join(one);
    dies(one);
    const response = await gateway.post(large('resources/read'));
    expect([response.status, await response.json()]).toMatchObject([503, { id: 7 }]);
  });

  it('tells the client of a stream that breaks off how its request ended', async () => {
    await gateway.join(one);
    one.onRequest = (req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('event: message\ndata: {"method":"notifications/progress"}\n\n', () => req.socket.destroy());
    };
    const events = (await (await gateway.post(toolCall)).text()).split('\n\n').filter((event) => event !== '');
    expect(events).toHaveLength(2);
    expect(JSON.parse(events[1]?.split('data: ')[1] ?? '')).toMatchObject({
      id: 'call-7',
      error: { data: { outcome: 'unknown', worker: 'worker-1' } },
    });
  });

  it.each([
    ['half an event', 'event: message\ndata: {"meth', toolCall, 1],
    ['the event to resume from', 'id: s.1\nretry: 1000\ndata: \n\n', toolCall, 2],
    ['a whole event and a half one', 'data: {}\n\nevent: message\ndata: {"meth', toolCall, 2],
  ])('tells it also where %s came of the stream', async (_name, text, message, count) => {
    await gateway.join(one);
    one.onRequest = (req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(text, () => req.socket.destroy());
    };
    const events = (await (await gateway.post(message)).text()).split('\n\n').filter((event) => event !== '');
    expect(events).toHaveLength(count);
    expect(JSON.parse(events.at(-1)?.split('data: ')[1] ?? '')).toMatchObject({
      error: { data: { outcome: 'unknown' } },
    });
  });

  it.each([
    ['in the middle of a very large event', `data: ${'x'.repeat(3_000_000)}`, toolCall],
    ['that belongs to no request', ': hello\n\n', { jsonrpc: '2.0', method: 'notifications/x' }],
  ])('breaks off a stream %s for the client too', async (_name, text, message) => {
    await gateway.join(one);
    one.onRequest = (req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(text, () => setTimeout(() => req.socket.destroy(), 50));
    };
    await expect((await gateway.post(message)).text()).rejects.toThrow();
  });

  it('passes an event on when it is whole, however it was cut on the way', async () => {
    await gateway.join(one);
    const text = `: one\n\ndata: ${'y'.repeat(2_500_000)}\n\ndata: end\n\n`;
    one.onRequest = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      for (let at = 0; at < text.length; at += 99_991) res.write(text.slice(at, at + 99_991));
      res.end();
    };
    expect(await (await gateway.post(toolCall)).text()).toBe(text);
  });

  it('tells every request of a batch', async () => {
    await gateway.join(one);
    dies(one);
    const batch = [toolCall, { ...ping, id: 'p' }, { jsonrpc: '2.0', method: 'notifications/x' }];
    const response = await gateway.post(batch);
    expect([response.status, await response.json()]).toMatchObject([
      200,
      [
        { id: 'call-7', error: { data: { outcome: 'unknown' } } },
        { id: 'p', error: { data: { code: 'worker_lost' } } },
      ],
    ]);
  });

  it('has another one decide also where its short answer was cut off', async () => {
    await gateway.join(one);
    one.onRequest = (req, res) => {
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      res.write('{"half":', () => req.socket.destroy());
    };
    const waiting = gateway.post(toolCall);
    await vi.waitFor(() => expect(one.received).toHaveLength(1));
    await gateway.join(two, { replica: 2 });
    expect(await (await waiting).json()).toMatchObject({ result: { from: 'worker-2' } });
    expect(attempts(two)).toEqual(['2']);
  });

  it('breaks off a long answer that is no stream for the client too', async () => {
    await gateway.join(one);
    one.onRequest = (req, res) => {
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': '2000000' });
      res.write('{"half":', () => req.socket.destroy());
    };
    await expect((await gateway.post(toolCall)).text()).rejects.toThrow();
  });
});

describe('a worker that does not host the server any more', () => {
  const disowns = (worker: StubWorker): void => {
    worker.onRequest = (_req, res) => worker.answer(res, {}, 421);
  };

  it('is passed over for another one, without a second attempt', async () => {
    await bothServe();
    disowns(one);
    for (let count = 0; count < 3; count++) expect((await gateway.post(toolCall)).status).toBe(200);
    expect(new Set(attempts(two))).toEqual(new Set(['1']));
  });

  it('is asked for the generation that it hosts by now', async () => {
    await gateway.join(one, { generation: 1 });
    one.onRequest = (_req, res, { path }) => {
      if (path.includes('/weather/1/')) {
        one.answer(res, {}, 421);
        void gateway.serve(one, { generation: 2 });
      } else one.answer(res, { result: { from: 'generation 2' } });
    };
    const startedAt = performance.now();
    expect(await (await gateway.post(toolCall)).json()).toMatchObject({ result: { from: 'generation 2' } });
    expect(performance.now() - startedAt).toBeLessThan(900);
  });

  it('is not mistrusted for it', async () => {
    await bothServe();
    disowns(one);
    disowns(two);
    await gateway.post(ping);
    expect([gateway.view.isTrusted('worker-1'), gateway.view.isTrusted('worker-2')]).toEqual([true, true]);
  });
});
