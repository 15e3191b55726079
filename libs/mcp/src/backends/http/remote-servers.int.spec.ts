import type { McpBackend, McpCallContext, McpOutcome } from '@mcp-hub/application';
import { afterEach, describe, expect, it } from 'vitest';
import { aCall, CountingIds, eventually } from '../../../test/support/fixtures.js';
import { nodeHttpSend } from '../../../test/support/node-http-send.js';
import {
  legacyServer,
  modernServer,
  sseServer,
  statelessServer,
  twoEraServer,
  type RemoteServer,
} from '../../../test/support/remote-servers.js';
import { metaKey } from '../../wire/protocol.js';
import { connectRemoteServer, type RemoteServerOptions } from './connect-remote-server.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function connect(server: RemoteServer, over: Partial<RemoteServerOptions> = {}) {
  open.push(server);
  const found: string[] = [];
  const backend = await connectRemoteServer({
    url: server.url,
    transport: server.url.endsWith('/sse') ? 'sse' : 'streamable-http',
    send: nodeHttpSend,
    ids: new CountingIds(),
    signal: AbortSignal.timeout(10_000),
    onFound: (text) => found.push(text),
    ...over,
  });
  open.push(backend);
  return { backend, found };
}

function callTool(
  backend: McpBackend,
  name: string,
  args: Record<string, unknown> = {},
  { context, meta }: { context?: McpCallContext; meta?: Record<string, unknown> } = {},
): Promise<McpOutcome> {
  const params = { name, arguments: args, ...(meta && { _meta: meta }) };
  return backend.call({ method: 'tools/call', params }, context ?? aCall().context);
}

const modernMeta = { [metaKey.protocolVersion]: '2026-07-28', [metaKey.clientCapabilities]: {} };
const textOf = (outcome: McpOutcome) =>
  outcome.kind === 'complete' ? (outcome.result['content'] as { text: string }[])[0]?.text : outcome;

const kinds = {
  'SDK v1, Streamable HTTP': () => legacyServer('v1'),
  'SDK v2, Streamable HTTP of the legacy era': () => legacyServer('v2'),
  'SDK v1, HTTP with SSE': sseServer,
  'SDK v2, modern only': modernServer,
  'SDK v2, stateless': statelessServer,
  'SDK v2, both eras': twoEraServer,
};

describe.each(Object.entries(kinds))('a remote server (%s)', (_, start) => {
  it('is described', async () => {
    const { backend } = await connect(await start());
    const described = await backend.describe(AbortSignal.timeout(5_000));
    expect(described.serverInfo).toMatchObject({ name: 'features' });
    expect(described.tools.map(({ name }) => name)).toContain('echo');
    expect(described.prompts).toHaveLength(1);
    expect(described.instructions).toBe('Be kind.');
  });

  it('is called', async () => {
    const { backend } = await connect(await start());
    const outcomes = await Promise.all(['a', 'b', 'ü€'].map((text) => callTool(backend, 'echo', { text })));
    expect(outcomes.map(textOf)).toEqual(['a', 'b', 'ü€']);
  });

  it('tells of progress before the result', async () => {
    const { backend } = await connect(await start());
    const { context, heard } = aCall();
    expect(textOf(await callTool(backend, 'progress', {}, { context, meta: { progressToken: 'mine' } }))).toBe('done');
    expect(heard.map(({ params }) => [params['progressToken'], params['progress']])).toEqual([
      ['mine', 1],
      ['mine', 2],
      ['mine', 3],
    ]);
  });

  it('asks the caller', async () => {
    const { backend } = await connect(await start());
    const { context } = aCall({ clientCapabilities: { elicitation: { form: {} } } });
    const asked = await callTool(backend, 'elicit', {}, { context });
    if (asked.kind !== 'inputRequired') throw new Error(JSON.stringify(asked));
    const [key] = Object.keys(asked.inputRequests ?? {});
    const answer = { action: 'accept', content: { colour: 'red' } };
    const params = {
      name: 'elicit',
      arguments: {},
      inputResponses: { [key!]: answer },
      ...(asked.requestState !== undefined && { requestState: asked.requestState }),
    };
    expect(textOf(await backend.call({ method: 'tools/call', params }, context))).toBe(JSON.stringify(answer));
  });

  it('sees that a call is cancelled', async () => {
    const server = await start();
    const { backend } = await connect(server);
    const { context, abort } = aCall();
    const outcome = callTool(backend, 'hang', {}, { context });
    await eventually(() => server.seen.some(({ body }) => isCallOf(body, 'hang')));
    await eventually(() => server.features().executions.get('hang') === 1);
    abort();
    expect(await outcome).toMatchObject({ kind: 'error', data: { outcome: 'unknown', reason: 'cancelled' } });
    await eventually(() => server.features().aborted.includes('hang'));
  });

  it('serves again after it was away, and calls in the gap are not executed', async () => {
    const server = await start();
    const { backend } = await connect(server);
    const exits: Error[] = [];
    backend.onExit((reason) => exits.push(reason));
    await server.pause();
    expect(await callTool(backend, 'echo', { text: 'x' })).toMatchObject({
      kind: 'error',
      data: { outcome: 'not_executed', reason: 'server_gone' },
    });
    await expect(backend.check(AbortSignal.timeout(2_000))).rejects.toThrow();
    await server.resume();
    await eventually(async () => (await callTool(backend, 'echo', { text: 'back' })).kind === 'complete');
    expect(textOf(await callTool(backend, 'echo', { text: 'there' }))).toBe('there');
    await backend.check(AbortSignal.timeout(2_000));
    expect(exits).toEqual([]);
  });

  it('is not called any more when closed', async () => {
    const server = await start();
    const { backend } = await connect(server);
    await backend.close();
    expect(await callTool(backend, 'echo', { text: 'x' })).toMatchObject({ data: { outcome: 'not_executed' } });
  });
});

function isCallOf(body: Record<string, unknown> | undefined, name: string): boolean {
  return body?.['method'] === 'tools/call' && (body['params'] as { name: string }).name === name;
}

describe('a session of the legacy era', () => {
  it.each(['v1', 'v2'] as const)('is begun anew once, when the server has forgotten it (SDK %s)', async (sdk) => {
    const server = await legacyServer(sdk);
    const { backend } = await connect(server);
    await callTool(backend, 'echo', { text: 'x' });
    backend.listen({ resourceSubscriptions: ['test://note'] }, () => undefined);
    await eventually(() => server.features().subscribed.has('test://note'));
    const before = server.seen.length;
    server.forgetSessions();
    const outcomes = await Promise.all(['a', 'b', 'c'].map((text) => callTool(backend, 'write', { text })));
    expect(outcomes.map(textOf)).toEqual(['a', 'b', 'c']);
    const methods = server.seen.slice(before).map(({ body }) => body?.['method']);
    expect(methods.filter((method) => method === 'initialize')).toHaveLength(1);
    expect(methods.filter((method) => method === 'notifications/initialized')).toHaveLength(1);
    expect(methods).toContain('logging/setLevel');
    expect(server.features().subscribed).toEqual(new Set(['test://note']));
    expect(server.features().executions.get('write')).toBe(3);
  });

  it('hears of changes outside of calls', async () => {
    const server = await legacyServer('v1');
    const { backend } = await connect(server);
    const heard: string[] = [];
    backend.listen({ toolsListChanged: true }, (method) => heard.push(method));
    await eventually(() => server.seen.some(({ method }) => method === 'GET'));
    server.features().addTool('new');
    await eventually(() => heard.length === 1);
    expect(heard).toEqual(['notifications/tools/list_changed']);
  });

  it('loses no message of a call whose stream breaks off', async () => {
    const server = await legacyServer('v1');
    const { backend } = await connect(server);
    const { context, heard } = aCall();
    const outcome = callTool(backend, 'end-stream', {}, { context });
    await eventually(() => server.seen.some(({ headers }) => headers['last-event-id'] !== undefined));
    server.features().release();
    expect(textOf(await outcome)).toBe('told later');
    expect(heard).toEqual([]);
  });

  it('is ended when the backend is closed', async () => {
    const server = await legacyServer('v1');
    const { backend } = await connect(server);
    const session = server.seen.at(-1)?.headers['mcp-session-id'];
    await backend.close();
    expect(server.seen.at(-1)).toMatchObject({ method: 'DELETE', headers: { 'mcp-session-id': session } });
  });
});

describe('the eras of a remote server', () => {
  it('are told to the log', async () => {
    expect((await connect(await legacyServer('v1'))).found).toEqual(['The server speaks 2025-11-25.']);
    expect((await connect(await modernServer())).found).toEqual(['The server speaks 2026-07-28.']);
    expect((await connect(await twoEraServer())).found).toEqual(['The server speaks 2026-07-28 and 2025-11-25.']);
    expect((await connect(await sseServer())).found).toEqual(['The server speaks 2025-11-25 over HTTP with SSE.']);
  });

  it('serve each client in its own, where the server speaks both', async () => {
    const server = await twoEraServer();
    const { backend } = await connect(server);
    await callTool(backend, 'echo', { text: 'legacy' });
    expect(server.seen.at(-1)?.headers['mcp-session-id']).toBeDefined();
    await callTool(backend, 'echo', { text: 'modern' }, { meta: modernMeta });
    expect(server.seen.at(-1)?.headers).toMatchObject({ 'mcp-protocol-version': '2026-07-28', 'mcp-name': 'echo' });
    expect(server.seen.at(-1)?.headers['mcp-session-id']).toBeUndefined();
  });

  it('are both left when the backend is closed', async () => {
    const server = await twoEraServer();
    const { backend } = await connect(server);
    const subscribed = () => server.seen.find(({ body }) => body?.['method'] === 'subscriptions/listen');
    await eventually(() => subscribed() !== undefined);
    await backend.close();
    await eventually(() => subscribed()?.isCutOff === true);
    expect(server.seen.at(-1)?.method).toBe('DELETE');
  });

  it('may be of an HTTP+SSE server at a Streamable HTTP entry', async () => {
    const { found } = await connect(await sseServer(), { transport: 'streamable-http' });
    expect(found).toEqual(['The server speaks 2025-11-25 over HTTP with SSE.']);
  });
});

describe('headers', () => {
  it.each([
    ['legacy', () => legacyServer('v1')],
    ['modern', modernServer],
  ])('of the entry go with every request, those of the caller with its own (%s)', async (_, start) => {
    const server = await start();
    const { backend } = await connect(server, { headers: { 'X-Key': 'secret' } });
    const { context } = aCall({ forwardedHeaders: { 'x-tenant': 'acme' } });
    await callTool(backend, 'echo', { text: 'x' }, { context });
    const call = server.seen.find(({ body }) => isCallOf(body, 'echo'));
    expect(call?.headers).toMatchObject({ 'x-key': 'secret', 'x-tenant': 'acme' });
    expect(server.seen.every(({ headers }) => headers['x-key'] === 'secret')).toBe(true);
    expect(server.seen.filter(({ headers }) => headers['x-tenant'] !== undefined)).toHaveLength(1);
  });
});
