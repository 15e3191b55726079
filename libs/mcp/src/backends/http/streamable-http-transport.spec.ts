import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/fixtures.js';
import { nodeHttpSend } from '../../../test/support/node-http-send.js';
import {
  aRequest,
  errorOf,
  event,
  HurriedTimers,
  json,
  resultOf,
  ScriptedHttp,
  stream,
  withHandshake,
  type Script,
  type ScriptedRequest,
} from '../../../test/support/scripted-http.js';
import type { RpcMessage } from '../../wire/json-rpc.js';
import type { RawMessageExtra } from '../raw-transport.js';
import { StreamableHttpTransport, type StreamableHttpTransportOptions } from './streamable-http-transport.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** A transport to a server that answers as the script says, a GET with 405 where the script does not care. */
async function connected(script: Script, over: Partial<StreamableHttpTransportOptions> = {}) {
  const server = await ScriptedHttp.listen(script);
  const timers = new HurriedTimers();
  const transport = new StreamableHttpTransport({ url: server.url, send: nodeHttpSend, timers, ...over });
  const heard: [RpcMessage, RawMessageExtra | undefined][] = [];
  const errors: Error[] = [];
  transport.onmessage = (message, extra) => void heard.push([message, extra]);
  transport.onerror = (error) => void errors.push(error);
  await transport.start();
  open.push(server, transport);
  return { server, timers, transport, heard, errors, messages: () => heard.map(([message]) => message) };
}

/** The same, after the handshake. */
async function inSession(script: Script, over: Partial<StreamableHttpTransportOptions> = {}) {
  const connection = await connected(script, over);
  const { transport, heard } = connection;
  await transport.send(aRequest(0, 'initialize', { capabilities: {} }));
  transport.setProtocolVersion('2025-11-25');
  await transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  heard.length = 0;
  return connection;
}

const noStream: Script = (_, response) => void response.writeHead(405).end();
const postsOnly =
  (script: Script): Script =>
  (request, response) =>
    request.method === 'GET' ? noStream(request, response) : script(request, response);
const lossOf = (sent: Promise<void>) =>
  sent.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a request', () => {
  it('is answered by JSON', async () => {
    const { transport, heard, server } = await inSession(
      withHandshake(postsOnly(({ body }, response) => json(response, resultOf(body['id'])))),
    );
    await transport.send(aRequest(5));
    expect(heard).toEqual([[resultOf(5), { relatedRequestId: 5 }]]);
    expect(server.seen.at(-1)).toMatchObject({
      method: 'POST',
      body: aRequest(5),
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        'mcp-session-id': 'session-1',
        'mcp-protocol-version': '2025-11-25',
      },
    });
  });

  it('is answered by a stream, with what belongs to it', async () => {
    const progress = { jsonrpc: '2.0', method: 'notifications/progress', params: { progress: 1 } };
    const asked = { jsonrpc: '2.0', id: 's-1', method: 'sampling/createMessage', params: {} };
    const { transport, heard } = await inSession(
      withHandshake(
        postsOnly(({ body }, response) => {
          stream(response).write(`: hello\n\n${event(progress)}${event(asked)}`);
          response.end(event(resultOf(body['id'])));
        }),
      ),
    );
    await transport.send(aRequest(5));
    expect(heard).toEqual([progress, asked, resultOf(5)].map((message) => [message, { relatedRequestId: 5 }]));
  });

  it('is answered by a batch', async () => {
    const log = { jsonrpc: '2.0', method: 'notifications/message', params: {} };
    const { transport, messages } = await inSession(
      withHandshake(postsOnly(({ body }, response) => json(response, [log, resultOf(body['id'])]))),
    );
    await transport.send(aRequest(5));
    expect(messages()).toEqual([log, resultOf(5)]);
  });

  it.each([400, 404, 200, 500])(
    'gets the error that the server answers with status %i, data included',
    async (status) => {
      const { transport, messages } = await connected(
        postsOnly(({ body }, response) => json(response, errorOf(body['id'], -32010, { a: 1 }), status)),
      );
      await transport.send(aRequest(5));
      expect(messages()).toEqual([errorOf(5, -32010, { a: 1 })]);
    },
  );

  it('gets an error that names no request', async () => {
    const { transport, messages } = await connected(
      postsOnly((_, response) => json(response, errorOf(null, -32700), 400)),
    );
    await transport.send(aRequest(5));
    expect(messages()).toEqual([errorOf(5, -32700)]);
  });

  it('waits until the server knows that the handshake is over', async () => {
    let greet = (): void => undefined;
    const { transport, server } = await connected(
      postsOnly(({ body }, response) => {
        if (body['method'] === 'notifications/initialized') greet = () => void response.writeHead(202).end();
        else json(response, resultOf(body['id']));
      }),
    );
    const greeted = transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    const answered = transport.send(aRequest(5));
    await eventually(() => server.seen.length === 1);
    greet();
    await Promise.all([greeted, answered]);
    expect(server.methods.slice(0, 3).filter((method) => method !== 'GET')).toEqual([
      'notifications/initialized',
      'tools/call',
    ]);
  });
});

const lossCases: [string, Script, object][] = [
  [
    'an answer that is no JSON',
    (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc":'),
    { outcome: 'unknown', reason: 'upstream_error', message: expect.stringContaining('no JSON-RPC response') },
  ],
  [
    'an answer to another request',
    (_, response) => json(response, resultOf(99)),
    { outcome: 'unknown', reason: 'upstream_error' },
  ],
  [
    'an answer that names the request and is none',
    ({ body }, response) => void stream(response).write(event({ jsonrpc: '2.0', id: body['id'], result: 'text' })),
    { outcome: 'unknown', reason: 'upstream_error' },
  ],
  [
    'a page',
    (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    { outcome: 'unknown', reason: 'upstream_error', message: expect.stringContaining('text/html') },
  ],
  ['nothing', (_, response) => void response.writeHead(202).end(), { outcome: 'unknown', reason: 'upstream_error' }],
  [
    'a stream that ends before the result',
    (_, response) => void stream(response).end(': bye\n\n'),
    { outcome: 'unknown', reason: 'server_gone' },
  ],
  [
    'a stream that breaks off',
    (_, response) => {
      stream(response).write('data: {"jsonrpc"', () => response.destroy());
    },
    { outcome: 'unknown', reason: 'server_gone' },
  ],
  ['a connection that breaks', (_, response) => void response.destroy(), { outcome: 'unknown', reason: 'server_gone' }],
  [
    'status 401',
    (_, response) => json(response, errorOf(null, -32000), 401),
    { outcome: 'not_executed', reason: 'upstream_auth', code: 'upstream_auth', status: 401 },
  ],
  [
    'status 403',
    (_, response) => void response.writeHead(403).end(),
    { outcome: 'not_executed', reason: 'upstream_auth', code: 'upstream_auth', status: 403 },
  ],
  [
    'what it compressed without being asked to',
    (_, response) => json(response, {}, 200, { 'content-encoding': 'gzip' }),
    { outcome: 'unknown', reason: 'upstream_error' },
  ],
  [
    'status 429',
    (_, response) => void response.writeHead(429, { 'retry-after': '7' }).end(),
    { outcome: 'not_executed', reason: 'overloaded', status: 429, retryAfter: 7 },
  ],
  [
    'status 503',
    (_, response) => void response.writeHead(503).end(),
    { outcome: 'unknown', reason: 'overloaded', status: 503 },
  ],
  [
    'status 502',
    (_, response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<p>'.repeat(100_000)),
    { outcome: 'unknown', status: 502, message: 'The server answered with HTTP status 502.' },
  ],
  [
    'a redirect',
    (_, response) => void response.writeHead(302, { location: 'https://other.test/x?token=1' }).end(),
    { outcome: 'not_executed', status: 302, message: expect.stringMatching(/https:\/\/other\.test\)\.$/) },
  ],
  [
    'headers that are too large',
    (_, response) => void response.writeHead(200, { 'x-large': 'x'.repeat(64 * 1024) }).end(),
    { outcome: 'unknown', reason: 'server_gone' },
  ],
];

describe('a request that the server answers with', () => {
  it.each(lossCases)('%s is lost, and the next one is not', async (_, script, loss) => {
    let isFirst = true;
    const { transport, messages } = await inSession(
      withHandshake(
        postsOnly((request, response) => {
          if (!isFirst) json(response, resultOf(request.body['id']));
          else script(request, response);
          isFirst = false;
        }),
      ),
    );
    expect(await lossOf(transport.send(aRequest(5)))).toMatchObject({ name: 'LostRequest', ...loss });
    await transport.send(aRequest(6));
    expect(messages().at(-1)).toEqual(resultOf(6));
  });

  it.each([
    ['JSON', (id: unknown, response: ScriptedRequest['response']) => json(response, resultOf(id, 'x'.repeat(300_000)))],
    [
      'a stream',
      (id: unknown, response: ScriptedRequest['response']) =>
        void stream(response).write(event(resultOf(id, 'x'.repeat(300_000)))),
    ],
  ])('more than it may (%s) is lost, and hung up on', async (_, answer) => {
    const { transport, messages, server } = await inSession(
      withHandshake(
        postsOnly(({ body }, response) => {
          if (body['id'] === 5) answer(body['id'], response);
          else json(response, resultOf(body['id']));
        }),
      ),
      { maxMessageBytes: 200_000 },
    );
    expect(await lossOf(transport.send(aRequest(5)))).toMatchObject({
      outcome: 'unknown',
      reason: 'result_too_large',
    });
    await eventually(() => server.of('tools/call')[0]?.response.destroyed === true);
    await transport.send(aRequest(6));
    expect(messages()).toEqual([resultOf(6)]);
  });
});

describe('the stream of a request', () => {
  const notes = ['one', 'two', 'three'].map((data) => ({
    jsonrpc: '2.0',
    method: 'notifications/message',
    params: { data },
  }));

  it('is taken up again where it broke off, without a loss or a repetition', async () => {
    const { transport, messages, server, timers } = await inSession(
      withHandshake(({ method, headers, body }, response) => {
        if (method === 'POST') {
          stream(response).write(`retry: 700\n\n${event(notes[0], 'a')}id: b\ndata: ${JSON.stringify(notes[1])}\n`);
          // The second event is not whole.
          setImmediate(() => response.destroy());
          expect(body['id']).toBe(5);
        } else if (headers['last-event-id'] === 'a') {
          stream(response).write(event(notes[1], 'b'));
          setImmediate(() => response.end());
        } else if (headers['last-event-id'] === 'b') {
          stream(response).end(event(notes[2], 'c') + event(resultOf(5), 'd'));
        } else noStream({} as ScriptedRequest, response);
      }),
    );
    await transport.send(aRequest(5));
    expect(messages()).toEqual([...notes, resultOf(5)]);
    const resumed = server.seen.filter(({ headers }) => headers['last-event-id'] !== undefined);
    expect(resumed.map(({ headers }) => headers['mcp-session-id'])).toEqual(['session-1', 'session-1']);
    expect(timers.asked.filter((ms) => ms === 700)).toHaveLength(2);
  });

  it('is asked for again, until the server has noticed that the last one is gone', async () => {
    let refusals = 0;
    const { transport, messages } = await inSession(
      withHandshake(({ method, headers }, response) => {
        if (method === 'POST') stream(response).end('id: a\ndata: \n\n');
        else if (headers['last-event-id'] === undefined) response.writeHead(405).end();
        else if ((refusals += 1) < 3) response.writeHead(409).end();
        else stream(response).end(event(resultOf(5), 'b'));
      }),
    );
    await transport.send(aRequest(5));
    expect(messages()).toEqual([resultOf(5)]);
  });

  it.each([
    ['ends before the answer, to be asked for the rest', false, 1],
    ['breaks off', true, 0],
  ])('lets the caller go and come back where it %s', async (_, isBroken, times) => {
    const { transport, messages } = await inSession(
      withHandshake(({ method, headers }, response) => {
        if (method === 'POST') {
          stream(response).write('id: a\ndata: \n\n');
          if (isBroken) setImmediate(() => response.destroy());
          else response.end();
        } else if (headers['last-event-id'] === undefined) response.writeHead(405).end();
        else stream(response).end(event(resultOf(5), 'b'));
      }),
    );
    let closed = 0;
    await transport.send(aRequest(5), { closeSSEStream: () => (closed += 1) });
    expect([messages(), closed]).toEqual([[resultOf(5)], times]);
  });

  it.each([404, 405, 400])('is lost where the server has it no longer (status %i)', async (status) => {
    const { transport } = await inSession(
      withHandshake(({ method, headers }, response) => {
        if (method === 'POST') stream(response).end('id: a\ndata: \n\n');
        else response.writeHead(headers['last-event-id'] === undefined ? 405 : status).end();
      }),
    );
    expect(await lossOf(transport.send(aRequest(5)))).toMatchObject({ outcome: 'unknown', reason: 'server_gone' });
  });

  it('is given up where the server does not come back', async () => {
    const { transport, server } = await inSession(
      withHandshake(({ method, headers }, response) => {
        if (method === 'POST') stream(response).end('id: a\ndata: \n\n');
        else if (headers['last-event-id'] === undefined) response.writeHead(405).end();
        else response.destroy();
      }),
    );
    expect(await lossOf(transport.send(aRequest(5)))).toMatchObject({ outcome: 'unknown' });
    expect(server.seen.filter(({ headers }) => headers['last-event-id'] === 'a')).toHaveLength(7);
  });

  it('is closed when the request is cancelled, after the server was told', async () => {
    const { transport, server } = await inSession(
      withHandshake(
        postsOnly(({ body }, response) => {
          if (body['method'] === 'tools/call') stream(response).write(': open\n\n');
          else response.writeHead(202).end();
        }),
      ),
    );
    void transport.send(aRequest(5));
    await eventually(() => server.of('tools/call').length === 1);
    const params = { requestId: 5, reason: 'no need' };
    await transport.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
    await eventually(() => server.of('tools/call')[0]?.isCutOff === true);
    expect(server.of('notifications/cancelled')[0]?.body['params']).toEqual(params);
  });
});

describe('a session that the server has forgotten', () => {
  /** Knows one session at a time; `forget` begins the next. */
  function forgetful(onCall: Script = ({ body }, response) => json(response, resultOf(body['id']))) {
    let current = 1;
    let refusal: Script = (_, response) => json(response, errorOf(null, -32001), 404);
    const script = withHandshake(
      postsOnly((request, response) => {
        if (request.headers['mcp-session-id'] !== `session-${current}`) refusal(request, response);
        else if (request.body['id'] === undefined) response.writeHead(202).end();
        else onCall(request, response);
      }),
      () => `session-${current}`,
    );
    return {
      script,
      forget: (how = refusal) => {
        current += 1;
        refusal = how;
      },
    };
  }

  it('is begun anew once for all who notice, with log level and subscriptions', async () => {
    const { script, forget } = forgetful();
    const { transport, messages, server } = await inSession(script);
    await transport.send(aRequest(1, 'logging/setLevel', { level: 'debug' }));
    await transport.send(aRequest(2, 'resources/subscribe', { uri: 'a:b' }));
    await transport.send(aRequest(3, 'resources/subscribe', { uri: 'c:d' }));
    await transport.send(aRequest(4, 'resources/unsubscribe', { uri: 'a:b' }));
    forget();
    const before = server.seen.length;
    await Promise.all([5, 6, 7].map((id) => transport.send(aRequest(id))));
    expect(messages().filter((message) => 'id' in message && Number(message.id) >= 5)).toHaveLength(3);
    const since = server.seen.slice(before).filter(({ method }) => method === 'POST');
    expect(since.filter(({ body }) => body['method'] !== 'tools/call').map(({ body }) => body)).toMatchObject([
      { method: 'initialize', params: { capabilities: {} } },
      { method: 'notifications/initialized' },
      { method: 'logging/setLevel', params: { level: 'debug' } },
      { method: 'resources/subscribe', params: { uri: 'c:d' } },
    ]);
    expect(server.seen.at(-1)?.headers['mcp-session-id']).toBe('session-2');
  });

  it('may have missed changes, which listeners are told of', async () => {
    const { script, forget } = forgetful();
    const { transport, messages } = await inSession(script);
    await transport.send(aRequest(2, 'resources/subscribe', { uri: 'a:b' }));
    forget();
    await transport.send(aRequest(5));
    expect(messages()).toContainEqual({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    expect(messages()).toContainEqual({
      jsonrpc: '2.0',
      method: 'notifications/resources/updated',
      params: { uri: 'a:b' },
    });
  });

  it('is not begun anew a second time for one request', async () => {
    const { transport, messages, server } = await inSession(
      withHandshake(postsOnly((_, response) => json(response, errorOf(null, -32001), 404))),
    );
    await transport.send(aRequest(5));
    expect(messages().at(-1)).toEqual(errorOf(5, -32001));
    expect(server.of('initialize')).toHaveLength(2);
    expect(server.of('tools/call')).toHaveLength(2);
  });

  it('is noticed where the server says so with status 400, as examples of the SDK do', async () => {
    const { script, forget } = forgetful();
    const { transport, messages } = await inSession(script);
    forget((_, response) => json(response, errorOf(null, -32000), 400));
    await transport.send(aRequest(5));
    expect(messages().at(-1)).toEqual(resultOf(5));
  });

  it('is not what a status 400 means where the server knows the session', async () => {
    const { script } = forgetful(({ body }, response) => {
      if (body['method'] === 'ping') json(response, resultOf(body['id']));
      else json(response, errorOf(null, -32000), 400);
    });
    const { transport, messages, server } = await inSession(script);
    await transport.send(aRequest(5));
    expect(messages()).toEqual([errorOf(5, -32000)]);
    expect(server.of('initialize')).toHaveLength(1);
  });

  it('loses the request as not executed where it can not be begun anew', async () => {
    const { transport } = await inSession(({ body, method }, response) => {
      if (method === 'GET') response.writeHead(405).end();
      else if (body['id'] === 0) withHandshake(noStream)({ body, method } as ScriptedRequest, response);
      else if (body['id'] === undefined) response.writeHead(202).end();
      else if (body['method'] === 'initialize') response.destroy();
      else response.writeHead(404).end();
    });
    expect(await lossOf(transport.send(aRequest(5)))).toMatchObject({ name: 'LostRequest', outcome: 'not_executed' });
  });
});

describe('a server that takes its time', () => {
  it('does not keep requests waiting for the end of the handshake', async () => {
    const { transport, messages, server } = await connected(
      postsOnly(({ body }, response) => {
        if (body['method'] !== 'notifications/initialized') json(response, resultOf(body['id']));
      }),
    );
    const greeted = lossOf(transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' }));
    await transport.send(aRequest(5));
    expect(messages()).toEqual([resultOf(5)]);
    expect(await greeted).toMatchObject({ name: 'LostRequest', reason: 'timeout' });
    expect(server.of('notifications/initialized')[0]?.isCutOff).toBe(true);
  });

  it('does not keep requests waiting for a new session', async () => {
    let isFirst = true;
    const { transport } = await inSession((request, response) => {
      const { body, method } = request;
      if (body['method'] === 'initialize' && !isFirst) return;
      if (body['method'] === 'initialize') isFirst = false;
      if (method === 'POST' && body['method'] === 'tools/call') response.writeHead(404).end();
      else withHandshake(noStream)(request, response);
    });
    expect(await lossOf(transport.send(aRequest(5)))).toMatchObject({ outcome: 'not_executed', reason: 'timeout' });
  });

  it('is not answered without end', async () => {
    const { transport, server } = await connected(() => undefined);
    const answers = Array.from({ length: 300 }, (_, id) =>
      lossOf(transport.send(resultOf(id) as unknown as RpcMessage)),
    );
    const losses = (await Promise.all(answers)) as Error[];
    expect(losses.filter(({ name }) => name === 'NotSent')).toHaveLength(44);
    expect(server.seen.length).toBe(256);
  });
});

describe('the stream for what belongs to no request', () => {
  const changed = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };

  it('is opened after the handshake', async () => {
    const { server, messages } = await inSession(
      withHandshake((_, response) => void stream(response).write(event(changed))),
    );
    await eventually(() => messages().length === 1);
    expect(messages()).toEqual([changed]);
    expect(server.seen.at(-1)).toMatchObject({
      method: 'GET',
      headers: { accept: 'text/event-stream', 'mcp-session-id': 'session-1', 'mcp-protocol-version': '2025-11-25' },
    });
  });

  it.each([405, 404, 400, 401])('is not asked for again where there is none (status %i)', async (status) => {
    const { server, transport } = await inSession(
      withHandshake(({ method, body }, response) => {
        if (method === 'GET') response.writeHead(status).end();
        else json(response, resultOf(body['id']));
      }),
    );
    await eventually(() => server.methods.includes('GET'));
    for (let id = 1; id < 10; id += 1) await transport.send(aRequest(id));
    expect(server.methods.filter((method) => method === 'GET')).toHaveLength(1);
    expect(server.of('initialize')).toHaveLength(1);
  });

  it('is opened again after the time that the server asks for, from the last event on', async () => {
    let count = 0;
    const { server, timers, messages } = await inSession(
      withHandshake((_, response) => {
        count += 1;
        stream(response);
        if (count === 1) response.end(`retry: 600\n\n${event(changed, 'e-1')}`);
        else response.write(event(changed, 'e-2'));
      }),
    );
    await eventually(() => messages().length === 2);
    expect(server.seen.map(({ headers }) => headers['last-event-id']).filter(Boolean)).toEqual(['e-1']);
    expect(timers.asked).toContain(600);
  });

  it('is opened again, less and less often, while the server is away', async () => {
    const { server, timers, errors } = await inSession(withHandshake((_, response) => void response.destroy()));
    await eventually(() => server.methods.filter((method) => method === 'GET').length === 4);
    expect(timers.asked.filter((ms) => [1_000, 2_000, 4_000].includes(ms))).toEqual([1_000, 2_000, 4_000]);
    expect(errors.length).toBeGreaterThan(0);
  });

  it('begins a new session where the server has forgotten the last one', async () => {
    let current = 1;
    const { server, messages } = await inSession(
      withHandshake(
        ({ headers, method, body }, response) => {
          const isKnown = headers['mcp-session-id'] === `session-${current}`;
          if (method === 'POST') json(response, resultOf(body['id']));
          else if (!isKnown) response.writeHead(404).end();
          else if (current === 2) stream(response).write(event(changed));
          else {
            stream(response).flushHeaders();
            setImmediate(() => {
              current = 2;
              response.end();
            });
          }
        },
        () => `session-${current}`,
      ),
    );
    await eventually(() => messages().length >= 2);
    expect(server.of('initialize')).toHaveLength(2);
  });

  it('leaves out a message that is too large, and goes on', async () => {
    const large = { ...changed, params: { x: 'x'.repeat(300_000) } };
    const { messages, errors } = await inSession(
      withHandshake((_, response) => void stream(response).write(event(large) + event(changed))),
      { maxMessageBytes: 200_000 },
    );
    await eventually(() => messages().length === 1);
    expect(messages()).toEqual([changed]);
    expect(errors).toHaveLength(1);
  });
});

describe('closing', () => {
  it('ends the session and everything that is open', async () => {
    const { transport, server } = await inSession(
      withHandshake(({ body, method }, response) => {
        if (method === 'GET' || body['method'] === 'tools/call') stream(response).write(': open\n\n');
      }),
    );
    void transport.send(aRequest(5)).catch(() => undefined);
    await eventually(() => server.of('tools/call').length === 1 && server.methods.includes('GET'));
    let closes = 0;
    transport.onclose = () => (closes += 1);
    await transport.close();
    await transport.close();
    expect(server.seen.at(-1)).toMatchObject({ method: 'DELETE', headers: { 'mcp-session-id': 'session-1' } });
    await eventually(() => server.seen.filter(({ isCutOff }) => isCutOff).length === 2);
    expect(closes).toBe(1);
    await expect(transport.send(aRequest(6))).rejects.toMatchObject({ name: 'NotSent' });
  });

  it('does not wait for a server that does not listen', async () => {
    const { transport } = await inSession((request, response) => {
      if (request.method !== 'DELETE') withHandshake(noStream)(request, response);
    });
    await transport.close();
    await expect(transport.send(aRequest(6))).rejects.toMatchObject({ name: 'NotSent' });
  });
});
