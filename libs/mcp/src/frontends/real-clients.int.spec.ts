import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  clientKinds,
  connectClient,
  type ClientKind,
  type ClientOptions,
  type TestClient,
} from '../../test/support/clients.js';
import { sdkVersions } from '../../test/support/feature-servers.js';
import { eventually } from '../../test/support/fixtures.js';
import { SharedHub } from '../../test/support/http-hub.js';

const cells = clientKinds.flatMap((client) => sdkVersions.map((server) => ({ client, server })));
const red = { action: 'accept', content: { colour: 'red' } };

let hub: SharedHub;
const clients: TestClient[] = [];
beforeEach(() => {
  hub = new SharedHub();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await hub.close();
});

async function connect(kind: ClientKind, url: URL, options?: ClientOptions): Promise<TestClient> {
  const client = await connectClient(kind, url, options);
  clients.push(client);
  return client;
}

describe.each(cells)('a client $client at a server of SDK $server', ({ client: kind, server }) => {
  it('learns who the server is', async () => {
    const { url } = await hub.hosting(server);
    const client = await connect(kind, url);
    expect(client.serverName()).toBe('features');
    expect(client.instructions()).toBe('Be kind.');
  });

  it('calls tools', async () => {
    const { url } = await hub.hosting(server);
    const client = await connect(kind, url);
    expect(await client.listTools()).toContain('echo');
    expect((await client.callTool('echo', { text: 'hello' })).text).toBe('hello');
    expect((await client.callTool('fail')).isError).toBe(true);
  });

  it('reads resources', async () => {
    const { url } = await hub.hosting(server);
    const client = await connect(kind, url);
    expect(await client.readResource('test://note')).toMatchObject([{ text: 'a note' }]);
    await expect(client.readResource('test://missing')).rejects.toMatchObject({ code: -32602 });
  });

  it('gets prompts', async () => {
    const { url } = await hub.hosting(server);
    const client = await connect(kind, url);
    expect(await client.getPrompt('greet', { name: 'Ada' })).toMatchObject([{ content: { text: 'Greet Ada' } }]);
  });

  it('is asked for input during a call', async () => {
    const { url, features } = await hub.hosting(server);
    const client = await connect(kind, url);
    expect(JSON.parse((await client.callTool('elicit')).text)).toMatchObject(red);
    expect(client.asked).toMatchObject([{ message: 'Which?' }]);
    expect(features.executions.get('elicit')).toBe(server === 'v1' ? 1 : 2);
  });

  it('is asked twice during one call', async () => {
    const { url } = await hub.hosting(server);
    const client = await connect(kind, url);
    expect(JSON.parse((await client.callTool('elicit-twice')).text)).toMatchObject([red, red]);
    expect(client.asked).toMatchObject([{ message: 'First?' }, { message: 'Second?' }]);
  });

  it('is sent to a URL during a call', async () => {
    const { url } = await hub.hosting(server);
    const client = await connect(kind, url);
    expect(JSON.parse((await client.callTool('elicit-url')).text)).toMatchObject({ action: 'accept' });
    expect(client.asked).toMatchObject([{ mode: 'url', url: 'https://example.com/' }]);
  });

  it('is asked to sample during a call', async () => {
    const { url } = await hub.hosting(server);
    const client = await connect(kind, url);
    expect((await client.callTool('sample')).text).toContain('hi from the model');
  });

  it("is told when the server needs what it can't do", async () => {
    const { url } = await hub.hosting(server);
    const client = await connect(kind, url, { capabilities: {} });
    const call = client.callTool('elicit');
    if (kind === 'v2-modern') {
      await expect(call).rejects.toMatchObject({ code: -32021, data: { requiredCapabilities: { elicitation: {} } } });
    } else expect((await call).isError).toBe(true);
  });

  it('sees the progress of its call', async () => {
    const { url } = await hub.hosting(server);
    const client = await connect(kind, url);
    const seen: number[] = [];
    expect((await client.callTool('progress', {}, { onProgress: (step) => seen.push(step) })).text).toBe('done');
    expect(seen).toEqual([1, 2, 3]);
  });

  it('cancels a call', async () => {
    const { url, features, endpoint } = await hub.hosting(server);
    const client = await connect(kind, url);
    const controller = new AbortController();
    const call = client.callTool('hang', {}, { signal: controller.signal }).catch((error: unknown) => error);
    await eventually(() => features.executions.get('hang') === 1, 'the call to arrive');
    controller.abort();
    expect(await call).toBeInstanceOf(Error);
    await eventually(() => features.aborted.length === 1, 'the server to see it');
    await eventually(() => endpoint.activeCalls === 0, 'the call to end');
  });

  it('hears that the list of tools changed', async () => {
    const { url, features } = await hub.hosting(server);
    const client = await connect(kind, url);
    // The stream of a legacy client opens after the handshake; until then the message is kept for it.
    features.addTool('new');
    await eventually(
      () => client.heard.some(([method]) => method === 'notifications/tools/list_changed'),
      'the change',
    );
    expect(await client.listTools()).toContain('new');
  });

  it('hears of the resource that it subscribed to', async () => {
    const { url, features } = await hub.hosting(server);
    const client = await connect(kind, url);
    await client.subscribe('test://note');
    await eventually(() => features.subscribed.has('test://note'), 'the subscription');
    await features.resourceUpdated('test://note');
    await eventually(() => client.heard.some(([, about]) => about === 'test://note'), 'the update');
  });
});

describe.each(['v1', 'v2-legacy'] as const)('a client %s with a session', (kind) => {
  it('sees log messages from the level on that it set', async () => {
    const { url } = await hub.hosting('v1');
    const [chatty, terse] = [await connect(kind, url), await connect(kind, url)];
    await terse.setLevel('error');
    await Promise.all([chatty.callTool('log'), terse.callTool('log')]);
    expect(chatty.heard.map(([, data]) => data)).toEqual(['a debug line', 'a error line']);
    expect(terse.heard.map(([, data]) => data)).toEqual(['a error line']);
  });

  it('ends it', async () => {
    const { url, endpoint } = await hub.hosting('v1');
    const client = await connect(kind, url);
    expect(endpoint.sessionCount).toBe(1);
    await client.terminate();
    expect(endpoint.sessionCount).toBe(0);
  });

  it('goes on at another worker when its own is gone, with log level and subscriptions', async () => {
    const first = await hub.hosting('v1', 'w1');
    const client = await connect(kind, first.url);
    await client.setLevel('error');
    await client.subscribe('test://note');
    const second = await hub.hosting('v1', 'w2');
    // The gateway, as it were: the same URL, another worker.
    first.endpoint.handle = second.endpoint.handle.bind(second.endpoint);
    const result = await client.callTool('log');
    expect(result.raw['_meta']).toMatchObject({ 'mcp-hub-registry/session': { revived: true } });
    expect((await client.callTool('log')).raw['_meta']).toBeUndefined();
    expect(client.heard.map(([, data]) => data)).toEqual(['a error line', 'a error line']);
    await eventually(() => second.features.subscribed.has('test://note'), 'the subscription at the new server');
    expect(second.endpoint.sessionCount).toBe(1);
  });
});
