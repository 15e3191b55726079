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
  type Script,
} from '../../../test/support/scripted-http.js';
import type { RpcMessage } from '../../wire/json-rpc.js';
import type { RawMessageExtra } from '../raw-transport.js';
import { ModernHttpTransport, type ModernHttpTransportOptions } from './modern-http-transport.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function connected(script: Script, over: Partial<ModernHttpTransportOptions> = {}) {
  const server = await ScriptedHttp.listen(script);
  const timers = new HurriedTimers();
  const transport = new ModernHttpTransport({ url: server.url, send: nodeHttpSend, timers, ...over });
  const heard: [RpcMessage, RawMessageExtra | undefined][] = [];
  transport.onmessage = (message, extra) => void heard.push([message, extra]);
  await transport.start();
  open.push(server, transport);
  return { server, timers, transport, heard, messages: () => heard.map(([message]) => message) };
}

const answering: Script = ({ body }, response) => json(response, resultOf(body['id']));
const cancelled = (requestId: number): RpcMessage => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId },
});

describe('a request of the modern era', () => {
  it.each([
    ['tools/call', { name: 'echo' }, 'echo'],
    ['prompts/get', { name: 'greet' }, 'greet'],
    ['resources/read', { uri: 'test://a' }, 'test://a'],
    ['tools/call', { name: 'grüß' }, `=?base64?${Buffer.from('grüß').toString('base64')}?=`],
    ['tools/call', { name: ' padded ' }, `=?base64?${Buffer.from(' padded ').toString('base64')}?=`],
    ['tools/call', { name: '=?base64?eA==?=' }, `=?base64?${Buffer.from('=?base64?eA==?=').toString('base64')}?=`],
    ['tools/list', { name: 'not of this method' }, undefined],
  ])('says in headers what it is about (%s %j)', async (method, params, name) => {
    const { transport, server } = await connected(answering);
    await transport.send(aRequest(1, method, params), { headers: { 'x-tenant': 'acme', 'mcp-method': 'forged' } });
    const { headers } = server.seen[0]!;
    expect(headers).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      'x-tenant': 'acme',
    });
    expect(headers['mcp-name']).toBe(name);
  });

  it('hears what belongs to it, before the answer', async () => {
    const log = { jsonrpc: '2.0', method: 'notifications/message', params: {} };
    const { transport, heard } = await connected(({ body }, response) => {
      stream(response).end(event(log) + event(resultOf(body['id'])));
    });
    await transport.send(aRequest(5));
    expect(heard).toEqual([log, resultOf(5)].map((message) => [message, { relatedRequestId: 5 }]));
  });

  it.each([400, 404, 500, 200])('gets the error that comes with status %i, data included', async (status) => {
    const { transport, messages } = await connected(({ body }, response) =>
      json(response, errorOf(body['id'], -32021, { requiredCapabilities: {} }), status),
    );
    await transport.send(aRequest(5));
    expect(messages()).toEqual([errorOf(5, -32021, { requiredCapabilities: {} })]);
  });

  it.each<[string, Script, object]>([
    ['status 401', (_, response) => json(response, errorOf(null, -32000), 401), { code: 'upstream_auth', status: 401 }],
    ['status 502', (_, response) => void response.writeHead(502).end('no'), { outcome: 'unknown', status: 502 }],
    ['no message', (_, response) => json(response, { hello: 1 }), { outcome: 'unknown', reason: 'upstream_error' }],
    [
      'what is no response to it',
      ({ body }, response) => void stream(response).write(event({ jsonrpc: '2.0', id: body['id'], result: 3 })),
      { outcome: 'unknown', reason: 'upstream_error' },
    ],
    [
      'a stream that breaks off',
      (_, response) => void stream(response).write('data: {', () => response.destroy()),
      { outcome: 'unknown', reason: 'server_gone' },
    ],
    [
      'too much',
      ({ body }, response) => void stream(response).write(event(resultOf(body['id'], 'x'.repeat(300_000)))),
      { outcome: 'unknown', reason: 'result_too_large' },
    ],
  ])('is lost where the server answers with %s', async (_, script, loss) => {
    const { transport, messages } = await connected(
      (request, response) => (request.body['id'] === 5 ? script : answering)(request, response),
      { maxMessageBytes: 200_000 },
    );
    await expect(transport.send(aRequest(5))).rejects.toMatchObject({ name: 'LostRequest', ...loss });
    await transport.send(aRequest(6));
    expect(messages()).toEqual([resultOf(6)]);
  });

  it('is cancelled by closing its answer', async () => {
    const { transport, server, messages } = await connected((_, response) => void stream(response).write(': open\n\n'));
    void transport.send(aRequest(5));
    await eventually(() => server.seen.length === 1);
    await transport.send(cancelled(5));
    await eventually(() => server.seen[0]?.isCutOff === true);
    expect({ requests: server.seen.length, messages: messages() }).toEqual({ requests: 1, messages: [] });
  });

  it('is cut off when everything is closed', async () => {
    const { transport, server } = await connected((_, response) => void stream(response).write(': open\n\n'));
    void transport.send(aRequest(5));
    void transport.send(aRequest(6, 'subscriptions/listen', {}));
    await eventually(() => server.seen.length === 2);
    await transport.close();
    await eventually(() => server.seen.every(({ isCutOff }) => isCutOff));
  });

  it('posts a notification', async () => {
    const { transport, server } = await connected((_, response) => void response.writeHead(202).end());
    await transport.send({ jsonrpc: '2.0', method: 'notifications/x', params: { a: 1 } });
    expect(server.seen[0]).toMatchObject({ body: { params: { a: 1 } }, headers: { 'mcp-method': 'notifications/x' } });
  });
});

describe('the headers that a tool wants beside its arguments', () => {
  const inputSchema = {
    type: 'object',
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      deep: { type: 'object', properties: { size: { type: 'integer', 'x-mcp-header': 'Size' } } },
      text: { type: 'string' },
    },
  };
  const tools = [
    { name: 'where', inputSchema },
    { name: 'plain', inputSchema: { type: 'object' } },
  ];
  const params = { name: 'where', arguments: { region: 'Zürich', deep: { size: 3 }, text: 'x' } };

  /** A server whose tool insists on its header. */
  const insisting: Script = ({ body, headers }, response) => {
    if (body['method'] === 'tools/list') {
      const { cursor } = body['params'] as { cursor?: string };
      const [first, second] = tools;
      json(response, {
        jsonrpc: '2.0',
        id: body['id'],
        result: cursor === undefined ? { tools: [second], nextCursor: 'more' } : { tools: [first] },
      });
    } else if (headers['mcp-param-region'] === undefined) json(response, errorOf(body['id'], -32020), 400);
    else json(response, resultOf(body['id']));
  };

  it('are sent once its list was seen', async () => {
    const { transport, server } = await connected(insisting);
    await transport.send(aRequest(1, 'tools/list', { cursor: 'more' }));
    await transport.send(aRequest(2, 'tools/call', params));
    expect(server.seen).toHaveLength(2);
    expect(server.seen[1]?.headers).toMatchObject({
      'mcp-param-region': `=?base64?${Buffer.from('Zürich').toString('base64')}?=`,
      'mcp-param-size': '3',
    });
  });

  it('are learned where the server refuses a call without them, which is then repeated', async () => {
    const { transport, server, messages } = await connected(insisting);
    await Promise.all([2, 3].map((id) => transport.send(aRequest(id, 'tools/call', params))));
    expect(messages()).toHaveLength(2);
    expect(messages()).toEqual(expect.arrayContaining([resultOf(2), resultOf(3)]));
    expect(server.of('tools/list').map(({ body }) => (body['params'] as { cursor?: string }).cursor)).toEqual([
      undefined,
      'more',
    ]);
  });

  it('do not explain every mismatch: the error is the answer then', async () => {
    const { transport, server, messages } = await connected(insisting);
    await transport.send(aRequest(2, 'tools/call', { name: 'plain', arguments: {} }));
    expect(messages()).toEqual([errorOf(2, -32020)]);
    expect(server.of('tools/call')).toHaveLength(1);
  });

  it('are left out where the argument is missing or no plain value', async () => {
    const { transport, server } = await connected(answering);
    await transport.send(aRequest(1, 'tools/list', {}));
    await transport.send(aRequest(2, 'tools/call', { name: 'where', arguments: { region: null, deep: { size: {} } } }));
    expect(Object.keys(server.seen[1]!.headers).filter((name) => name.startsWith('mcp-param-'))).toEqual([]);
  });
});

describe('a subscription', () => {
  const acknowledged = { jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params: {} };
  const changed = { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: {} };
  const listen = aRequest(3, 'subscriptions/listen', { notifications: { toolsListChanged: true } });

  it.each<[string, (response: Parameters<Script>[1]) => void]>([
    ['breaks', (response) => void response.destroy()],
    ['is ended', (response) => void response.end()],
    ['is answered', (response) => void response.end(event(resultOf(3)))],
  ])('is asked for again when it %s', async (_, end) => {
    const { transport, server, messages } = await connected((_request, response) => {
      stream(response).write(event(acknowledged) + event(changed), () => {
        if (server.seen.length < 3) end(response);
      });
    });
    await transport.send(listen);
    await eventually(
      () => messages().filter((message) => 'method' in message && message.method === changed.method).length === 3,
    );
    expect(server.seen.map(({ body }) => body)).toEqual([listen, listen, listen]);
  });

  it.each<[string, Script]>([
    ['is answered at once', ({ body }, response) => json(response, resultOf(body['id']))],
    ['is answered at once on a stream', ({ body }, response) => void stream(response).end(event(resultOf(body['id'])))],
    ['is refused', ({ body }, response) => json(response, errorOf(body['id'], -32601), 404)],
  ])('is not asked for again when it %s', async (_, script) => {
    const { transport, server, timers } = await connected(script);
    await transport.send(listen);
    await eventually(() => server.seen[0]?.response.writableFinished === true);
    await transport.send(aRequest(4)).catch(() => undefined);
    expect(server.of('subscriptions/listen')).toHaveLength(1);
    expect(timers.asked.filter((ms) => ms !== 5_000)).toEqual([]);
  });

  it('is ended by its cancellation', async () => {
    const { transport, server } = await connected((_, response) => void stream(response).write(event(acknowledged)));
    await transport.send(listen);
    await eventually(() => server.seen.length === 1);
    await transport.send(cancelled(3));
    await eventually(() => server.seen[0]?.isCutOff === true);
  });
});
