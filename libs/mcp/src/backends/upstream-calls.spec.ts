import type { JsonObject, McpCallContext } from '@mcp-hub/application';
import { beforeEach, describe, expect, it } from 'vitest';
import { aCall, CountingIds, eventually } from '../../test/support/fixtures.js';
import { kindOf, rpcResult, type RpcMessage, type RpcRequest } from '../wire/json-rpc.js';
import { metaKey } from '../wire/protocol.js';
import { ClientBackend } from './client-backend.js';
import { inMemoryTransportPair } from './in-memory-transport.js';
import type { RawTransport } from './raw-transport.js';

/** A server by hand, which says nothing about what its messages belong to, as over stdio. */
class ScriptedServer {
  readonly heard: RpcMessage[] = [];
  constructor(readonly transport: RawTransport) {
    transport.onmessage = (message) => {
      this.heard.push(message);
      const { id, method } = message as RpcRequest;
      if (method === 'initialize') {
        void transport.send(rpcResult(id, { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: {} }));
      }
    };
  }
  get calls(): RpcRequest[] {
    return this.heard.filter(
      (message): message is RpcRequest =>
        kindOf(message) === 'request' && 'params' in message && (message as RpcRequest).method === 'tools/call',
    );
  }
  answers(): RpcMessage[] {
    return this.heard.filter((message) => ['result', 'error'].includes(kindOf(message) ?? ''));
  }
  elicit(id: number, params: JsonObject = { mode: 'form', message: 'Which?' }): void {
    void this.transport.send({ jsonrpc: '2.0', id, method: 'elicitation/create', params });
  }
  finish(index: number, result: JsonObject = { content: [] }): void {
    void this.transport.send(rpcResult(this.calls[index]?.id ?? -1, result));
  }
  notify(method: string, params: JsonObject): void {
    void this.transport.send({ jsonrpc: '2.0', method, params });
  }
}

const tool = { method: 'tools/call', params: { name: 't' } };
const clientCapabilities = { elicitation: { form: {}, url: {} } };
const alice: Partial<McpCallContext> = { caller: { id: 'alice' }, clientCapabilities, logLevel: 'debug' };
const bob: Partial<McpCallContext> = { caller: { id: 'bob' }, clientCapabilities, logLevel: 'debug' };
const anonymous: Partial<McpCallContext> = { clientCapabilities, logLevel: 'debug' };

let server: ScriptedServer;
let backend: ClientBackend;
beforeEach(async () => {
  const [clientSide, serverSide] = inMemoryTransportPair();
  server = new ScriptedServer(serverSide);
  await serverSide.start();
  backend = new ClientBackend({ transport: clientSide, ids: new CountingIds() });
  await backend.start(AbortSignal.timeout(5_000));
});

describe('a server that does not say whom it asks', () => {
  it('asks the only caller in flight', async () => {
    const outcome = backend.call(tool, aCall(alice).context);
    server.elicit(1);
    expect(await outcome).toMatchObject({ kind: 'inputRequired' });
  });

  it.each([
    ['two callers', alice, bob],
    ['two anonymous callers', anonymous, anonymous],
    [
      'two sessions of one caller',
      { ...alice, caller: { id: 'alice', session: 's1' } },
      { ...alice, caller: { id: 'alice', session: 's2' } },
    ],
  ])('is refused while %s are in flight, naming the remedy', async (_, one, other) => {
    void backend.call(tool, aCall(one).context);
    void backend.call(tool, aCall(other).context);
    server.elicit(1);
    await eventually(() => server.answers().length === 1);
    expect(server.answers()).toMatchObject([
      { id: 1, error: { message: expect.stringContaining('isolation: session') } },
    ]);
  });

  it("is refused while another caller's call is parked", async () => {
    await parked();
    void backend.call(tool, aCall(bob).context);
    server.elicit(2);
    await eventually(() => server.answers().length === 1);
    expect(server.answers()).toMatchObject([{ id: 2, error: {} }]);
  });

  it('is refused while nobody is in flight', async () => {
    server.elicit(1);
    await eventually(() => server.answers().length === 1);
    expect(server.answers()).toMatchObject([{ id: 1, error: {} }]);
  });

  it('asks the caller whose calls are the only ones', async () => {
    void backend.call(tool, aCall(alice).context);
    const latest = backend.call(tool, aCall(alice).context);
    server.elicit(1);
    expect(await latest).toMatchObject({ kind: 'inputRequired' });
  });

  it('logs to nobody while several callers are in flight', async () => {
    const [one, other, listener] = [aCall(alice), aCall(bob), [] as string[]];
    backend.listen({}, (method) => listener.push(method));
    const first = backend.call(tool, one.context);
    const second = backend.call(tool, other.context);
    server.notify('notifications/message', { level: 'error', data: 'whose?' });
    server.finish(0);
    await first;
    server.notify('notifications/message', { level: 'error', data: "bob's" });
    server.finish(1);
    await second;
    expect([one.heard, other.heard.map(({ params }) => params['data']), listener]).toEqual([[], ["bob's"], []]);
  });
});

async function parked(): Promise<{ inputRequests: object; requestState: string }> {
  const outcome = backend.call(tool, aCall(alice).context);
  server.elicit(1);
  return (await outcome) as unknown as { inputRequests: object; requestState: string };
}

describe('what a server asks', () => {
  it('goes out together where it comes together', async () => {
    const outcome = backend.call(tool, aCall(alice).context);
    server.elicit(1, { message: 'First?' });
    server.elicit(2, { message: 'Second?' });
    expect(Object.values(((await outcome) as { inputRequests: object }).inputRequests)).toMatchObject([
      { params: { message: 'First?' } },
      { params: { message: 'Second?' } },
    ]);
  });

  it('can come while the call is parked, and goes out with the next leg', async () => {
    const first = await parked();
    server.elicit(2, { message: 'Second?' });
    const inputResponses = { [Object.keys(first.inputRequests)[0] ?? '']: { action: 'decline' } };
    const second = await backend.call(
      { ...tool, params: { name: 't', inputResponses, requestState: first.requestState } },
      aCall(alice).context,
    );
    expect(Object.values((second as { inputRequests: object }).inputRequests)).toMatchObject([
      { params: { message: 'Second?' } },
    ]);
    expect(server.answers()).toMatchObject([{ id: 1, result: { action: 'decline' } }]);
  });

  it('need not be answered when the server gives up asking', async () => {
    const first = await parked();
    server.notify('notifications/cancelled', { requestId: 1 });
    server.finish(0, { isError: true });
    const done = await backend.call(
      { ...tool, params: { name: 't', requestState: first.requestState } },
      aCall(alice).context,
    );
    expect(done).toEqual({ kind: 'complete', result: { isError: true } });
  });

  it('ends as unknown where the server goes away meanwhile', async () => {
    const first = await parked();
    await server.transport.close();
    const done = await backend.call(
      { ...tool, params: { name: 't', requestState: first.requestState } },
      aCall(alice).context,
    );
    expect(done).toMatchObject({ kind: 'error', data: { outcome: 'unknown', reason: 'server_gone' } });
  });

  it('is cancelled with its call, by a retry that is itself cancelled', async () => {
    const first = await parked();
    const context = { ...aCall(alice).context, signal: AbortSignal.abort() };
    await backend.call({ ...tool, params: { name: 't', requestState: first.requestState } }, context);
    await eventually(() =>
      server.heard.some((message) => 'method' in message && message.method === 'notifications/cancelled'),
    );
    expect(server.answers()).toMatchObject([{ id: 1, error: {} }]);
  });
});

describe('what a server says while a call is parked', () => {
  it('is told to the leg to come', async () => {
    const { requestState } = await parked();
    server.notify('notifications/message', { level: 'info', data: 'meanwhile' });
    const next = aCall(alice);
    void backend.call({ ...tool, params: { name: 't', requestState } }, next.context);
    expect(next.heard).toEqual([{ method: 'notifications/message', params: { level: 'info', data: 'meanwhile' } }]);
  });
});

describe('a subscription that a client asked for itself', () => {
  it('is not made a second time by the listener that follows', async () => {
    const asked = backend.call({ method: 'resources/subscribe', params: { uri: 'test://a' } }, aCall(alice).context);
    const sent = server.heard.at(-1) as RpcRequest;
    void server.transport.send(rpcResult(sent.id, {}));
    await asked;
    backend.listen({ resourceSubscriptions: ['test://a'] }, () => undefined);
    const subscriptions = server.heard.filter(
      (message) => 'method' in message && message.method === 'resources/subscribe',
    );
    expect(subscriptions).toEqual([sent]);
  });
});

describe('URL elicitation by error -32042', () => {
  const modern = { name: 't', _meta: { [metaKey.protocolVersion]: '2026-07-28', [metaKey.clientCapabilities]: {} } };
  const error = {
    code: -32042,
    message: 'Visit',
    data: { elicitations: [{ mode: 'url', url: 'https://example.com', message: 'Sign in', elicitationId: 'e' }] },
  };
  const refuse = (): void => {
    void server.transport.send({ jsonrpc: '2.0', id: server.calls.at(-1)?.id ?? -1, error });
  };

  it('is input_required for a modern client, whose retry executes anew', async () => {
    const outcome = backend.call({ ...tool, params: modern }, aCall(alice).context);
    refuse();
    expect(await outcome).toMatchObject({
      kind: 'inputRequired',
      inputRequests: { 'input-1': { params: { url: 'https://example.com' } } },
    });
    const inputResponses = { 'input-1': { action: 'accept' } };
    const retry = backend.call({ ...tool, params: { ...modern, inputResponses } }, aCall(alice).context);
    server.finish(1);
    expect(await retry).toMatchObject({ kind: 'complete' });
    expect(server.calls[1]?.params).toEqual({ name: 't' });
  });

  it('is not executed anew where the user declined', async () => {
    const inputResponses = { 'input-1': { action: 'decline' } };
    const retry = await backend.call({ ...tool, params: { ...modern, inputResponses } }, aCall(alice).context);
    expect(retry).toMatchObject({ kind: 'error', data: { outcome: 'not_executed' } });
    expect(server.calls).toEqual([]);
  });

  it('stays as it is for a legacy client', async () => {
    const outcome = backend.call(tool, aCall(alice).context);
    refuse();
    expect(await outcome).toEqual({ kind: 'error', ...error });
  });
});

describe("a legacy server's messages", () => {
  it('pass through with all that is unknown', async () => {
    const params = { name: 't', arguments: { deep: [{ x: null }] }, 'x-unknown': 1, _meta: { 'com.example/a': [1] } };
    const outcome = backend.call({ method: 'tools/call', params }, aCall(alice).context);
    const result = { content: [{ type: 'hologram', data: 1 }], 'x-more': { a: 1 }, _meta: { b: 2 } };
    server.finish(0, result);
    expect(await outcome).toEqual({ kind: 'complete', result });
    expect(server.calls[0]?.params).toEqual(params);
  });

  it('keep the data of errors', async () => {
    const outcome = backend.call(tool, aCall(alice).context);
    const error = { code: -32002, message: 'No', data: { uri: 'x', more: [1] } };
    void server.transport.send({ jsonrpc: '2.0', id: server.calls[0]?.id ?? -1, error });
    expect(await outcome).toEqual({ kind: 'error', ...error });
  });
});
