import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeatureServer } from '../../../test/support/feature-servers.js';
import { eventually, ManualTimers } from '../../../test/support/fixtures.js';
import { SharedHub, type EndpointOverrides, type Worker } from '../../../test/support/http-hub.js';
import { OpenStream, post, type RawAnswer } from '../../../test/support/raw-http.js';

let hub: SharedHub;
let worker: Worker & { features: FeatureServer };
let timers: ManualTimers;
const clients: Client[] = [];
beforeEach(async () => {
  hub = new SharedHub();
  timers = new ManualTimers();
  worker = await hub.hosting('v1', 'w1', { timers });
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await hub.close();
});

const at = (path: string, { url }: Worker = worker): URL => new URL(path, url);
const initialize = (version = '2024-11-05', capabilities: object = {}) => ({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: version, capabilities, clientInfo: { name: 'raw', version: '1' } },
});
const call = (id: number, name: string) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: {} },
});

/** A client by hand. */
class RawClient {
  private constructor(
    readonly stream: OpenStream,
    readonly endpoint: URL,
  ) {}

  static async open(at_: Worker = worker, headers: Record<string, string> = {}): Promise<RawClient> {
    const stream = await OpenStream.open(at('/sse', at_), 'GET', headers);
    await eventually(() => stream.text.includes('\n\n'), 'the endpoint');
    const path = /^event: endpoint\n(?:.*\n)*?data: (.*)$/m.exec(stream.text)?.[1] ?? '';
    return new RawClient(stream, at(path, at_));
  }

  static async shakenHands(version?: string, capabilities?: object, at_: Worker = worker): Promise<RawClient> {
    const client = await RawClient.open(at_);
    await client.send(initialize(version, capabilities));
    await client.answer(0);
    return client;
  }

  get sessionId(): string {
    return this.endpoint.searchParams.get('sessionId') ?? '';
  }

  get messages(): Record<string, unknown>[] {
    return this.stream.events
      .filter(({ data }) => data.startsWith('{') || data.startsWith('['))
      .map(({ data }) => JSON.parse(data) as Record<string, unknown>);
  }

  send(message: unknown): Promise<RawAnswer> {
    return post(this.endpoint, message);
  }

  /** Calls a tool that elicits. @returns whether that reaches the client */
  async elicits(): Promise<boolean> {
    await this.send(call(7, 'elicit'));
    const isAsked = (): boolean => this.messages.some(({ method }) => method === 'elicitation/create');
    await eventually(() => isAsked() || this.messages.some(({ id }) => id === 7), 'the question, or its refusal');
    return isAsked();
  }

  async answer(id: number): Promise<Record<string, unknown>> {
    const find = () => this.messages.find((message) => message['id'] === id && !('method' in message));
    await eventually(() => find() !== undefined, `the answer to ${id}`);
    return find() ?? {};
  }
}

async function connect(capabilities = {}, url = at('/sse')): Promise<Client> {
  const client = new Client({ name: 'old', version: '1.0.0' }, { capabilities });
  clients.push(client);
  await client.connect(new SSEClientTransport(url));
  return client;
}

const textOf = (result: unknown): string => (result as { content: { text: string }[] }).content[0]?.text ?? '';

describe('a real client of HTTP+SSE', () => {
  it('shakes hands, lists and calls tools', async () => {
    const client = await connect();
    expect(client.getServerVersion()).toMatchObject({ name: 'features' });
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('echo');
    expect(textOf(await client.callTool({ name: 'echo', arguments: { text: 'hello' } }))).toBe('hello');
  });

  it('is asked for input and to sample during a call', async () => {
    const client = await connect({ elicitation: {}, sampling: {} });
    client.setRequestHandler(ElicitRequestSchema, () => ({
      action: 'accept' as const,
      content: { colour: 'red' },
    }));
    client.setRequestHandler(CreateMessageRequestSchema, () => ({
      model: 'm',
      role: 'assistant' as const,
      content: { type: 'text' as const, text: 'hi from the model' },
    }));
    expect(textOf(await client.callTool({ name: 'elicit', arguments: {} }))).toContain('red');
    expect(textOf(await client.callTool({ name: 'sample', arguments: {} }))).toContain('hi from the model');
  });

  it('hears of what it subscribed to, and log messages from its level on', async () => {
    const client = await connect();
    const heard: unknown[] = [];
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void heard.push(params.uri));
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void heard.push(params.data));
    await client.subscribeResource({ uri: 'test://note' });
    await client.setLoggingLevel('error');
    await client.callTool({ name: 'log', arguments: {} });
    await worker.features.resourceUpdated('test://note');
    await eventually(() => heard.length === 2);
    expect(heard).toEqual(['a error line', 'test://note']);
  });

  it('cancels a call', async () => {
    const client = await connect();
    const controller = new AbortController();
    const result = client.callTool({ name: 'hang', arguments: {} }, undefined, { signal: controller.signal });
    const failure = result.catch((error: unknown) => error);
    await eventually(() => worker.features.executions.get('hang') === 1);
    controller.abort();
    expect(await failure).toBeInstanceOf(Error);
    await eventually(() => worker.features.aborted.length === 1, 'the server to see it');
  });

  it('goes on with its calls by itself when its stream breaks off', async () => {
    const client = await connect();
    worker.cutConnections();
    const open = (): boolean => worker.endpoint.sessionCount === 0 && worker.requests === requests + 1;
    const { requests } = worker;
    await eventually(open, 'the stream to be back');
    const results: Awaited<ReturnType<Client['callTool']>>[] = [];
    // Its calls are refused until it has read where to post to now.
    await eventually(async () => {
      const call = client.callTool({ name: 'echo', arguments: { text: 'again' } });
      return call.then((answer) => results.push(answer) > 0).catch(() => false);
    }, 'a call on the new stream');
    const [result] = results;
    expect(textOf(result)).toBe('again');
    expect(result?.['_meta']).toMatchObject({ 'mcp-hub-registry/session': { revived: true } });
    expect((await client.listTools())['_meta']).toBeUndefined();
  });
});

describe('the stream of HTTP+SSE', () => {
  it('begins with the endpoint to post to', async () => {
    const { stream, endpoint, sessionId } = await RawClient.open();
    expect([stream.status, stream.headers['content-type']]).toEqual([200, 'text/event-stream']);
    expect(stream.text.startsWith('event: endpoint\n')).toBe(true);
    expect(endpoint.pathname).toBe('/messages');
    expect(sessionId).toMatch(/^[\x21-\x7e]+$/);
  });

  it('carries the answers to what is posted, which is taken with 202', async () => {
    const client = await RawClient.open();
    expect((await client.send(initialize())).status).toBe(202);
    expect(await client.answer(0)).toMatchObject({
      result: { protocolVersion: '2024-11-05', serverInfo: { name: 'features' } },
    });
    expect((await client.send({ jsonrpc: '2.0', method: 'notifications/initialized' })).status).toBe(202);
    await client.send({ jsonrpc: '2.0', id: 1, method: 'ping' });
    expect(await client.answer(1)).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  });

  it('carries a batch where the revision has it', async () => {
    const client = await RawClient.shakenHands('2025-03-26');
    const batch = [1, 2].map((id) => ({ jsonrpc: '2.0', id, method: 'ping' }));
    expect((await client.send(batch)).status).toBe(202);
    await Promise.all([client.answer(1), client.answer(2)]);
    const old = await RawClient.shakenHands('2024-11-05');
    expect((await old.send(batch)).status).toBe(400);
  });

  it('carries the progress of a call before its answer', async () => {
    const client = await RawClient.shakenHands();
    const params = { name: 'progress', arguments: {}, _meta: { progressToken: 'p' } };
    await client.send({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    await client.answer(1);
    const steps = client.messages.filter(({ method }) => method === 'notifications/progress');
    expect(steps.map(({ params: told }) => (told as { progress: number }).progress)).toEqual([1, 2, 3]);
    expect(client.messages.at(-1)).toMatchObject({ id: 1 });
  });

  it('serves a client that does not shake hands as one that can only call', async () => {
    const client = await RawClient.open();
    await client.send({ jsonrpc: '2.0', id: 1, method: 'ping' });
    expect(await client.answer(1)).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
    await client.send(call(2, 'elicit'));
    expect(await client.answer(2)).toMatchObject({ result: { isError: true } });
  });

  it('shows every 15 s that it lives', async () => {
    const { stream } = await RawClient.open();
    timers.advance(15_000);
    await eventually(() => stream.text.endsWith(':\n\n'), 'the comment');
  });

  it('ends its session when it is closed, and cancels what is in flight', async () => {
    const client = await RawClient.shakenHands();
    await client.send(call(1, 'hang'));
    await eventually(() => worker.features.executions.get('hang') === 1);
    client.stream.drop();
    await eventually(() => worker.features.aborted.length === 1, 'the server to see it');
    expect(worker.endpoint.sessionCount).toBe(0);
    expect((await client.send({ jsonrpc: '2.0', id: 2, method: 'ping' })).status).toBe(404);
  });

  it('cancels the request that its client was asked when it is closed', async () => {
    const client = await RawClient.shakenHands('2025-11-25', { elicitation: {} });
    await client.send(call(1, 'elicit'));
    await eventually(() => client.messages.some(({ method }) => method === 'elicitation/create'));
    client.stream.drop();
    await eventually(() => worker.features.aborted.includes('elicit'), 'the server to see it');
    await eventually(() => worker.endpoint.activeCalls === 0);
  });

  it('is taken up by the id of its first event, once, and by its own caller only', async () => {
    const first = await RawClient.shakenHands('2025-06-18', { elicitation: {} });
    first.stream.drop();
    await eventually(() => worker.endpoint.sessionCount === 0);
    const canElicit = async (caller: string): Promise<boolean> => {
      worker.gateway = { caller };
      const next = await RawClient.open(worker, { 'last-event-id': first.sessionId });
      expect(next.sessionId).not.toBe(first.sessionId);
      return next.elicits();
    };
    expect([await canElicit('mallory'), await canElicit('anonymous'), await canElicit('anonymous')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('is taken up at another worker with level and subscriptions, unless recovery is strict', async () => {
    const taken = async (over: EndpointOverrides) => {
      const first = await RawClient.shakenHands('2025-06-18', { elicitation: {} });
      await first.send({ jsonrpc: '2.0', id: 1, method: 'resources/subscribe', params: { uri: 'test://note' } });
      await first.send({ jsonrpc: '2.0', id: 2, method: 'logging/setLevel', params: { level: 'error' } });
      await Promise.all([first.answer(1), first.answer(2)]);
      const other = await hub.hosting('v1', 'w2', over);
      const second = await RawClient.open(other, { 'last-event-id': first.sessionId });
      const elicits = await second.elicits();
      await second.send(call(8, 'log'));
      await second.answer(8);
      const logs = second.messages.filter(({ method }) => method === 'notifications/message');
      return { elicits, logs: logs.length, isSubscribed: other.features.subscribed.has('test://note') };
    };
    expect(await taken({})).toEqual({ elicits: true, logs: 1, isSubscribed: true });
    expect(await taken({ sessionRecovery: 'strict' })).toEqual({ elicits: false, logs: 0, isSubscribed: false });
  });

  it('is refused when too many are open, before the handshake too', async () => {
    const small = await hub.hosting('v1', 'w2', { limits: { maxSessions: 1 } });
    await RawClient.open(small);
    const answer = await fetch(at('/sse', small));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.json()).toMatchObject({ jsonrpc: '2.0', id: null, error: { data: { retry_after: 5 } } });
  });

  it('ends when its worker closes', async () => {
    const { stream } = await RawClient.shakenHands();
    await worker.endpoint.close();
    await eventually(() => stream.isEnded);
  });
});

describe('a session of HTTP+SSE', () => {
  it.each(['', 'forged'])('is not found under the id "%s"', async (id) => {
    expect((await post(at(`/messages?sessionId=${id}`), initialize())).status).toBe(404);
  });

  it('is not found by another caller', async () => {
    const client = await RawClient.shakenHands();
    worker.gateway = { caller: 'mallory' };
    expect((await client.send({ jsonrpc: '2.0', id: 1, method: 'ping' })).status).toBe(404);
  });

  it('is none of Streamable HTTP', async () => {
    const client = await RawClient.shakenHands();
    const headers = { 'mcp-session-id': client.sessionId };
    expect((await post(worker.url, { jsonrpc: '2.0', id: 1, method: 'ping' }, headers)).status).toBe(404);
    client.stream.drop();
    await eventually(() => worker.endpoint.sessionCount === 0);
    expect((await post(worker.url, { jsonrpc: '2.0', id: 1, method: 'ping' }, headers)).status).toBe(404);
  });

  it('takes no other methods at its endpoints', async () => {
    const posted = await post(at('/sse'), initialize());
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET']);
    const got = await fetch(at('/messages'));
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it.each(['{"jsonrpc":', '{}', '"text"'])('refuses %s, which is no message', async (body) => {
    const client = await RawClient.open();
    expect((await client.send(body)).status).toBe(400);
  });
});
