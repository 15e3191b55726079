import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/fixtures.js';
import {
  closeConnections,
  connected,
  inSession,
  lossOf,
  noStream,
  postsOnly,
} from '../../../test/support/legacy-http.js';
import {
  aRequest,
  errorOf,
  event,
  json,
  resultOf,
  stream,
  withHandshake,
  type Script,
  type ScriptedRequest,
} from '../../../test/support/scripted-http.js';

afterEach(closeConnections);

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
