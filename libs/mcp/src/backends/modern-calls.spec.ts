import type { JsonObject, McpCaller } from '@mcp-hub/application';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCall, type Heard } from '../../test/support/fixtures.js';
import type { RpcId, RpcRequest } from '../wire/json-rpc.js';
import { metaKey } from '../wire/protocol.js';
import { inMemoryTransportPair } from './in-memory-transport.js';
import { ModernBackend } from './modern-backend.js';
import type { RawTransport } from './raw-transport.js';

/** The server's end of a connection that, as on stdio, does not tell which request a message belongs to. */
let server: RawTransport;
let backend: ModernBackend;
let calls: RpcId[] = [];
beforeEach(async () => {
  const [clientSide, serverSide] = inMemoryTransportPair();
  calls = [];
  server = serverSide;
  serverSide.onmessage = (message) => {
    const { id, method } = message as RpcRequest;
    const result = { supportedVersions: ['2026-07-28'], capabilities: {} };
    if (method === 'server/discover') void serverSide.send({ jsonrpc: '2.0', id, result });
    if (method === 'tools/call') calls.push(id);
  };
  await serverSide.start();
  backend = new ModernBackend({ transport: clientSide });
  await backend.start(AbortSignal.timeout(1_000));
});
afterEach(() => backend.close());

const says = (method: string, params: JsonObject) => server.send({ jsonrpc: '2.0', method, params });
const logs = (data: string) => says('notifications/message', { level: 'info', data });

/** A call that is in flight until its answer is told. */
function begin(caller: McpCaller, progressToken?: string): { heard: Heard[]; answer: () => Promise<void> } {
  const { context, heard } = aCall({ caller, logLevel: 'info' });
  const _meta = progressToken === undefined ? {} : { progressToken };
  const outcome = backend.call({ method: 'tools/call', params: { name: 'x', _meta } }, context);
  const id = calls.at(-1) ?? 0;
  const answer = async () => {
    await server.send({ jsonrpc: '2.0', id, result: { resultType: 'complete' } });
    await outcome;
  };
  return { heard, answer };
}
const datasOf = ({ heard }: { heard: Heard[] }) => heard.map(({ params }) => params['data']);

describe('ModernCalls on a connection that does not tell whose a message is', () => {
  it('tells it the only caller in flight', async () => {
    const first = begin({ id: 'ann' });
    await first.answer();
    const second = begin({ id: 'bob' });
    await logs('for bob');
    await says('notifications/extension', { data: 'unknown here' });
    expect([datasOf(first), datasOf(second)]).toEqual([[], ['for bob', 'unknown here']]);
  });

  it('tells nobody while there are several callers', async () => {
    const [ann, bob] = [begin({ id: 'ann' }), begin({ id: 'bob' })];
    await logs('for whom?');
    await ann.answer();
    await logs('for bob');
    expect([datasOf(ann), datasOf(bob)]).toEqual([[], ['for bob']]);
  });

  it('does not take all that are anonymous for one', async () => {
    const both = [begin({ id: 'anonymous' }), begin({ id: 'anonymous' })];
    await logs('for whom?');
    expect(both.map(datasOf)).toEqual([[], []]);
  });

  it('finds by the token whose progress it is', async () => {
    const [ann, bob] = [begin({ id: 'ann' }, 'a'), begin({ id: 'bob' }, 'b')];
    await says('notifications/progress', { progressToken: calls[1] ?? 0, progress: 1 });
    expect([ann.heard, bob.heard]).toEqual([
      [],
      [{ method: 'notifications/progress', params: { progressToken: 'b', progress: 1 } }],
    ]);
  });

  it.each<[string, JsonObject]>([
    ['notifications/tools/list_changed', {}],
    ['notifications/tools/list_changed', { _meta: { [metaKey.subscriptionId]: 1 } }],
    ['notifications/subscriptions/acknowledged', { notifications: {}, _meta: { [metaKey.subscriptionId]: 1 } }],
  ])('keeps %s, which is of a subscription, from the caller in flight', async (method, params) => {
    const heard: string[] = [];
    backend.listen({ toolsListChanged: true }, (event) => heard.push(event));
    const call = begin({ id: 'ann' });
    await says(method, params);
    expect(call.heard).toEqual([]);
    expect(heard).toEqual(method.endsWith('list_changed') ? [method] : []);
  });
});
