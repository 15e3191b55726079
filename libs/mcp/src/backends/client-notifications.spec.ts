import { afterEach, expect, it } from 'vitest';
import type { JsonObject } from '@mcp-hub/application';
import { aCall, CountingIds } from '../../test/support/fixtures.js';
import type { RpcMessage } from '../wire/json-rpc.js';
import { metaKey } from '../wire/protocol.js';
import { ClientBackend } from './client-backend.js';
import { inMemoryTransportPair } from './in-memory-transport.js';

const open: ClientBackend[] = [];
afterEach(async () => {
  for (const backend of open.splice(0)) await backend.close();
});

/** A server that shakes hands and answers nothing else; `said` is what it got besides. */
async function connected(clientCapabilities?: JsonObject) {
  const [transport, server] = inMemoryTransportPair();
  const said: RpcMessage[] = [];
  server.onmessage = (message) => {
    if ('method' in message && message.method === 'initialize' && 'id' in message) {
      const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 's', version: '1' } };
      void server.send({ jsonrpc: '2.0', id: message.id, result });
    } else said.push(message);
  };
  await server.start();
  const backend = new ClientBackend({
    transport,
    ids: new CountingIds(),
    ...(clientCapabilities && { clientCapabilities }),
  });
  open.push(backend);
  await backend.start(AbortSignal.timeout(5_000));
  said.length = 0;
  return { backend, server, said };
}

const caller = { id: 'ada', session: 's1' };
const rootsChanged = { method: 'notifications/roots/list_changed', params: {} };

it('tells a server of changed roots that was told of roots', async () => {
  const { backend, said } = await connected({ roots: { listChanged: true } });
  backend.notify(rootsChanged, caller);
  expect(said).toEqual([{ jsonrpc: '2.0', ...rootsChanged }]);
});

it.each([
  rootsChanged,
  { method: 'notifications/initialized', params: {} },
  { method: 'notifications/cancelled', params: { requestId: 1 } },
  { method: 'notifications/tasks/status', params: {} },
])('does not tell a shared server $method', async (notification) => {
  const { backend, said } = await connected();
  backend.notify(notification, caller);
  expect(said).toEqual([]);
});

it('hands on what only an extension defines, without the envelope of 2026-07-28', async () => {
  const { backend, said } = await connected();
  const _meta = { [metaKey.protocolVersion]: '2026-07-28', 'com.example/a': 1 };
  backend.notify({ method: 'notifications/com.example/x', params: { a: 1, _meta } }, { id: 'ada' });
  expect(said).toEqual([
    { jsonrpc: '2.0', method: 'notifications/com.example/x', params: { a: 1, _meta: { 'com.example/a': 1 } } },
  ]);
});

it('hands on progress of the caller who was asked, but of nobody else', async () => {
  const { backend, server, said } = await connected();
  const { context } = aCall({ caller, clientCapabilities: { sampling: {} } });
  const outcome = backend.call({ method: 'tools/call', params: { name: 't' } }, context);
  const params = { messages: [], maxTokens: 1, _meta: { progressToken: 'p' } };
  await server.send({ jsonrpc: '2.0', id: 'q', method: 'sampling/createMessage', params });
  expect(await outcome).toMatchObject({ kind: 'inputRequired' });
  said.length = 0;
  const progress = { method: 'notifications/progress', params: { progressToken: 'p', progress: 1 } };
  backend.notify(progress, { id: 'ada', session: 's2' });
  backend.notify({ ...progress, params: { progressToken: 'other', progress: 1 } }, caller);
  expect(said).toEqual([]);
  backend.notify(progress, caller);
  expect(said).toEqual([{ jsonrpc: '2.0', ...progress }]);
});

it('refuses a server what it was not told that its client can do, also where the caller can', async () => {
  const { backend, server, said } = await connected();
  const { context } = aCall({ caller, clientCapabilities: { roots: {} } });
  void backend.call({ method: 'tools/call', params: { name: 't' } }, context);
  await server.send({ jsonrpc: '2.0', id: 'r', method: 'roots/list' });
  expect(said.at(-1)).toMatchObject({ id: 'r', error: { code: -32601 } });
});

it.each([
  ['takes it back', { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'q' } }],
  ['answers without it', { jsonrpc: '2.0', id: 2, result: {} }],
] as const)('tells who was asked that the server waits no longer when it %s', async (_, message) => {
  const { backend, server } = await connected();
  const withdrawn: string[] = [];
  const { context } = aCall({
    caller,
    clientCapabilities: { sampling: {} },
    onWithdrawn: (key) => withdrawn.push(key),
  });
  const outcome = backend.call({ method: 'tools/call', params: { name: 't' } }, context);
  await server.send({
    jsonrpc: '2.0',
    id: 'q',
    method: 'sampling/createMessage',
    params: { messages: [], maxTokens: 1 },
  });
  expect(await outcome).toMatchObject({ inputRequests: { 'input-1': {} } });
  await server.send(message);
  expect(withdrawn).toEqual(['input-1']);
});
