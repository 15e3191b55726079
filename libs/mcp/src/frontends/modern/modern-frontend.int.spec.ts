import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, ManualTimers } from '../../../test/support/fixtures.js';
import { SharedHub, type Worker } from '../../../test/support/http-hub.js';
import { envelope, modernPost, OpenStream, post } from '../../../test/support/raw-http.js';
import type { FeatureServer } from '../../../test/support/feature-servers.js';
import { metaKey } from '../../wire/protocol.js';

const canElicit = { [metaKey.clientCapabilities]: { elicitation: { form: {}, url: {} } } };
const echo = { method: 'tools/call', params: { name: 'echo', arguments: { text: 'hi' } } };
const elicit = { method: 'tools/call', params: { name: 'elicit', arguments: {} } };

let hub: SharedHub;
let worker: Worker & { features: FeatureServer };
beforeEach(async () => {
  hub = new SharedHub();
  worker = await hub.hosting('v1');
});
afterEach(() => hub.close());

function modernHeaders(method: string, name?: string): Record<string, string> {
  return {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(name !== undefined && { 'mcp-name': name }),
  };
}

describe('the modern frontend', () => {
  it('discovers the server', async () => {
    const { status, body } = await modernPost(worker.url, { method: 'server/discover' });
    expect(status).toBe(200);
    expect(body['result']).toMatchObject({
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: { listChanged: true } },
      instructions: 'Be kind.',
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      _meta: { [metaKey.serverInfo]: { name: 'features', version: '1.2.3' } },
    });
  });

  it('stamps results, with cache hints on lists only', async () => {
    const list = await modernPost(worker.url, { method: 'tools/list' });
    expect(list.body['result']).toMatchObject({ resultType: 'complete', ttlMs: 0, cacheScope: 'private' });
    const call = await modernPost(worker.url, echo);
    expect(call.headers.get('content-type')).toBe('application/json');
    expect(call.body['result']).toEqual({
      content: [{ type: 'text', text: 'hi' }],
      resultType: 'complete',
      _meta: { [metaKey.serverInfo]: { name: 'features', version: '1.2.3' } },
    });
  });

  it.each([
    ['no version in the body', { meta: { [metaKey.protocolVersion]: undefined } }, 400, -32602],
    ['no capabilities', { meta: { [metaKey.clientCapabilities]: undefined } }, 400, -32602],
    ['a log level that there is not', { meta: { [metaKey.logLevel]: 'loud' } }, 400, -32602],
    ['client info without a name', { meta: { [metaKey.clientInfo]: { version: '1' } } }, 400, -32602],
    ["a version unlike the header's", { headers: { 'mcp-protocol-version': '2025-11-25' } }, 400, -32020],
    ['no version header', { headers: { 'mcp-protocol-version': undefined } }, 400, -32020],
    ['no method header', { headers: { 'mcp-method': undefined } }, 400, -32020],
    ['another method in the header', { headers: { 'mcp-method': 'tools/list' } }, 400, -32020],
    ['no name header', { headers: { 'mcp-name': undefined } }, 400, -32020],
    ['another name in the header', { headers: { 'mcp-name': 'fail' } }, 400, -32020],
    ['a name header that is no Base64', { headers: { 'mcp-name': '=?base64?%%%?=' } }, 400, -32020],
    ['a name header in Base64', { headers: { 'mcp-name': '=?base64?ZWNobw==?=' } }, 200, undefined],
  ])('answers a call with %s as specified', async (_, over, status, code) => {
    const answer = await modernPost(worker.url, { ...echo, id: 'x' }, over);
    expect(answer.status).toBe(status);
    expect(answer.body['id']).toBe('x');
    expect((answer.body['error'] as { code: number } | undefined)?.code).toBe(code);
  });

  it('names the versions it knows to a client of another one', async () => {
    const answer = await modernPost(worker.url, echo, {
      meta: { [metaKey.protocolVersion]: '2030-01-01' },
      headers: { 'mcp-protocol-version': '2030-01-01' },
    });
    expect(answer.status).toBe(400);
    expect(answer.body['error']).toMatchObject({
      code: -32022,
      data: { supported: ['2026-07-28'], requested: '2030-01-01' },
    });
  });

  it.each(['ping', 'initialize', 'logging/setLevel', 'resources/subscribe', 'resources/unsubscribe', 'no/such'])(
    'has no %s',
    async (method) => {
      const answer = await modernPost(worker.url, { method });
      expect(answer.status).toBe(404);
      expect(answer.body['error']).toMatchObject({ code: -32601 });
    },
  );

  it.each(['GET', 'DELETE', 'PUT'])('allows no %s', async (method) => {
    const response = await fetch(worker.url, { method, headers: { 'mcp-protocol-version': '2026-07-28' } });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('accepts a notification', async () => {
    const notification = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
    expect((await post(worker.url, notification, modernHeaders('notifications/cancelled'))).status).toBe(202);
  });

  it('refuses a batch', async () => {
    const batch = [{ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: envelope } }];
    const answer = await post(worker.url, batch);
    expect([answer.status, (answer.body['error'] as { code: number }).code]).toEqual([400, -32600]);
  });

  it('streams log messages that the caller asked for before the result', async () => {
    const log = { method: 'tools/call', params: { name: 'log', arguments: {} } };
    const params = { ...log.params, _meta: { ...envelope, [metaKey.logLevel]: 'error' } };
    const stream = await OpenStream.open(worker.url, 'POST', modernHeaders('tools/call', 'log'), {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params,
    });
    await eventually(() => stream.isEnded);
    expect(stream.messages).toMatchObject([
      { method: 'notifications/message', params: { data: 'a error line' } },
      { id: 1, result: { resultType: 'complete' } },
    ]);
    expect((await modernPost(worker.url, log)).headers.get('content-type')).toBe('application/json');
  });

  it('answers in JSON a client that takes no streams', async () => {
    const answer = await modernPost(
      worker.url,
      { method: 'tools/call', params: { name: 'log', arguments: {} } },
      { meta: { [metaKey.logLevel]: 'debug' }, headers: { accept: 'application/json' } },
    );
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.body['result']).toMatchObject({ content: [{ text: 'logged' }] });
  });

  it('keeps an answer alive that is long in coming', async () => {
    const timers = new ManualTimers();
    const slow = await hub.hosting('v1', 'w9', { timers, limits: { callTimeoutMs: 600_000, callDeadlineMs: 600_000 } });
    const body = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'hang', arguments: {}, _meta: envelope },
    };
    const opening = OpenStream.open(slow.url, 'POST', modernHeaders('tools/call', 'hang'), body);
    await eventually(() => slow.features.executions.get('hang') === 1);
    timers.advance(15_000);
    timers.advance(15_000);
    const stream = await opening;
    timers.advance(15_000);
    await eventually(() => stream.text === ':\n\n', 'the comment');
    slow.features.release();
    await eventually(() => stream.isEnded);
    expect(stream.messages).toMatchObject([{ id: 1, result: { content: [{ text: 'released' }] } }]);
  });

  it('ends a call whose client went away', async () => {
    const body = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'hang', arguments: {}, _meta: envelope },
    };
    const controller = new AbortController();
    const call = fetch(worker.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...modernHeaders('tools/call', 'hang') },
      body: JSON.stringify(body),
      signal: controller.signal,
    }).catch(() => undefined);
    await eventually(() => worker.features.executions.get('hang') === 1);
    controller.abort();
    await call;
    await eventually(() => worker.features.aborted.length === 1);
  });
});

describe('a modern call that needs input', () => {
  async function ask(): Promise<{ key: string; requestState: string }> {
    const { body } = await modernPost(worker.url, elicit, { meta: canElicit });
    const result = body['result'] as { inputRequests: Record<string, unknown>; requestState: string };
    return { key: Object.keys(result.inputRequests)[0] ?? '', requestState: result.requestState };
  }

  function retry(requestState: string, key: string, over: object = {}, url = worker.url) {
    const inputResponses = { [key]: { action: 'accept', content: { colour: 'red' } } };
    const params = { ...elicit.params, inputResponses, requestState, ...over };
    return modernPost(url, { method: 'tools/call', id: 2, params }, { meta: canElicit });
  }

  it('is asked with a sealed state, and goes on with the answer', async () => {
    const { key, requestState } = await ask();
    expect(requestState).not.toMatch(/hub-\d/);
    const { body } = await retry(requestState, key);
    expect(JSON.stringify(body['result'])).toContain('red');
    expect(worker.features.executions.get('elicit')).toBe(1);
  });

  it('has no elicitationId in a URL elicitation', async () => {
    const { body } = await modernPost(
      worker.url,
      { method: 'tools/call', params: { name: 'elicit-url', arguments: {} } },
      { meta: canElicit },
    );
    const requests = Object.values(
      (body['result'] as { inputRequests: Record<string, { params: object }> }).inputRequests,
    );
    expect(requests).toEqual([
      { method: 'elicitation/create', params: { mode: 'url', message: 'Visit', url: 'https://example.com/' } },
    ]);
  });

  it('refuses a state that was altered', async () => {
    const { key, requestState } = await ask();
    const { status, body } = await retry(`${requestState.slice(0, -4)}AAAA`, key);
    expect(status).toBe(200);
    expect(body['error']).toMatchObject({ code: -32602, data: { reason: 'invalid_request_state' } });
  });

  it('refuses a state with other arguments', async () => {
    const { key, requestState } = await ask();
    const { body } = await retry(requestState, key, { arguments: { other: true } });
    expect(body['error']).toMatchObject({ data: { reason: 'invalid_request_state' } });
  });

  it('refuses the state of another caller', async () => {
    const { key, requestState } = await ask();
    worker.gateway = { caller: 'mallory' };
    expect((await retry(requestState, key)).body['error']).toMatchObject({ data: { reason: 'invalid_request_state' } });
  });

  it('refuses a state that has expired', async () => {
    const { key, requestState } = await ask();
    hub.clock.time += 600_001;
    expect((await retry(requestState, key)).body['error']).toMatchObject({ data: { reason: 'invalid_request_state' } });
  });

  it('refuses a state that was used', async () => {
    const { key, requestState } = await ask();
    await retry(requestState, key);
    expect((await retry(requestState, key)).body['error']).toMatchObject({ data: { reason: 'invalid_request_state' } });
  });

  it('is sent to the worker that keeps it', async () => {
    const other = await hub.hosting('v1', 'w2');
    const { key, requestState } = await ask();
    const { status, headers } = await retry(requestState, key, {}, other.url);
    expect([status, headers.get('hub-owner')]).toEqual([409, 'w1']);
    expect(JSON.stringify((await retry(requestState, key)).body['result'])).toContain('red');
  });

  it('is of unknown outcome when that worker is gone', async () => {
    const other = await hub.hosting('v1', 'w2');
    other.gateway = { isOwnerGone: true, callId: 'c-7' };
    const { key, requestState } = await ask();
    const { status, body } = await retry(requestState, key, {}, other.url);
    expect(status).toBe(200);
    expect(body['error']).toMatchObject({
      data: { outcome: 'unknown', server: 'features', worker: 'w2', callId: 'c-7' },
    });
  });
});

describe('subscriptions/listen', () => {
  const listen = (notifications: unknown) => ({
    jsonrpc: '2.0',
    id: 'sub-1',
    method: 'subscriptions/listen',
    params: { notifications, _meta: envelope },
  });

  it('acknowledges first, then tags what was asked for', async () => {
    const wanted = { toolsListChanged: true, resourceSubscriptions: ['test://note'], unknownThing: true };
    const stream = await OpenStream.open(worker.url, 'POST', modernHeaders('subscriptions/listen'), listen(wanted));
    await eventually(() => stream.messages.length === 1);
    const tag = { _meta: { [metaKey.subscriptionId]: 'sub-1' } };
    expect(stream.messages[0]).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { toolsListChanged: true, resourceSubscriptions: ['test://note'] }, ...tag },
    });
    await eventually(() => worker.features.subscribed.has('test://note'));
    await worker.features.resourceUpdated('test://other');
    await worker.features.log('not for modern clients');
    worker.features.addTool('new');
    await worker.features.resourceUpdated('test://note');
    await eventually(() => stream.messages.length === 3);
    expect(stream.messages.slice(1)).toMatchObject([
      { method: 'notifications/tools/list_changed', params: tag },
      { method: 'notifications/resources/updated', params: { uri: 'test://note', ...tag } },
    ]);
    stream.drop();
    await eventually(() => worker.features.subscribed.size === 0, 'the subscription to end');
  });

  it('is over at once where nothing can be honoured', async () => {
    const stream = await OpenStream.open(worker.url, 'POST', modernHeaders('subscriptions/listen'), listen({}));
    await eventually(() => stream.isEnded);
    expect(stream.messages).toMatchObject([
      { params: { notifications: {} } },
      { id: 'sub-1', result: { resultType: 'complete' } },
    ]);
  });

  it('ends with a result when the endpoint closes', async () => {
    const stream = await OpenStream.open(
      worker.url,
      'POST',
      modernHeaders('subscriptions/listen'),
      listen({ toolsListChanged: true }),
    );
    await worker.endpoint.close();
    await eventually(() => stream.isEnded);
    expect(stream.messages.at(-1)).toMatchObject({ id: 'sub-1', result: { resultType: 'complete' } });
  });

  it('needs a filter', async () => {
    const answer = await post(worker.url, listen({ toolsListChanged: 'yes' }), modernHeaders('subscriptions/listen'));
    expect(answer.body['error']).toMatchObject({ code: -32602 });
  });
});
