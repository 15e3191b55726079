import type { JsonObject, McpCallContext } from '@mcp-hub/application';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { featureServer, type FeatureServer } from '../../test/support/feature-servers.js';
import { aCall, eventually } from '../../test/support/fixtures.js';
import { CallLoss } from '../call-loss.js';
import { InputRefusal } from '../input-refusal.js';
import type { RpcRequest } from '../wire/json-rpc.js';
import { inMemoryTransportPair } from './in-memory-transport.js';
import { ModernBackend } from './modern-backend.js';
import { serveInModernEra } from './serve-in-modern-era.js';

let features: FeatureServer;
let backend: ModernBackend;
beforeEach(async () => {
  features = featureServer('v2');
  backend = await serveInModernEra(features.server, AbortSignal.timeout(5_000));
});
afterEach(() => backend.close());

const tool = (name: string, args: JsonObject = {}, more: JsonObject = {}) => ({
  method: 'tools/call',
  params: { name, arguments: args, ...more },
});
const canElicit: Partial<McpCallContext> = { clientCapabilities: { elicitation: { form: {} } } };

describe('ModernBackend with a server of SDK v2', () => {
  it('describes the server with all its lists', async () => {
    const description = await backend.describe(AbortSignal.timeout(5_000));
    expect(description).toMatchObject({ serverInfo: { name: 'features', version: '1.2.3' }, instructions: 'Be kind.' });
    expect(description.tools.map(({ name }) => name)).toContain('echo');
    expect(description.resources).toMatchObject([{ uri: 'test://note' }]);
    expect(description.prompts).toMatchObject([{ name: 'greet' }]);
  });

  it('passes the result of a call', async () => {
    const outcome = await backend.call(tool('echo', { text: 'hi' }), aCall().context);
    expect(outcome).toMatchObject({ kind: 'complete', result: { content: [{ type: 'text', text: 'hi' }] } });
  });

  it('passes what the server asks under its own names, and the answer', async () => {
    const asked = await backend.call(tool('elicit'), aCall(canElicit).context);
    expect(asked).toMatchObject({
      kind: 'inputRequired',
      inputRequests: { colour: { method: 'elicitation/create', params: { message: 'Which?' } } },
    });
    const inputResponses = { colour: { action: 'accept', content: { colour: 'red' } } };
    const answered = await backend.call(tool('elicit', {}, { inputResponses }), aCall(canElicit).context);
    expect(answered).toMatchObject({
      kind: 'complete',
      result: { content: [{ text: expect.stringContaining('red') }] },
    });
  });

  it("passes the server's refusal to ask a client that can't answer", async () => {
    expect(await backend.call(tool('elicit'), aCall().context)).toMatchObject({
      kind: 'error',
      code: -32021,
      data: { requiredCapabilities: { elicitation: expect.anything() } },
    });
  });

  it('ends a call whose client answered with an error, by that error', async () => {
    const inputResponses = { colour: new InputRefusal({ code: -1, message: 'No dialog here' }) };
    const outcome = await backend.call(tool('elicit', {}, { inputResponses }), aCall(canElicit).context);
    expect(outcome).toEqual({ kind: 'error', code: -1, message: 'No dialog here' });
    expect(features.executions.get('elicit')).toBeUndefined();
  });

  it("tells of progress under the caller's own token", async () => {
    const { context, heard } = aCall();
    await backend.call(tool('progress', {}, { _meta: { progressToken: 'mine' } }), context);
    expect(heard.map(({ params }) => [params['progressToken'], params['progress']])).toEqual([
      ['mine', 1],
      ['mine', 2],
      ['mine', 3],
    ]);
  });

  it.each([
    [undefined, []],
    ['error', ['a error line']],
    ['debug', ['a debug line', 'a error line']],
  ])('logs at level %s', async (logLevel, lines) => {
    const { context, heard } = aCall(logLevel === undefined ? {} : { logLevel });
    await backend.call(tool('log'), context);
    expect(heard.map(({ params }) => params['data'])).toEqual(lines);
  });

  it('cancels a call at the server', async () => {
    const { context, abort } = aCall();
    const outcome = backend.call(tool('hang'), context);
    await eventually(() => features.executions.get('hang') === 1);
    abort();
    expect(await outcome).toMatchObject({ kind: 'error', data: new CallLoss('unknown', 'cancelled') });
    await eventually(() => features.aborted.includes('hang'), 'the server to see it');
  });

  it('tells listeners of changed lists, without a trace of its own subscription', async () => {
    const heard: [string, JsonObject][] = [];
    backend.listen({ toolsListChanged: true }, (method, params) => heard.push([method, params]));
    features.addTool('another');
    await eventually(() => heard.length > 0, 'the event');
    expect(heard).toEqual([['notifications/tools/list_changed', {}]]);
  });

  it('tells of a resource those who listen to it, as long as they do', async () => {
    const heard: string[] = [];
    const listen = (name: string, uri: string) =>
      backend.listen({ resourceSubscriptions: [uri] }, () => heard.push(name));
    const stop = listen('first', 'test://note');
    listen('second', 'test://note');
    listen('other', 'test://other');
    await features.resourceUpdated('test://note');
    await eventually(() => heard.length === 2, 'the event');
    expect(heard).toEqual(['first', 'second']);
    stop();
    await features.resourceUpdated('test://note');
    await eventually(() => heard.length === 3, 'the event');
    expect(heard).toEqual(['first', 'second', 'second']);
  });

  it('says so when the server goes away', async () => {
    const reasons: Error[] = [];
    backend.onExit((reason) => reasons.push(reason));
    const outcome = backend.call(tool('hang'), aCall().context);
    await eventually(() => features.executions.get('hang') === 1);
    await features.close();
    expect(await outcome).toMatchObject({ data: new CallLoss('unknown', 'server_gone') });
    expect(reasons).toHaveLength(1);
    const late = await backend.call(tool('echo', { text: 'hi' }), aCall().context);
    expect(late).toMatchObject({ data: new CallLoss('not_executed', 'server_gone') });
    await expect(backend.check(AbortSignal.timeout(1_000))).rejects.toMatchObject({ code: 'module_error' });
  });
});

describe('serveInModernEra', () => {
  it('refuses a server that is connected already, and leaves it alone', async () => {
    await expect(serveInModernEra(features.server, AbortSignal.timeout(1_000))).rejects.toMatchObject({
      code: 'module_error',
    });
    expect(await backend.call(tool('echo', { text: 'hi' }), aCall().context)).toMatchObject({ kind: 'complete' });
  });

  it('refuses a server of SDK v1', async () => {
    const attempt = serveInModernEra(featureServer('v1').server, AbortSignal.timeout(1_000));
    await expect(attempt).rejects.toMatchObject({ code: 'module_error' });
  });
});

it('a ModernBackend gives up on a server that speaks another version only', async () => {
  const [clientSide, serverSide] = inMemoryTransportPair();
  serverSide.onmessage = (message) => {
    const { id } = message as RpcRequest;
    void serverSide.send({ jsonrpc: '2.0', id, result: { supportedVersions: ['2099-01-01'], capabilities: {} } });
  };
  await serverSide.start();
  const attempt = new ModernBackend({ transport: clientSide }).start(AbortSignal.timeout(1_000));
  await expect(attempt).rejects.toMatchObject({ message: expect.stringContaining('2026-07-28') });
});
