import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/fixtures.js';
import { nodeHttpSend } from '../../../test/support/node-http-send.js';
import {
  aRequest,
  errorOf,
  event,
  HurriedTimers,
  resultOf,
  ScriptedHttp,
  stream,
  json,
  type Script,
} from '../../../test/support/scripted-http.js';
import type { RpcMessage } from '../../wire/json-rpc.js';
import { SseTransport, type SseTransportOptions } from './sse-transport.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function connected(script: Script, over: Partial<SseTransportOptions> = {}) {
  const server = await ScriptedHttp.listen(script);
  const timers = new HurriedTimers();
  const transport = new SseTransport({ url: server.url, send: nodeHttpSend, timers, ...over });
  const messages: RpcMessage[] = [];
  transport.onmessage = (message) => void messages.push(message);
  await transport.start();
  open.push(server, transport);
  return { server, timers, transport, messages };
}

/** Answers on the stream; the test says to what, and may break the stream. */
function streaming(onPost: (body: Record<string, unknown>, say: (text: string) => void) => void) {
  let current: Parameters<Script>[1] | undefined;
  let count = 0;
  const script: Script = ({ method, body }, response) => {
    if (method === 'GET') {
      current = stream(response);
      count += 1;
      current.write(`event: endpoint\ndata: /messages?session=${count}\n\n`);
      return;
    }
    response.writeHead(202).end('Accepted');
    if (body['method'] === 'initialize') {
      const result = { protocolVersion: '2024-11-05', capabilities: { tools: { listChanged: true } } };
      current?.write(event({ jsonrpc: '2.0', id: body['id'], result }));
    } else if (body['id'] !== undefined) onPost(body, (text) => void current?.write(text));
  };
  return { script, cut: () => current?.destroy() };
}

const declared = { capabilities: { sampling: {} } };
const initialize = aRequest(0, 'initialize', declared);

describe('SseTransport', () => {
  it('posts to where the server says, and hears the answers on the stream', async () => {
    const { script } = streaming(({ id }, say) => {
      say(event(resultOf(id)));
    });
    const { transport, server, messages } = await connected(script, { headers: { Authorization: 'Bearer t' } });
    await Promise.all([1, 2].map((id) => transport.send(aRequest(id), { headers: { 'x-tenant': 'acme' } })));
    expect(messages).toEqual([resultOf(1), resultOf(2)]);
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /mcp',
      'POST /messages?session=1',
      'POST /messages?session=1',
    ]);
    expect(server.seen[1]?.headers).toMatchObject({ authorization: 'Bearer t', 'x-tenant': 'acme' });
  });

  it.each(['http://other.test/messages', 'file:///etc/passwd', 'https://127.0.0.1/messages'])(
    'sends nothing to %s',
    async (endpoint) => {
      const { transport, server } = await connected((_, response) => {
        stream(response).write(`event: endpoint\ndata: ${endpoint}\n\n`);
      });
      await expect(transport.send(initialize)).rejects.toMatchObject({ outcome: 'not_executed' });
      expect(server.methods).toEqual(['GET']);
    },
  );

  it.each<[string, Script, object]>([
    ['status 404', (_, response) => void response.writeHead(404).end(), { status: 404 }],
    ['status 401', (_, response) => void response.writeHead(401).end(), { code: 'upstream_auth' }],
    ['no stream', (_, response) => json(response, {}), { reason: 'upstream_error' }],
    ['a stream that ends', (_, response) => void stream(response).end(), { reason: 'upstream_error' }],
    ['a stream that says nothing', (_, response) => stream(response).flushHeaders(), { reason: 'upstream_error' }],
    ['a connection that breaks', (_, response) => void response.destroy(), {}],
  ])('can not be connected where the server answers with %s', async (_, script, loss) => {
    const { transport } = await connected(script);
    await expect(transport.send(initialize)).rejects.toMatchObject({
      name: 'LostRequest',
      outcome: 'not_executed',
      ...loss,
    });
  });

  it('hands on the error with which a POST is refused', async () => {
    const { transport, messages } = await connected(({ method, body }, response) => {
      if (method === 'GET') stream(response).write('event: endpoint\ndata: /m\n\n');
      else json(response, errorOf(body['id'], -32600, { a: 1 }), 400);
    });
    await transport.send(aRequest(5));
    expect(messages).toEqual([errorOf(5, -32600, { a: 1 })]);
  });

  it('loses what is in flight when the stream breaks, and shakes hands again on a new one', async () => {
    const { script, cut } = streaming(({ id, params }, say) => {
      if ((params as { name?: string }).name !== 'hang') say(event(resultOf(id)));
    });
    const { transport, server, messages } = await connected(script);
    await transport.send(initialize);
    await transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    await transport.send(aRequest(1, 'resources/subscribe', { uri: 'a:b' }));
    const hanging = transport.send(aRequest(2, 'tools/call', { name: 'hang' }));
    await eventually(() => server.of('tools/call').length === 1);
    const before = server.seen.length;
    messages.length = 0;
    cut();
    await expect(hanging).rejects.toMatchObject({ outcome: 'unknown', reason: 'server_gone' });
    await transport.send(aRequest(3));
    expect(messages).toEqual(
      expect.arrayContaining([resultOf(3), { jsonrpc: '2.0', method: 'notifications/tools/list_changed' }]),
    );
    expect(server.methods.slice(before)).toEqual([
      'GET',
      'initialize',
      'notifications/initialized',
      'resources/subscribe',
      'tools/call',
    ]);
    expect(server.seen.at(-1)?.url).toBe('/messages?session=2');
    expect(server.of('initialize')[1]?.body['params']).toEqual(declared);
  });

  it('comes back by itself when the stream breaks', async () => {
    const { script, cut } = streaming(() => undefined);
    const { transport, server } = await connected(script);
    await transport.send(initialize);
    await transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    cut();
    await eventually(() => server.of('notifications/initialized').length === 2);
  });

  it('loses the one answer that is too large', async () => {
    const { script } = streaming(({ id }, say) => {
      say(event(id === 5 ? { jsonrpc: '2.0', id, result: { value: 'x'.repeat(300_000) } } : resultOf(id)));
    });
    const { transport, messages } = await connected(script, { maxMessageBytes: 200_000 });
    const large = transport.send(aRequest(5));
    const small = transport.send(aRequest(6));
    await expect(large).rejects.toMatchObject({ outcome: 'unknown', reason: 'result_too_large' });
    await small;
    expect(messages).toEqual([resultOf(6)]);
  });

  it('tells the server of a cancellation', async () => {
    const { script } = streaming(() => undefined);
    const { transport, server } = await connected(script);
    void transport.send(aRequest(5));
    await eventually(() => server.of('tools/call').length === 1);
    await transport.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 5 } });
    expect(server.of('notifications/cancelled')).toHaveLength(1);
  });

  it('closes the stream', async () => {
    const { script } = streaming(() => undefined);
    const { transport, server } = await connected(script);
    await transport.send(initialize);
    await transport.close();
    await eventually(() => server.seen[0]?.isCutOff === true);
    await expect(transport.send(aRequest(6))).rejects.toMatchObject({ name: 'NotSent' });
  });
});
