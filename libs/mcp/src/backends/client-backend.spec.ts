import type { JsonObject, McpBackend, McpOutcome } from '@mcp-hub/application';
import { LoadFailed } from '@mcp-hub/domain';
import { afterEach, describe, expect, it } from 'vitest';
import { featureServer, sdkVersions, type FeatureServer, type SdkVersion } from '../../test/support/feature-servers.js';
import { aCall, CountingIds, eventually, ManualTimers } from '../../test/support/fixtures.js';
import { CallLoss } from '../call-loss.js';
import { InputRefusal } from '../input-refusal.js';
import { metaKey } from '../wire/protocol.js';
import type { ClientBackendOptions } from './client-backend.js';
import { connectInMemoryServer } from './connect-in-memory-server.js';

const canElicit = { clientCapabilities: { elicitation: { form: {}, url: {} }, sampling: {} } };
const modernMeta = {
  [metaKey.protocolVersion]: '2026-07-28',
  [metaKey.clientCapabilities]: {},
  [metaKey.clientInfo]: { name: 'c', version: '1' },
  [metaKey.logLevel]: 'debug',
};

const tool = (name: string, args: JsonObject = {}, params: JsonObject = {}) => ({
  method: 'tools/call',
  params: { name, arguments: args, ...params },
});

function textOf(outcome: McpOutcome): string {
  if (outcome.kind !== 'complete') throw new Error(`Not complete: ${JSON.stringify(outcome)}`);
  return (outcome.result['content'] as { text: string }[])[0]?.text ?? '';
}

function asked(outcome: McpOutcome): { requests: [string, { method: string; params: JsonObject }][]; state: string } {
  if (outcome.kind !== 'inputRequired') throw new Error(`Nothing was asked: ${JSON.stringify(outcome)}`);
  return { requests: Object.entries(outcome.inputRequests ?? {}), state: outcome.requestState ?? '' };
}

const open: { backend: McpBackend; features: FeatureServer }[] = [];
afterEach(async () => {
  for (const { backend } of open.splice(0)) await backend.close();
});

async function hosted(sdk: SdkVersion, options: Partial<ClientBackendOptions> = {}) {
  const features = featureServer(sdk);
  const backend = await connectInMemoryServer(features.server, {
    ids: new CountingIds(),
    signal: AbortSignal.timeout(5_000),
    ...options,
  });
  open.push({ backend, features });
  return { backend, features };
}

describe('connectInMemoryServer', () => {
  it('refuses what is no server, naming the remedy', async () => {
    const attempt = connectInMemoryServer(
      { tools: [] },
      { ids: new CountingIds(), signal: AbortSignal.timeout(1_000) },
    );
    await expect(attempt).rejects.toThrow(LoadFailed);
    await expect(attempt).rejects.toMatchObject({ code: 'module_error' });
  });

  it('gives up on a server that never answers the handshake', async () => {
    const silent = { connect: () => Promise.resolve() };
    const attempt = connectInMemoryServer(silent, { ids: new CountingIds(), signal: AbortSignal.timeout(20) });
    await expect(attempt).rejects.toMatchObject({ code: 'module_error', message: expect.stringContaining('in time') });
  });
});

describe.each(sdkVersions)('ClientBackend with a server of SDK %s', (sdk) => {
  it('describes the server with all its lists', async () => {
    const { backend } = await hosted(sdk);
    const description = await backend.describe(AbortSignal.timeout(5_000));
    expect(description.serverInfo).toMatchObject({ name: 'features', version: '1.2.3' });
    expect(description.instructions).toBe('Be kind.');
    expect(description.tools.map(({ name }) => name)).toContain('echo');
    expect(description.resources).toMatchObject([{ uri: 'test://note' }]);
    expect(description.prompts).toMatchObject([{ name: 'greet' }]);
  });

  it('answers a check while the server lives', async () => {
    const { backend, features } = await hosted(sdk);
    await backend.check(AbortSignal.timeout(5_000));
    await features.close();
    await expect(backend.check(AbortSignal.timeout(5_000))).rejects.toThrow(LoadFailed);
  });

  it('completes a call with what the server answers', async () => {
    const { backend } = await hosted(sdk);
    expect(textOf(await backend.call(tool('echo', { text: 'hi' }), aCall().context))).toBe('hi');
    expect(await backend.call({ method: 'no/such', params: {} }, aCall().context)).toMatchObject({ code: -32601 });
  });

  it("passes the client's own _meta but not the modern envelope", async () => {
    const { backend } = await hosted(sdk);
    const call = tool('meta', {}, { _meta: { ...modernMeta, 'com.example/trace': 'x' } });
    const outcome = await backend.call(call, aCall().context);
    expect(JSON.parse(textOf(outcome))).toEqual({ 'com.example/trace': 'x' });
    expect(call.params).toHaveProperty('_meta', { ...modernMeta, 'com.example/trace': 'x' });
  });

  it('reports progress under the token of the caller, all of it before the result', async () => {
    const { backend } = await hosted(sdk);
    const both = ['a', 'b'].map((progressToken) => {
      const { context, heard } = aCall();
      return {
        done: backend.call(tool('progress', {}, { _meta: { progressToken } }), context).then(() => heard.length),
        heard,
        progressToken,
      };
    });
    for (const { done, heard, progressToken } of both) {
      expect(await done).toBe(3);
      expect(heard.map(({ params }) => [params['progressToken'], params['progress']])).toEqual(
        [1, 2, 3].map((n) => [progressToken, n]),
      );
    }
  });

  it('gives each caller the log messages of its own call from its own level on', async () => {
    const { backend } = await hosted(sdk);
    const [all, severe, none] = [aCall({ logLevel: 'debug' }), aCall({ logLevel: 'warning' }), aCall()];
    await Promise.all([all, severe, none].map(({ context }) => backend.call(tool('log'), context)));
    expect(all.heard.map(({ params }) => params['data'])).toEqual(['a debug line', 'a error line']);
    expect(severe.heard.map(({ params }) => params['data'])).toEqual(['a error line']);
    expect(none.heard).toEqual([]);
  });

  it('cancels at the server when the caller gives up', async () => {
    const { backend, features } = await hosted(sdk);
    const { context, abort } = aCall();
    const outcome = backend.call(tool('hang'), context);
    await eventually(() => features.executions.get('hang') === 1);
    abort();
    expect(await outcome).toMatchObject({ kind: 'error', data: { outcome: 'unknown', reason: 'cancelled' } });
    await eventually(() => features.aborted.length === 1);
  });

  it('ends every call when the server goes away, and says so once', async () => {
    const { backend, features } = await hosted(sdk);
    const exits: Error[] = [];
    backend.onExit((reason) => exits.push(reason));
    const outcomes = [backend.call(tool('hang'), aCall().context), backend.call(tool('hang'), aCall().context)];
    await eventually(() => features.executions.get('hang') === 2);
    await features.close();
    for (const outcome of outcomes)
      expect(await outcome).toMatchObject({ data: new CallLoss('unknown', 'server_gone') });
    expect(await backend.call(tool('echo'), aCall().context)).toMatchObject({
      data: new CallLoss('not_executed', 'server_gone'),
    });
    await backend.close();
    expect(exits).toHaveLength(1);
  });

  it('is silent about an exit that was asked for', async () => {
    const { backend } = await hosted(sdk);
    const exits: Error[] = [];
    backend.onExit((reason) => exits.push(reason));
    await backend.close();
    await backend.close();
    expect(exits).toEqual([]);
  });

  it('parks a call that elicits, and goes on with the answer', async () => {
    const { backend, features } = await hosted(sdk);
    const { requests, state } = asked(await backend.call(tool('elicit'), aCall(canElicit).context));
    expect(requests).toMatchObject([
      [expect.any(String), { method: 'elicitation/create', params: { message: 'Which?' } }],
    ]);
    const answer = { action: 'accept', content: { colour: 'red' } };
    const retry = tool('elicit', {}, { inputResponses: { [requests[0]?.[0] ?? '']: answer }, requestState: state });
    expect(JSON.parse(textOf(await backend.call(retry, aCall(canElicit).context)))).toMatchObject(answer);
    expect(features.executions.get('elicit')).toBe(sdk === 'v1' ? 1 : 2);
  });

  it('parks a call as often as the server asks', async () => {
    const { backend } = await hosted(sdk);
    let outcome = await backend.call(tool('elicit-twice'), aCall(canElicit).context);
    const messages: unknown[] = [];
    for (const colour of ['red', 'blue']) {
      const { requests, state } = asked(outcome);
      const [key, { params }] = requests[0] as [string, { params: JsonObject }];
      messages.push(params['message']);
      const inputResponses = { [key]: { action: 'accept', content: { colour } } };
      outcome = await backend.call(
        tool('elicit-twice', {}, { inputResponses, requestState: state }),
        aCall(canElicit).context,
      );
    }
    expect(messages).toEqual(['First?', 'Second?']);
    expect(JSON.parse(textOf(outcome))).toMatchObject([
      { content: { colour: 'red' } },
      { content: { colour: 'blue' } },
    ]);
  });

  it('asks again for what a retry did not answer', async () => {
    const { backend } = await hosted(sdk);
    const first = asked(await backend.call(tool('elicit'), aCall(canElicit).context));
    const again = await backend.call(tool('elicit', {}, { requestState: first.state }), aCall(canElicit).context);
    expect(asked(again).requests).toEqual(first.requests);
    expect(asked(again).state).not.toBe(first.state);
  });

  it('asks a client to sample', async () => {
    const { backend } = await hosted(sdk);
    const { requests, state } = asked(await backend.call(tool('sample'), aCall(canElicit).context));
    expect(requests[0]?.[1].method).toBe('sampling/createMessage');
    const message = { role: 'assistant', content: { type: 'text', text: 'hi' }, model: 'm' };
    const inputResponses = { [requests[0]?.[0] ?? '']: message };
    const done = await backend.call(
      tool('sample', {}, { inputResponses, requestState: state }),
      aCall(canElicit).context,
    );
    expect(JSON.parse(textOf(done))).toMatchObject(message);
  });

  it('lets a state be used once', async () => {
    const { backend } = await hosted(sdk);
    const { requests, state } = asked(await backend.call(tool('elicit'), aCall(canElicit).context));
    const inputResponses = { [requests[0]?.[0] ?? '']: { action: 'decline' } };
    const retry = tool('elicit', {}, { inputResponses, requestState: state });
    await backend.call(retry, aCall(canElicit).context);
    expect(await backend.call(retry, aCall(canElicit).context)).toMatchObject({
      kind: 'error',
      code: -32602,
      data: { reason: 'invalid_request_state' },
    });
  });

  it("hands a legacy client's error to the server that asked", async () => {
    const { backend } = await hosted(sdk);
    const { requests, state } = asked(await backend.call(tool('elicit'), aCall(canElicit).context));
    const inputResponses = { [requests[0]?.[0] ?? '']: new InputRefusal({ code: -1, message: 'No dialog here' }) };
    const done = await backend.call(
      tool('elicit', {}, { inputResponses, requestState: state }),
      aCall(canElicit).context,
    );
    expect(done).toMatchObject({ kind: 'complete', result: { isError: true } });
    expect(textOf(done)).toContain('No dialog here');
  });

  it("ends a modern call whose client can't be asked", async () => {
    const { backend } = await hosted(sdk);
    expect(await backend.call(tool('elicit', {}, { _meta: modernMeta }), aCall().context)).toMatchObject({
      kind: 'error',
      code: -32021,
      data: { requiredCapabilities: { elicitation: {} } },
    });
  });

  it("lets the server know that a legacy client can't be asked", async () => {
    const { backend } = await hosted(sdk);
    const outcome = await backend.call(tool('elicit'), aCall().context);
    expect(outcome).toMatchObject({ kind: 'complete', result: { isError: true } });
  });

  it('asks each of several callers what its own call needs', async () => {
    const { backend, features } = await hosted(sdk);
    const other = backend.call(tool('hang'), aCall(canElicit).context);
    await eventually(() => features.executions.get('hang') === 1);
    expect((await backend.call(tool('elicit'), aCall(canElicit).context)).kind).toBe('inputRequired');
    features.release();
    expect(textOf(await other)).toBe('released');
  });

  it('cancels a parked call that nobody comes back for', async () => {
    const timers = new ManualTimers();
    const { backend } = await hosted(sdk, { timers });
    const asking = backend.call(tool('elicit'), aCall(canElicit).context);
    let isAsked = false;
    void asking.then(() => (isAsked = true));
    await eventually(() => {
      timers.advance(20);
      return isAsked;
    });
    const { state } = asked(await asking);
    timers.advance(600_001);
    const late = await backend.call(tool('elicit', {}, { requestState: state }), aCall(canElicit).context);
    expect(late).toMatchObject({ data: { reason: 'invalid_request_state' } });
  });

  it('keeps no more calls parked than it may', async () => {
    const { backend } = await hosted(sdk, { parkedMax: 1 });
    await backend.call(tool('elicit'), aCall(canElicit).context);
    const second = await backend.call(tool('elicit'), aCall(canElicit).context);
    expect(second).toMatchObject({ kind: 'complete', result: { isError: true } });
  });

  it("is not harmed by a leg's signal that fires when the call is parked", async () => {
    const { backend } = await hosted(sdk);
    const leg = aCall(canElicit);
    const { requests, state } = asked(await backend.call(tool('elicit'), leg.context));
    leg.abort();
    const inputResponses = { [requests[0]?.[0] ?? '']: { action: 'decline' } };
    const done = await backend.call(
      tool('elicit', {}, { inputResponses, requestState: state }),
      aCall(canElicit).context,
    );
    expect(JSON.parse(textOf(done))).toMatchObject({ action: 'decline' });
  });

  it('tells listeners of the changes they asked for', async () => {
    const { backend, features } = await hosted(sdk);
    const [tools, prompts]: string[][] = [[], []];
    const stop = backend.listen({ toolsListChanged: true }, (method) => tools?.push(method));
    backend.listen({ promptsListChanged: true }, (method) => prompts?.push(method));
    features.addTool('new');
    await eventually(() => tools?.length === 1);
    stop();
    features.addTool('newer');
    await backend.check(AbortSignal.timeout(5_000));
    expect(tools).toEqual(['notifications/tools/list_changed']);
    expect(prompts).toEqual([]);
  });

  it('keeps one subscription at the server while anybody listens to a resource', async () => {
    const { backend, features } = await hosted(sdk);
    const heard: unknown[] = [];
    const filter = { resourceSubscriptions: ['test://note'] };
    const stops = [1, 2].map((n) => backend.listen(filter, (_, { uri }) => heard.push([n, uri])));
    await eventually(() => features.subscribed.has('test://note'));
    await features.resourceUpdated('test://note');
    await features.resourceUpdated('test://other');
    expect(heard).toEqual([
      [1, 'test://note'],
      [2, 'test://note'],
    ]);
    stops[0]?.();
    await backend.check(AbortSignal.timeout(5_000));
    expect(features.subscribed.has('test://note')).toBe(true);
    stops[1]?.();
    await eventually(() => features.subscribed.size === 0);
  });

  it('tells listeners what the server logs outside of calls', async () => {
    const { backend, features } = await hosted(sdk);
    const heard: unknown[] = [];
    backend.listen({}, (method, params) => heard.push([method, params['data']]));
    await features.log('by itself');
    expect(heard).toEqual([['notifications/message', 'by itself']]);
  });
});
