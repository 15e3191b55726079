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

const sent = (worker: StubWorker): string[][] =>
  worker.received.map(({ headers }) => [String(headers['hub-delivery']), String(headers['hub-attempt'])]);

/** The worker loses the connection of its first request, and answers the others. */
function losesTheFirst(worker: StubWorker, ledgerSays: string): void {
  worker.ledgerSays = ledgerSays;
  const answer = worker.onRequest;
  worker.onRequest = (req) => {
    worker.onRequest = answer;
    req.socket.resetAndDestroy();
  };
}

const losses = () => gateway.log.named('call.connection_lost').map(({ fields }) => fields);

describe('a connection that breaks while the worker lives', () => {
  it('has the request sent again, as if nothing had been, where the worker has not seen it', async () => {
    await gateway.join(one);
    losesTheFirst(one, 'not_seen');
    expect(await (await gateway.post(toolCall)).json()).toMatchObject({ result: { from: 'worker-1' } });
    expect(sent(one)).toEqual([
      ['1', '1'],
      ['2', '1'],
    ]);
    expect(gateway.view.isTrusted('worker-1')).toBe(true);
  });

  it('has the worker asked for this call of this incarnation, with its number and its age', async () => {
    await gateway.join(one);
    losesTheFirst(one, 'not_seen');
    await gateway.post(toolCall);
    const callId = String(one.received[0]?.headers['hub-call-id']);
    expect(one.questions).toMatchObject([
      {
        path: `/internal/workers/worker-1/calls/${callId}/disown`,
        headers: {
          'hub-credential': one.received[0]?.headers['hub-credential'],
          'hub-delivery': '1',
          'hub-age-ms': expect.stringMatching(/^\d+$/) as string,
        },
      },
    ]);
  });

  it.each(['executing', 'finished', 'forgotten'])(
    'has a worker decide about a second attempt where the ledger says %s',
    async (state) => {
      await gateway.join(one);
      losesTheFirst(one, state);
      expect((await gateway.post(toolCall)).status).toBe(200);
      expect(sent(one)).toEqual([
        ['1', '1'],
        ['2', '2'],
      ]);
    },
  );

  it.each([
    ['says nothing', 'nothing'],
    ['says something else', 'what?'],
    ['can not be asked', 'gone'],
  ])('has another worker decide about a second attempt where the worker %s', async (_name, says) => {
    await gateway.join(one);
    losesTheFirst(one, says);
    const waiting = gateway.post(toolCall);
    await vi.waitFor(() => expect(one.questions).toHaveLength(1));
    await gateway.join(two, { replica: 2 });
    expect(await (await waiting).json()).toMatchObject({ result: { from: 'worker-2' } });
    expect([sent(one), sent(two)]).toEqual([[['1', '1']], [['2', '2']]]);
    expect(gateway.view.isTrusted('worker-1')).toBe(false);
  });

  it('is not asked about twice: what was lost once may have been executed', async () => {
    await gateway.join(one);
    one.ledgerSays = 'executing';
    one.onRequest = (req) => req.socket.destroy();
    expect(await (await gateway.post(toolCall)).json()).toMatchObject({ error: { data: { outcome: 'unknown' } } });
    expect(one.questions).toHaveLength(1);
    expect(sent(one)).toEqual([
      ['1', '1'],
      ['2', '2'],
    ]);
  });

  it('is logged with the call id that the worker and the client are told', async () => {
    await gateway.join(one);
    one.onRequest = (req) => req.socket.destroy();
    const answer = (await (await gateway.post(toolCall)).json()) as { error: { data: { callId: string } } };
    const { callId } = answer.error.data;
    expect(one.received[0]?.headers['hub-call-id']).toBe(callId);
    expect(losses()).toMatchObject([{ callId, worker: 'worker-1', fate: 'gone' }]);
    expect(gateway.log.named('call.not_completed').map(({ fields }) => fields)).toMatchObject([
      { callId, outcome: 'unknown', worker: 'worker-1' },
    ]);
  });
});

describe('a call that is too large to be sent again', () => {
  const large = { ...toolCall, params: { text: 'x'.repeat(300_000) } };

  it.each([
    ['not_seen', 'not_executed', null],
    ['executing', 'unknown', 'worker-1'],
    ['gone', 'unknown', 'worker-1'],
  ])('has its outcome told by the ledger: %s is %s', async (state, outcome, worker) => {
    await gateway.join(one);
    losesTheFirst(one, state);
    const response = await gateway.post(large);
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { id: 'call-7', error: { data: { outcome, worker, server: 'weather', callId: expect.any(String) as string } } },
    ]);
    expect(one.received).toHaveLength(1);
  });
});

describe('a worker that does not take the word of this gateway', () => {
  it('has executed nothing', async () => {
    await gateway.join(one);
    one.onRequest = (_req, res) => one.answer(res, { error: 'Who are you?' }, 401, { 'hub-refused': '1' });
    const response = await gateway.post(toolCall);
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { error: { data: { outcome: 'not_executed', worker: null } } },
    ]);
  });
});

describe('a gateway that stops', () => {
  const held = () => {
    let release = (): void => undefined;
    one.onRequest = (_req, res) => {
      release = () => one.answer(res, { jsonrpc: '2.0', id: 'call-7', result: {} });
    };
    return { release: () => release() };
  };

  it('lets a call in hand finish', async () => {
    await gateway.join(one);
    const { release } = held();
    const waiting = gateway.post(toolCall);
    await vi.waitFor(() => expect(one.received).toHaveLength(1));
    gateway.drain(5_000);
    release();
    expect(await (await waiting).json()).toMatchObject({ result: {} });
  });

  it('tells a call that outlasts its time that the outcome is unknown', async () => {
    await gateway.join(one);
    held();
    const waiting = gateway.post(toolCall);
    await vi.waitFor(() => expect(one.received).toHaveLength(1));
    gateway.drain(20);
    const response = await waiting;
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { id: 'call-7', error: { data: { code: 'gateway_stopping', outcome: 'unknown', worker: 'worker-1' } } },
    ]);
  });

  it('tells a call that still waits for a worker that it was not executed', async () => {
    const waiting = gateway.post(toolCall);
    await vi.waitFor(() => expect(gateway.exchanges).toBe(1));
    gateway.drain(20);
    expect(await (await waiting).json()).toMatchObject({ error: { data: { outcome: 'not_executed', worker: null } } });
  });

  it('ends streams that have no end of their own, for their clients to come back elsewhere', async () => {
    await gateway.join(one);
    one.onRequest = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
    };
    const session = gateway.session('worker-1');
    const stream = await fetch(`${gateway.url}/servers/weather/mcp`, {
      headers: { accept: 'text/event-stream', 'mcp-session-id': session },
    });
    gateway.drain(60_000);
    expect(await stream.text()).toBe(': hello\n\n');
    const again = await fetch(`${gateway.url}/servers/weather/mcp`, { headers: { accept: 'text/event-stream' } });
    expect([again.status, again.headers.get('retry-after')]).toEqual([503, '1']);
  });

  it.each([
    [
      'answers the call at the end of a stream',
      ': hello\n\n',
      /^: hello\n\nevent: message\ndata: .*"outcome":"unknown"/,
    ],
    [
      'only ends a stream that its client can resume',
      'id: s.1\nretry: 1000\ndata: \n\n',
      /^id: s\.1\nretry: 1000\ndata: \n\n$/,
    ],
  ])('%s', async (_name, first, expected) => {
    await gateway.join(one);
    one.onRequest = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write(first);
    };
    const stream = await gateway.post(toolCall);
    const reader = stream.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
    let text = new TextDecoder().decode((await reader?.read())?.value);
    gateway.drain(20);
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      text += new TextDecoder().decode(part.value);
    }
    expect(text).toMatch(expected);
  });

  it('still takes requests on connections that are open', async () => {
    await gateway.join(one);
    gateway.drain(60_000);
    expect((await gateway.post(ping)).status).toBe(200);
  });
});
