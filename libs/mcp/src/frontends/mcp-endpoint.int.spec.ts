import { request } from 'node:http';
import type { JsonObject, McpBackend, McpOutcome } from '@mcp-hub/application';
import { LoadFailed } from '@mcp-hub/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, ManualTimers } from '../../test/support/fixtures.js';
import { SharedHub } from '../../test/support/http-hub.js';
import { modernPost, OpenStream, post, RawSession } from '../../test/support/raw-http.js';
import { CallLoss } from '../call-loss.js';

const echo = { name: 'echo', arguments: { text: 'hi' } };
const write = { name: 'write', arguments: { text: 'hi' } };
const hang = { name: 'hang', arguments: {} };
const json = { 'content-type': 'application/json' };

let hub: SharedHub;
beforeEach(() => {
  hub = new SharedHub();
});
afterEach(() => hub.close());

/** A server of which only the answers matter. */
function scripted(over: Partial<McpBackend>): McpBackend {
  return {
    describe: async () => ({
      serverInfo: {},
      capabilities: { tools: {} },
      tools: [],
      resources: [],
      resourceTemplates: [],
      prompts: [],
    }),
    call: async () => ({ kind: 'complete', result: {} }),
    listen: () => () => undefined,
    check: async () => undefined,
    onExit: () => undefined,
    close: async () => undefined,
    ...over,
  };
}

describe('an endpoint', () => {
  it('refuses what is no JSON', async () => {
    const { url } = await hub.hosting('v1');
    const answer = await post(url, '{"jsonrpc":');
    expect([answer.status, answer.body]).toEqual([
      400,
      { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'The body is not valid JSON.' } },
    ]);
  });

  it.each([
    '"text"',
    '42',
    'null',
    '{}',
    '{"jsonrpc":"1.0","id":1,"method":"ping"}',
    '{"jsonrpc":"2.0","id":null,"method":"ping"}',
  ])('refuses %s, which is no message', async (body) => {
    const { url } = await hub.hosting('v1');
    const answer = await post(url, body);
    expect([answer.status, (answer.body['error'] as { code: number }).code]).toEqual([400, -32600]);
  });

  it('refuses what is not declared as JSON', async () => {
    const { url } = await hub.hosting('v1');
    expect((await post(url, '{}', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('refuses a body that is too large, announced or not', async () => {
    const { url } = await hub.hosting('v1', 'w1', { limits: { maxBodyBytes: 100 } });
    expect((await post(url, `"${'x'.repeat(100)}"`)).status).toBe(413);
    const status = await new Promise((resolve, reject) => {
      const chunked = request(url, { method: 'POST', headers: json }, (res) => resolve(res.statusCode));
      chunked.on('error', reject);
      chunked.write('"'.padEnd(60, 'x'));
      chunked.end('x'.repeat(60));
    });
    expect(status).toBe(413);
  });

  it('allows no other methods', async () => {
    const { url } = await hub.hosting('v1');
    const response = await fetch(url, { method: 'PUT' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST, DELETE']);
  });

  it('shows nothing of its own faults', async () => {
    const faults: unknown[] = [];
    const fault = new Error('secret path /root');
    const backend = scripted({ call: () => Promise.reject(fault) });
    const { url } = await hub.worker('w1', backend, { onFault: (error) => faults.push(error) });
    const answer = await modernPost(url, { method: 'tools/call', params: echo });
    expect(answer).toMatchObject({
      status: 200,
      body: { id: 1, error: { code: -32603, data: { outcome: 'unknown' } } },
    });
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    expect(faults).toEqual([fault]);
  });

  it('hands on the headers that are to be forwarded', async () => {
    const seen: unknown[] = [];
    const worker = await hub.worker(
      'w1',
      scripted({
        call: async (_, { forwardedHeaders, caller, callId }) => {
          seen.push(forwardedHeaders, caller, callId);
          return { kind: 'complete', result: {} };
        },
      }),
    );
    worker.gateway = { forwardedHeaders: { 'x-tenant': 'a' }, caller: 'alice', callId: 'c-1' };
    await modernPost(worker.url, { method: 'tools/list' });
    expect(seen).toEqual([{ 'x-tenant': 'a' }, { id: 'alice' }, 'c-1']);
  });

  it('waits for its calls when it drains, up to the deadline', async () => {
    const timers = new ManualTimers();
    const { url, endpoint, features } = await hub.hosting('v1', 'w1', { timers });
    const answer = modernPost(url, { method: 'tools/call', params: hang });
    await eventually(() => features.executions.get('hang') === 1);
    let isDrained = false;
    const drained = endpoint.drain(5_000).then(() => (isDrained = true));
    await modernPost(url, { method: 'tools/list' });
    expect([isDrained, endpoint.activeCalls]).toEqual([false, 1]);
    timers.advance(5_000);
    await drained;
    features.release();
    expect((await answer).status).toBe(200);
    await endpoint.drain(5_000);
    expect(endpoint.activeCalls).toBe(0);
  });

  it('refuses a call whose headers contradict the arguments that they repeat', async () => {
    const tool = {
      name: 't',
      inputSchema: { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } },
    };
    const backend = scripted({});
    const { url } = await hub.worker('w1', {
      ...backend,
      describe: async (signal) => ({ ...(await backend.describe(signal)), tools: [tool] }),
    });
    const call = (region?: string) =>
      modernPost(
        url,
        { method: 'tools/call', params: { name: 't', arguments: { region: 'eu' } } },
        { headers: { 'mcp-param-region': region } },
      );
    expect((await call('eu')).status).toBe(200);
    for (const wrong of [undefined, 'us']) {
      const answer = await call(wrong);
      expect([answer.status, (answer.body['error'] as { code: number }).code]).toEqual([400, -32020]);
    }
  });

  it('asks the server again who it is when that failed', async () => {
    const backend = scripted({});
    let isUp = false;
    const describe = (signal: AbortSignal) => (isUp ? backend.describe(signal) : Promise.reject(new Error('not yet')));
    const { url } = await hub.worker('w1', { ...backend, describe });
    expect((await modernPost(url, { method: 'tools/list' })).status).toBe(503);
    isUp = true;
    expect((await modernPost(url, { method: 'tools/list' })).status).toBe(200);
  });

  it('says of a resource that a legacy server does not find what modern clients know', async () => {
    const missing = { kind: 'error' as const, code: -32002, message: 'No', data: { uri: 'x' } };
    const { url } = await hub.worker('w1', scripted({ call: async () => missing }));
    const modern = await modernPost(url, { method: 'resources/read', params: { uri: 'x' } });
    expect(modern.body['error']).toEqual({ code: -32602, message: 'No', data: { uri: 'x' } });
    const legacy = await (await RawSession.open(url)).request('resources/read', { uri: 'x' });
    expect(legacy.body['error']).toEqual({ code: -32002, message: 'No', data: { uri: 'x' } });
  });

  it('learns of new tools', async () => {
    const { url, features } = await hub.hosting('v1');
    await modernPost(url, { method: 'server/discover' });
    features.addTool('new');
    expect((await modernPost(url, { method: 'tools/call', params: { name: 'new', arguments: {} } })).status).toBe(200);
  });
});

describe("a call that can't be completed", () => {
  it('is of unknown outcome when it takes too long, and progress puts that off', async () => {
    const timers = new ManualTimers();
    let notify: (params: JsonObject) => void = () => undefined;
    let ended = '';
    const backend = scripted({
      call: (_, { signal, onNotification }) =>
        new Promise<McpOutcome>((resolve) => {
          notify = (params) => onNotification('notifications/progress', params);
          signal.addEventListener('abort', () => {
            ended = 'aborted';
            resolve({ kind: 'error', code: 1, message: 'x', data: new CallLoss('unknown', 'cancelled') });
          });
        }),
    });
    const limits = { callTimeoutMs: 1_000, callDeadlineMs: 2_500 };
    const { url, endpoint } = await hub.worker('w1', backend, { timers, limits });
    const answer = modernPost(url, { method: 'tools/call', params: echo });
    await eventually(() => endpoint.activeCalls === 1);
    for (const ms of [900, 900, 600]) {
      timers.advance(ms);
      notify({ progress: 1 });
      expect(ended).toBe('');
    }
    timers.advance(100);
    const { status, body } = await answer;
    expect([status, ended]).toEqual([200, 'aborted']);
    expect(body['error']).toMatchObject({
      data: { outcome: 'unknown', reason: 'timeout', server: 'features', worker: 'w1', callId: 'call-1' },
    });
  });

  it('is of unknown outcome when the server goes away', async () => {
    const { url, features } = await hub.hosting('v1');
    const session = await RawSession.open(url);
    const answers = [modernPost(url, { method: 'tools/call', params: hang }), session.request('tools/call', hang)];
    await eventually(() => features.executions.get('hang') === 2);
    await features.close();
    for (const answer of answers) {
      expect(await answer).toMatchObject({
        status: 200,
        body: { error: { data: { outcome: 'unknown', reason: 'server_gone' } } },
      });
    }
    expect(await session.request('tools/call', hang)).toMatchObject({
      status: 200,
      body: { error: { data: { outcome: 'not_executed' } } },
    });
  });

  it('is not executed where the server does not even say what it is', async () => {
    const failure = new LoadFailed('crashed', 'The server crashed.', 'Read its log.');
    const { url } = await hub.worker('w1', scripted({ describe: () => Promise.reject(failure) }));
    const call = await modernPost(url, { method: 'tools/call', params: echo });
    expect(call).toMatchObject({
      status: 200,
      body: { error: { message: 'The server crashed.', data: { outcome: 'not_executed' } } },
    });
    const list = await modernPost(url, { method: 'tools/list' });
    expect(list).toMatchObject({ status: 503, body: { error: { data: { outcome: 'not_executed' } } } });
  });

  it('is not executed again by a second worker, unless its tool may be', async () => {
    const worker = await hub.hosting('v1');
    worker.gateway = { attempt: 2 };
    const session = await RawSession.open(worker.url);
    for (const again of [
      await session.request('tools/call', write),
      await modernPost(worker.url, { method: 'tools/call', params: write }),
    ]) {
      expect(again).toMatchObject({
        status: 200,
        body: { error: { data: { outcome: 'unknown', reason: 'attempt_repeated' } } },
      });
    }
    expect(worker.features.executions.has('write')).toBe(false);
    expect((await session.request('tools/call', echo)).body['result']).toMatchObject({ content: [{ text: 'hi' }] });
    expect((await modernPost(worker.url, { method: 'tools/list' })).status).toBe(200);
  });

  it('ends where the server asks without end', async () => {
    const asked: unknown[] = [];
    const backend = scripted({
      call: async ({ params }) => {
        asked.push(params['requestState']);
        return {
          kind: 'inputRequired',
          inputRequests: { q: { method: 'roots/list', params: {} } },
          requestState: `s${asked.length}`,
        };
      },
    });
    const { url } = await hub.worker('w1', backend);
    const session = await RawSession.open(url, '2025-11-25', { roots: {} });
    const body = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: echo };
    const stream = await OpenStream.open(url, 'POST', session.headers, body);
    for (let round = 1; round <= 10; round += 1) {
      await eventually(() => stream.messages.length === round);
      await session.send({ jsonrpc: '2.0', id: stream.messages.at(-1)?.['id'], result: { roots: [] } });
    }
    await eventually(() => stream.isEnded);
    expect(stream.messages.at(-1)).toMatchObject({ id: 7, error: { data: { outcome: 'unknown' } } });
    expect(asked.slice(0, 3)).toEqual([undefined, 's1', 's2']);
  });
});
