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
import type { RpcMessage } from '../../wire/json-rpc.js';

afterEach(closeConnections);

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
