import type { McpBackend, McpNotificationSink } from '@mcp-hub/application';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/fixtures.js';
import { SharedHub, type Worker } from '../../../test/support/http-hub.js';
import { OpenStream, post, RawSession } from '../../../test/support/raw-http.js';
import { legacyVersions } from '../../wire/protocol.js';
import { hasFeature } from './revision-features.js';

const everything = {
  content: [
    { type: 'text', text: 'hi', annotations: { priority: 1 } },
    { type: 'audio', mimeType: 'audio/wav', data: 'AAAA' },
    { type: 'resource_link', uri: 'file:///a', name: 'a' },
    { type: 'x-own' },
  ],
  structuredContent: { a: 1 },
  _meta: { own: 1 },
};
const tool = { name: 't', title: 'T', inputSchema: { type: 'object' }, outputSchema: { type: 'object' } };
const declared = { elicitation: { form: {}, url: {} }, sampling: { tools: {} }, roots: {} };

let hub: SharedHub;
let worker: Worker;
let tell: McpNotificationSink;
let capabilities: unknown;
beforeEach(async () => {
  hub = new SharedHub();
  const backend: McpBackend = {
    describe: async () => ({
      serverInfo: { name: 's', version: '1' },
      capabilities: { tools: {}, completions: {}, 'x-own': {} },
      tools: [tool],
      resources: [],
      resourceTemplates: [],
      prompts: [],
    }),
    call: async ({ method }, context) => {
      capabilities = context.clientCapabilities;
      if (method === 'tools/list') return { kind: 'complete', result: { tools: [tool] } };
      context.onNotification('notifications/progress', { progressToken: 'p', progress: 1, message: 'm' });
      context.onNotification('notifications/elicitation/complete', { elicitationId: 'e' });
      return { kind: 'complete', result: everything };
    },
    listen: (_filter, sink) => {
      tell = sink;
      return () => undefined;
    },
    check: async () => undefined,
    onExit: () => undefined,
    close: async () => undefined,
  };
  worker = await hub.worker('w1', backend);
});
afterEach(() => hub.close());

describe.each(legacyVersions)('a client of %s', (version) => {
  it('agrees on its own revision, and gets the capabilities of the server as they are', async () => {
    const { result } = await RawSession.open(worker.url, version);
    expect(result).toMatchObject({ protocolVersion: version, capabilities: { completions: {}, 'x-own': {} } });
  });

  it('gets content of the types that its revision has, and what no revision defines', async () => {
    const { body } = await (await RawSession.open(worker.url, version, declared)).callTool('t');
    const { content, ...rest } = body['result'] as { content: { type: string }[] };
    expect(content.map(({ type }) => type)).toEqual([
      'text',
      version >= '2025-03-26' ? 'audio' : 'text',
      version >= '2025-06-18' ? 'resource_link' : 'text',
      'x-own',
    ]);
    expect(rest).toEqual({ _meta: { own: 1 }, ...(version >= '2025-06-18' && { structuredContent: { a: 1 } }) });
  });

  it('lists tools that it can read', async () => {
    const { body } = await (await RawSession.open(worker.url, version)).request('tools/list');
    const { outputSchema, ...older } = tool;
    expect(body['result']).toEqual({ tools: [version >= '2025-06-18' ? { ...older, outputSchema } : older] });
  });

  it('is asked for nothing that its revision does not have', async () => {
    await (await RawSession.open(worker.url, version, declared)).callTool('t');
    expect(capabilities).toEqual({
      roots: {},
      sampling: version >= '2025-11-25' ? { tools: {} } : {},
      ...(version >= '2025-11-25' && { elicitation: declared.elicitation }),
      ...(version === '2025-06-18' && { elicitation: { form: {} } }),
    });
  });

  it('hears what its revision has of a call, on a stream that it can read', async () => {
    const session = await RawSession.open(worker.url, version);
    const call = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 't', arguments: {} } };
    const stream = await OpenStream.open(worker.url, 'POST', session.headers, call);
    await eventually(() => stream.isEnded);
    const isLatest = version === '2025-11-25';
    expect(stream.messages.map(({ method }) => method)).toEqual([
      'notifications/progress',
      ...(isLatest ? ['notifications/elicitation/complete'] : []),
      undefined,
    ]);
    expect(stream.messages[0]?.['params']).toMatchObject({ message: 'm' });
    expect(stream.events.some(({ data }) => data === '')).toBe(isLatest);
  });

  it('hears what its revision has outside of calls', async () => {
    const session = await RawSession.open(worker.url, version);
    const stream = await OpenStream.open(worker.url, 'GET', session.headers);
    for (const method of ['notifications/tasks/status', 'notifications/x-own', 'notifications/tools/list_changed']) {
      tell(method, {});
    }
    const heard = (): unknown[] => stream.messages.map(({ method }) => method);
    await eventually(() => heard().includes('notifications/tools/list_changed'));
    expect(heard().includes('notifications/tasks/status')).toBe(version === '2025-11-25');
    expect(heard()).toContain('notifications/x-own');
    stream.drop();
  });

  it('sends batches where its revision has them', async () => {
    const session = await RawSession.open(worker.url, version);
    const { status } = await session.send([{ jsonrpc: '2.0', id: 1, method: 'ping' }]);
    expect(status).toBe(hasFeature(version, 'batches') ? 200 : 400);
    expect(hasFeature(version, 'batches')).toBe(version === '2025-03-26');
  });

  it('may leave the version header out: its session has agreed on one', async () => {
    const session = await RawSession.open(worker.url, version);
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
    const status = async (header: Record<string, string>): Promise<number> =>
      (await post(worker.url, ping, { ...session.headers, ...header })).status;
    expect(await status({})).toBe(200);
    expect(await status({ 'mcp-protocol-version': version })).toBe(200);
    expect(await status({ 'mcp-protocol-version': 'x' })).toBe(400);
  });
});
