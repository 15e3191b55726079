import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, ManualTimers } from '../../../test/support/fixtures.js';
import { sdkVersions, type FeatureServer } from '../../../test/support/feature-servers.js';
import { SharedHub, type Worker } from '../../../test/support/http-hub.js';
import { OpenStream, post, RawSession } from '../../../test/support/raw-http.js';

const canElicit = { elicitation: {} };

let hub: SharedHub;
let worker: Worker & { features: FeatureServer };
let timers: ManualTimers;
beforeEach(async () => {
  hub = new SharedHub();
  timers = new ManualTimers();
  worker = await hub.hosting('v1', 'w1', { timers });
});
afterEach(() => hub.close());

const call = (id: number, name: string, meta?: object) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: {}, ...(meta && { _meta: meta }) },
});

function openCall(session: RawSession, name: string, meta?: object): Promise<OpenStream> {
  return OpenStream.open(session.url, 'POST', session.headers, call(7, name, meta));
}

describe('the legacy handshake', () => {
  it.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])('agrees on %s', async (version) => {
    const session = await RawSession.open(worker.url, version);
    expect(session.result).toMatchObject({
      protocolVersion: version,
      serverInfo: { name: 'features' },
      instructions: 'Be kind.',
    });
    expect(session.id).toMatch(/^[\x21-\x7e]+$/);
    expect((await session.request('ping')).body['result']).toEqual({});
  });

  it.each(['2026-07-28', '1999-01-01'])('offers its latest to a client of %s', async (version) => {
    expect((await RawSession.open(worker.url, version)).result['protocolVersion']).toBe('2025-11-25');
  });

  it('is refused when too many sessions are open', async () => {
    const small = await hub.hosting('v1', 'w2', { limits: { maxSessions: 1 } });
    await RawSession.open(small.url);
    const answer = await post(small.url, {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25' },
    });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  });

  it('is refused by a worker that drains, whose sessions go on', async () => {
    const session = await RawSession.open(worker.url);
    await worker.endpoint.drain(1_000);
    const answer = await post(worker.url, {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25' },
    });
    expect(answer.status).toBe(503);
    expect((await session.request('ping')).status).toBe(200);
  });

  it('works while the session store is away', async () => {
    hub.sessions.isDown = true;
    const session = await RawSession.open(worker.url);
    expect((await session.request('ping')).status).toBe(200);
    hub.sessions.isDown = false;
    timers.advance(60_000);
    await eventually(async () => (await hub.sessions.find(session.id)) !== undefined, 'the session to be saved');
  });
});

describe('a legacy session', () => {
  it('needs its id', async () => {
    expect((await post(worker.url, call(1, 'echo'))).status).toBe(400);
    expect((await fetch(worker.url, { headers: { accept: 'text/event-stream' } })).status).toBe(400);
  });

  it.each(['forged', 'w1.hub-1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'])(
    'is not found under the id %s',
    async (id) => {
      expect((await post(worker.url, call(1, 'echo'), { 'mcp-session-id': id })).status).toBe(404);
    },
  );

  it('is not found by another caller', async () => {
    const session = await RawSession.open(worker.url);
    worker.gateway = { caller: 'mallory' };
    expect((await session.request('ping')).status).toBe(404);
  });

  it('is not found at another server', async () => {
    const session = await RawSession.open(worker.url);
    const other = await hub.hosting('v1', 'w1', { serverId: 'other' });
    expect((await post(other.url, call(1, 'echo'), session.headers)).status).toBe(404);
  });

  it('refuses a protocol version that it does not know', async () => {
    const session = await RawSession.open(worker.url);
    expect((await session.request('ping', {}, { 'mcp-protocol-version': '1999-01-01' })).status).toBe(400);
    expect((await session.request('ping', {}, { 'mcp-protocol-version': '2025-11-25' })).status).toBe(200);
  });

  it('is over after DELETE', async () => {
    const session = await RawSession.open(worker.url);
    expect((await fetch(worker.url, { method: 'DELETE', headers: session.headers })).status).toBe(200);
    expect((await session.request('ping')).status).toBe(404);
    expect((await fetch(worker.url, { method: 'DELETE', headers: session.headers })).status).toBe(404);
  });

  it('is over after DELETE, also where the session store was away', async () => {
    const session = await RawSession.open(worker.url);
    hub.sessions.isDown = true;
    await fetch(worker.url, { method: 'DELETE', headers: session.headers });
    hub.sessions.isDown = false;
    expect((await session.request('ping')).status).toBe(404);
    timers.advance(60_000);
    await eventually(async () => (await hub.sessions.find(session.id)) === undefined, 'the session to be removed');
  });

  it('ends when it is idle for too long, but not while its stream is open', async () => {
    const [idle, listening] = [await RawSession.open(worker.url), await RawSession.open(worker.url)];
    const stream = await OpenStream.open(worker.url, 'GET', listening.headers);
    hub.clock.time += 600_000;
    timers.advance(60_000);
    await eventually(() => worker.endpoint.sessionCount === 1);
    expect((await idle.request('ping')).status).toBe(404);
    expect((await listening.request('ping')).status).toBe(200);
    stream.drop();
  });

  it('stays in the session store while it is used', async () => {
    const session = await RawSession.open(worker.url);
    hub.clock.time += 500_000;
    await session.request('ping');
    timers.advance(60_000);
    hub.clock.time += 500_000;
    await eventually(async () => (await hub.sessions.find(session.id)) !== undefined, 'the session to be kept');
  });

  it('takes notifications with 202', async () => {
    const session = await RawSession.open(worker.url);
    expect((await session.send({ jsonrpc: '2.0', method: 'notifications/initialized' })).status).toBe(202);
  });

  it('answers errors of the server in band, untouched', async () => {
    const session = await RawSession.open(worker.url);
    const answer = await session.request('no/such');
    expect(answer.status).toBe(200);
    expect(answer.body['error']).toEqual({ code: -32601, message: 'Method not found' });
  });

  it('refuses a log level that there is not', async () => {
    const session = await RawSession.open(worker.url);
    expect((await session.request('logging/setLevel', { level: 'loud' })).body['error']).toMatchObject({
      code: -32602,
    });
  });

  it('is gone with its worker where recovery is strict', async () => {
    const session = await RawSession.open(worker.url);
    const other = await hub.hosting('v1', 'w2', { sessionRecovery: 'strict' });
    expect((await post(other.url, call(1, 'echo'), session.headers)).status).toBe(404);
  });

  it('stays with an owner that serves it', async () => {
    const session = await RawSession.open(worker.url);
    const other = await hub.hosting('v1', 'w2', { isServedBy: (incarnation) => incarnation === 'w1' });
    const answer = await post(other.url, call(1, 'echo'), session.headers);
    expect([answer.status, answer.headers.get('hub-owner')]).toEqual([409, 'w1']);
  });

  it("is taken from an owner that the gateway can't reach", async () => {
    const session = await RawSession.open(worker.url);
    const other = await hub.hosting('v1', 'w2', { isServedBy: () => true });
    other.gateway = { isOwnerGone: true };
    const answer = await post(other.url, { jsonrpc: '2.0', id: 1, method: 'ping' }, session.headers);
    expect([answer.status, answer.headers.get('hub-owner')]).toEqual([200, 'w2']);
  });

  it('is revived once where several requests come at once', async () => {
    const session = await RawSession.open(worker.url);
    const other = await hub.hosting('v1', 'w2');
    const find = hub.sessions.find.bind(hub.sessions);
    let hasAll = (): void => undefined;
    const all = new Promise<void>((resolve) => (hasAll = resolve));
    let findings = 0;
    hub.sessions.find = (id) => {
      findings += 1;
      return all.then(() => find(id));
    };
    const requests = [1, 2, 3].map((id) => post(other.url, { jsonrpc: '2.0', id, method: 'ping' }, session.headers));
    await eventually(() => other.requests === 3, 'all requests to arrive');
    hasAll();
    const answers = await Promise.all(requests);
    const told = answers.filter(({ body }) => JSON.stringify(body).includes('revived'));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect([told.length, findings, other.endpoint.sessionCount]).toEqual([1, 1, 1]);
  });

  it('goes on at a new endpoint of the same worker, as after a reload', async () => {
    const session = await RawSession.open(worker.url);
    await session.request('resources/subscribe', { uri: 'test://note' });
    await worker.endpoint.close();
    const reloaded = await hub.hosting('v1', 'w1');
    expect((await post(reloaded.url, call(1, 'echo'), session.headers)).status).toBe(200);
    await eventually(() => reloaded.features.subscribed.has('test://note'), 'the subscription');
  });

  it('warns of its revival once', async () => {
    const session = await RawSession.open(worker.url);
    const other = await hub.hosting('v1', 'w2');
    const first = await OpenStream.open(other.url, 'POST', session.headers, call(1, 'meta'));
    await eventually(() => first.isEnded);
    expect(first.messages).toMatchObject([
      { method: 'notifications/message', params: { level: 'warning' } },
      { id: 1 },
    ]);
    const second = await post(other.url, call(2, 'meta'), session.headers);
    expect(second.headers.get('content-type')).toBe('application/json');
  });

  it('answers 503 where it would have to be revived without a store', async () => {
    const session = await RawSession.open(worker.url);
    const other = await hub.hosting('v1', 'w2');
    hub.sessions.isDown = true;
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    expect(await post(other.url, list, session.headers)).toMatchObject({ status: 503, body: { id: 1 } });
  });
});

describe('a batch', () => {
  const batch = [
    { jsonrpc: '2.0', id: 1, method: 'ping' },
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    { jsonrpc: '2.0', id: 2, method: 'no/such' },
  ];

  it('is answered as a batch at 2025-03-26', async () => {
    const session = await RawSession.open(worker.url, '2025-03-26');
    const { body } = await session.send(batch);
    expect(body).toMatchObject([
      { id: 1, result: {} },
      { id: 2, error: { code: -32601 } },
    ]);
    expect((await session.send([batch[1] as object])).status).toBe(202);
  });

  it.each(['2024-11-05', '2025-06-18', '2025-11-25'])('is refused at %s', async (version) => {
    const session = await RawSession.open(worker.url, version);
    const { status, body } = await session.send(batch);
    expect([status, (body['error'] as { code: number }).code]).toEqual([400, -32600]);
  });

  it('holds no handshake', async () => {
    const session = await RawSession.open(worker.url, '2025-03-26');
    expect((await session.send([{ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }])).status).toBe(400);
  });
});

describe('the stream of a legacy call', () => {
  it('begins with an event to come back to, and gives what was missed', async () => {
    const session = await RawSession.open(worker.url);
    const stream = await openCall(session, 'progress', { progressToken: 'p' });
    await eventually(() => stream.isEnded);
    const [priming, ...rest] = stream.events;
    expect(priming).toMatchObject({ id: expect.any(String), retry: '1000', data: '' });
    expect(stream.messages).toHaveLength(4);
    const missed = await OpenStream.open(worker.url, 'GET', { ...session.headers, 'last-event-id': rest[1]?.id ?? '' });
    await eventually(() => missed.isEnded);
    expect(missed.events).toEqual(rest.slice(2));
  });

  it('has no events without data for clients before 2025-11-25', async () => {
    const session = await RawSession.open(worker.url, '2025-06-18');
    const stream = await openCall(session, 'progress', { progressToken: 'p' });
    await eventually(() => stream.isEnded);
    expect(stream.events.filter(({ data }) => data === '')).toEqual([]);
  });

  it('goes on when its connection breaks off, and can be taken up again', async () => {
    const session = await RawSession.open(worker.url, '2025-11-25', canElicit);
    const stream = await openCall(session, 'elicit');
    await eventually(() => stream.messages.length === 1);
    stream.drop();
    const asked = stream.messages[0] as { id: string };
    const answer = { jsonrpc: '2.0', id: asked.id, result: { action: 'accept', content: { colour: 'red' } } };
    expect((await session.send(answer)).status).toBe(202);
    const resumed = await OpenStream.open(worker.url, 'GET', {
      ...session.headers,
      'last-event-id': stream.events.at(-1)?.id ?? '',
    });
    await eventually(() => resumed.isEnded);
    expect(resumed.messages).toMatchObject([
      { id: 7, result: { content: [{ text: expect.stringContaining('red') }] } },
    ]);
  });

  it.each(sdkVersions)('is ended by a server of SDK %s within the process, and can be taken up again', async (sdk) => {
    const { url, features } = await hub.hosting(sdk, 'w2');
    const session = await RawSession.open(url);
    const stream = await openCall(session, 'end-stream');
    await eventually(() => stream.isEnded, 'the server to end the stream');
    expect(stream.events).toMatchObject([{ id: expect.any(String), data: '' }]);
    features.release();
    const last = stream.events[0]?.id ?? '';
    const resumed = await OpenStream.open(url, 'GET', { ...session.headers, 'last-event-id': last });
    await eventually(() => resumed.isEnded, 'the rest of the stream');
    expect(resumed.messages).toMatchObject([{ id: 7, result: { content: [{ text: 'told later' }] } }]);
  });

  it('is not ended by a server where the client could not come back for the rest', async () => {
    const session = await RawSession.open(worker.url, '2025-06-18');
    const answer = session.callTool('end-stream');
    worker.features.release();
    expect((await answer).body['result']).toMatchObject({ content: [{ text: 'told later' }] });
  });

  it.each([
    ['text/event-stream, application/json', 'text/event-stream'],
    ['application/json, text/event-stream', 'application/json'],
  ])('is there also for a single answer where the client takes %s', async (accept, contentType) => {
    const session = await RawSession.open(worker.url);
    const { headers, body } = await session.request('tools/list', {}, { accept });
    expect(headers.get('content-type')).toBe(contentType);
    expect(body['result']).toMatchObject({ tools: expect.any(Array) });
  });

  it('is forgotten after a minute, and whoever asks for the rest of it is told so', async () => {
    const session = await RawSession.open(worker.url);
    const stream = await openCall(session, 'progress', { progressToken: 'p' });
    await eventually(() => stream.isEnded);
    timers.advance(60_000);
    const late = await OpenStream.open(worker.url, 'GET', {
      ...session.headers,
      'last-event-id': stream.events[1]?.id ?? '',
    });
    await eventually(() => late.isEnded);
    expect(late.messages).toMatchObject([{ id: 7, error: { data: { outcome: 'unknown', callId: 'call-2' } } }]);
  });

  it('ends with an unknown outcome where its worker is gone before the answer', async () => {
    const session = await RawSession.open(worker.url, '2025-11-25', canElicit);
    const stream = await openCall(session, 'elicit');
    await eventually(() => stream.messages.length === 1);
    stream.drop();
    const other = await hub.hosting('v1', 'w2');
    const last = stream.events.at(-1)?.id ?? '';
    const resumed = await OpenStream.open(other.url, 'GET', { ...session.headers, 'last-event-id': last });
    await eventually(() => resumed.isEnded);
    expect(resumed.messages).toMatchObject([
      { id: 7, error: { data: { outcome: 'unknown', worker: 'w2', callId: 'call-2' } } },
    ]);
  });

  it('hands an error of the client to the server', async () => {
    const session = await RawSession.open(worker.url, '2025-11-25', canElicit);
    const stream = await openCall(session, 'elicit');
    await eventually(() => stream.messages.length === 1);
    await session.send({
      jsonrpc: '2.0',
      id: stream.messages[0]?.['id'],
      error: { code: -1, message: 'No dialog here' },
    });
    await eventually(() => stream.isEnded);
    expect(stream.messages[1]).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringContaining('No dialog here') }] },
    });
  });

  it('is not asked for what its revision does not have', async () => {
    const session = await RawSession.open(worker.url, '2025-03-26', canElicit);
    expect((await session.callTool('elicit')).body['result']).toMatchObject({ isError: true });
  });

  it('ends without an answer when the client cancels', async () => {
    const session = await RawSession.open(worker.url, '2025-11-25', canElicit);
    const stream = await openCall(session, 'elicit');
    await eventually(() => stream.messages.length === 1);
    await session.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } });
    await eventually(() => stream.isEnded);
    expect(stream.messages.filter(({ id }) => id === 7)).toEqual([]);
    await eventually(() => worker.features.aborted.includes('elicit'), 'the server to see it');
    expect(stream.messages.at(-1)).toMatchObject({
      method: 'notifications/cancelled',
      params: { requestId: stream.messages[0]?.['id'] },
    });
  });

  it('is answered 202 when the client cancels before anything was said', async () => {
    const session = await RawSession.open(worker.url);
    const answer = session.send(call(7, 'hang'));
    await eventually(() => worker.features.executions.get('hang') === 1);
    await session.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } });
    expect((await answer).status).toBe(202);
    await eventually(() => worker.features.aborted.length === 1);
  });

  it('tells of a lost call when its worker closes', async () => {
    const session = await RawSession.open(worker.url);
    const answer = session.send(call(7, 'hang'));
    await eventually(() => worker.features.executions.get('hang') === 1);
    await worker.endpoint.close();
    expect((await answer).body['error']).toMatchObject({ data: { outcome: 'unknown' } });
  });
});

describe('the stream of a session', () => {
  it('gets what came before it opened, and what was missed while it was broken off', async () => {
    const session = await RawSession.open(worker.url);
    await worker.features.log('before');
    const stream = await OpenStream.open(worker.url, 'GET', session.headers);
    await worker.features.log('during');
    await eventually(() => stream.messages.length === 2);
    expect(stream.messages.map(({ params }) => (params as { data: string }).data)).toEqual(['before', 'during']);
    stream.drop();
    const last = stream.events.at(-1)?.id ?? '';
    await worker.features.log('missed');
    const resumed = await OpenStream.open(worker.url, 'GET', { ...session.headers, 'last-event-id': last });
    await eventually(() => resumed.messages.length > 0);
    expect(resumed.messages).toMatchObject([{ params: { data: 'missed' } }]);
    resumed.drop();
  });

  it('is one of several, and each message goes to one of them', async () => {
    const session = await RawSession.open(worker.url);
    const streams = [
      await OpenStream.open(worker.url, 'GET', session.headers),
      await OpenStream.open(worker.url, 'GET', session.headers),
    ];
    await worker.features.log('once');
    await eventually(() => streams.some(({ messages }) => messages.length > 0));
    await session.request('ping');
    expect(streams.flatMap(({ messages }) => messages)).toHaveLength(1);
    expect(streams.map(({ isEnded }) => isEnded)).toEqual([false, false]);
    for (const stream of streams) stream.drop();
  });

  it('shows every 15 s that it lives', async () => {
    const session = await RawSession.open(worker.url);
    const stream = await OpenStream.open(worker.url, 'GET', session.headers);
    timers.advance(15_000);
    await eventually(() => stream.text.includes('\n:\n\n') || stream.text.startsWith(':\n\n'), 'the comment');
    stream.drop();
  });

  it('is cut off where its client reads too slowly', async () => {
    const session = await RawSession.open(worker.url);
    const uri = `test://${'x'.repeat(500_000)}`;
    await session.request('resources/subscribe', { uri });
    const stream = await OpenStream.open(worker.url, 'GET', session.headers);
    stream.pause();
    for (let count = 0; count < 80; count += 1) await worker.features.resourceUpdated(uri);
    stream.resume();
    await eventually(() => stream.isEnded, 'the connection to be cut');
    expect((await session.request('ping')).status).toBe(200);
  });

  it('leaves log messages out where its client reads too slowly', async () => {
    const session = await RawSession.open(worker.url);
    const stream = await OpenStream.open(worker.url, 'GET', session.headers);
    stream.pause();
    for (let count = 0; count < 40; count += 1) await worker.features.log('x'.repeat(1_000_000));
    stream.resume();
    await session.request('resources/subscribe', { uri: 'test://note' });
    await worker.features.resourceUpdated('test://note');
    const methods = (): unknown[] => stream.messages.map(({ method }) => method);
    await eventually(() => methods().includes('notifications/resources/updated'), 'what is not left out');
    expect(methods().length).toBeLessThan(40);
    stream.drop();
  });

  it('ends when the session does', async () => {
    const session = await RawSession.open(worker.url);
    const stream = await OpenStream.open(worker.url, 'GET', session.headers);
    await fetch(worker.url, { method: 'DELETE', headers: session.headers });
    await eventually(() => stream.isEnded);
  });
});
