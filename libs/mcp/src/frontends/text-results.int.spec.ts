import type { JsonObject, McpBackend, McpOutcome } from '@mcp-hub/application';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SharedHub } from '../../test/support/http-hub.js';
import { modernPost, OpenStream, RawSession } from '../../test/support/raw-http.js';
import { eventually } from '../../test/support/fixtures.js';
import { legacyVersions } from '../wire/protocol.js';
import { textOutcome } from '../wire/text-outcome.js';

const list = {
  tools: [{ name: 't', title: 'Tööl', inputSchema: { type: 'object' }, outputSchema: { type: 'object' } }],
};
const result = {
  content: [
    { type: 'text', text: 'hi\n"there"' },
    { type: 'audio', mimeType: 'audio/wav', data: 'AAAA' },
  ],
  structuredContent: { a: 1 },
};

const results: Record<string, JsonObject> = {
  'tools/list': list,
  'tools/call': result,
  'resources/list': { resources: [{ uri: 'api://x', name: 'x' }] },
  'resources/templates/list': { resourceTemplates: [] },
  'resources/read': { contents: [{ uri: 'api://x', mimeType: 'application/json', text: '{"ä":1}' }] },
};

let hub: SharedHub;
beforeEach(() => {
  hub = new SharedHub();
});
afterEach(() => hub.close());

/** @param complete makes an outcome of a result */
async function urlOf(name: string, complete: (value: JsonObject) => McpOutcome): Promise<URL> {
  const backend: McpBackend = {
    describe: async () => ({
      serverInfo: { name: 's', version: '1' },
      capabilities: { tools: {}, resources: {} },
      ...list,
      resources: [],
      resourceTemplates: [],
      prompts: [],
    }),
    call: async ({ method }) => complete(results[method] ?? {}),
    listen: () => () => undefined,
    check: async () => undefined,
    onExit: () => undefined,
    close: async () => undefined,
  };
  return (await hub.worker(name, backend)).url;
}

const asObject = (value: JsonObject): McpOutcome => ({ kind: 'complete', result: value });
const asText = (value: JsonObject): McpOutcome => textOutcome(JSON.stringify(value));
const asBytes = (value: JsonObject): McpOutcome => textOutcome(new TextEncoder().encode(JSON.stringify(value)));
/** One whose object nobody may ask for. */
const asTextAlone = (value: JsonObject): McpOutcome => ({
  kind: 'complete',
  json: new TextEncoder().encode(JSON.stringify(value)),
  get result(): JsonObject {
    throw new Error('The result was parsed.');
  },
});

async function legacyAnswers(url: URL, version: string): Promise<unknown[]> {
  const session = await RawSession.open(url, version);
  const answers = [
    await session.request('tools/list'),
    await session.callTool('t'),
    await session.request('resources/list'),
    await session.request('resources/templates/list'),
    await session.request('resources/read', { uri: 'api://x' }),
  ];
  return answers.map(({ status, body }) => ({ status, result: body['result'] }));
}

async function modernAnswers(url: URL): Promise<unknown[]> {
  const answers = [
    await modernPost(url, { method: 'tools/list' }),
    await modernPost(url, { method: 'tools/call', params: { name: 't', arguments: {} } }),
    await modernPost(url, { method: 'resources/list' }),
    await modernPost(url, { method: 'resources/templates/list' }),
    await modernPost(url, { method: 'resources/read', params: { uri: 'api://x' } }),
  ];
  return answers.map(({ status, body }) => ({ status, body }));
}

describe('a result that is text already', () => {
  it.each(legacyVersions)('is for a client of %s what the same object would be', async (version) => {
    const expected = await legacyAnswers(await urlOf('object', asObject), version);
    expect(await legacyAnswers(await urlOf('text', asText), version)).toEqual(expected);
    expect(await legacyAnswers(await urlOf('bytes', asBytes), version)).toEqual(expected);
  });

  it('is for a modern client what the same object would be', async () => {
    const expected = await modernAnswers(await urlOf('object', asObject));
    expect(expected).toMatchObject(Object.values(results).map((one) => ({ body: { result: one } })));
    expect(await modernAnswers(await urlOf('text', asText))).toEqual(expected);
    expect(await modernAnswers(await urlOf('bytes', asBytes))).toEqual(expected);
  });

  it('is parsed for no client that can read all of it', async () => {
    const url = await urlOf('text-alone', asTextAlone);
    expect(await modernAnswers(url)).toMatchObject(Object.values(results).map((one) => ({ body: { result: one } })));
    for (const version of ['2025-06-18', '2025-11-25']) {
      expect(await legacyAnswers(url, version)).toEqual(
        Object.values(results).map((one) => ({ status: 200, result: one })),
      );
    }
  });

  it('is changed once for all clients of a revision that can not read all of it', async () => {
    let parsed = 0;
    const json = new TextEncoder().encode(JSON.stringify(list));
    const url = await urlOf('counted', () => ({
      kind: 'complete',
      json,
      get result(): JsonObject {
        parsed += 1;
        return list;
      },
    }));
    for (let count = 0; count < 3; count += 1) {
      const { body } = await (await RawSession.open(url, '2025-03-26')).request('tools/list');
      expect(body['result']).toEqual({ tools: [{ name: 't', title: 'Tööl', inputSchema: { type: 'object' } }] });
    }
    expect(parsed).toBe(1);
  });

  it('is not parsed for older clients where it is the same for all revisions', async () => {
    const url = await urlOf('same-for-all', asTextAlone);
    const session = await RawSession.open(url, '2024-11-05');
    for (const method of ['resources/list', 'resources/read']) {
      expect((await session.request(method, { uri: 'api://x' })).body['result']).toEqual(results[method]);
    }
  });

  it('goes out as one event where the client would rather have a stream', async () => {
    const url = await urlOf('stream', asBytes);
    const session = await RawSession.open(url, '2025-11-25');
    const headers = { ...session.headers, accept: 'text/event-stream, application/json;q=0.5' };
    const stream = await OpenStream.open(url, 'POST', headers, { jsonrpc: '2.0', id: 7, method: 'tools/list' });
    await eventually(() => stream.isEnded);
    expect(stream.messages).toEqual([{ jsonrpc: '2.0', id: 7, result: list }]);
  });
});
