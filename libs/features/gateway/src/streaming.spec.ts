import type { Writable } from 'node:stream';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayUnderTest, ping, toolCall } from '../test/gateway-under-test.js';
import { StubWorker } from '../test/stub-worker.js';

let gateway: GatewayUnderTest;
let worker: StubWorker;

beforeEach(async () => {
  gateway = new GatewayUnderTest();
  worker = await StubWorker.start('worker-1');
  await gateway.start({ 'gateway.max_body_mb': 256 });
  await gateway.direct();
  await gateway.join(worker);
});
afterEach(async () => {
  await gateway.close();
  await worker.stop();
});

const megabyte = 1024 * 1024;
const post = (headers: Record<string, string | number> = {}) =>
  request(`${gateway.url}/servers/weather/mcp`, { method: 'POST', agent: false, headers }).on('error', () => undefined);
/** The next request that reaches the worker, its body unread. */
const head = (): Promise<{ req: IncomingMessage; res: ServerResponse }> =>
  new Promise((resolve) => {
    worker.onHead = (req, res) => resolve({ req, res });
  });

/** Writes 200 MB as fast as they are taken. @returns how much was taken so far */
function pourInto(stream: Writable): () => number {
  let taken = 0;
  let left = 200;
  const pour = (): void => {
    while (left-- > 0) {
      if (!stream.write(Buffer.alloc(megabyte), () => (taken += megabyte))) return;
    }
  };
  stream.on('drain', pour);
  pour();
  return () => taken;
}

/** How much was taken when no more is. */
async function standstill(taken: () => number): Promise<number> {
  let before = -1;
  await vi.waitFor(
    () => {
      const now = taken();
      const isStill = now === before;
      before = now;
      expect(isStill).toBe(true);
    },
    { timeout: 10_000, interval: 300 },
  );
  return before;
}

describe('a large request', () => {
  it('arrives whole', async () => {
    const text = 'ü'.repeat(5 * megabyte);
    const response = await gateway.post({ ...toolCall, params: { text } });
    expect(response.status).toBe(200);
    expect((JSON.parse(worker.received[0]?.body ?? '') as { params: { text: string } }).params.text).toBe(text);
  });

  it('is taken no faster than the worker takes it', async () => {
    const reached = head();
    const client = post({ 'content-length': 200 * megabyte });
    const sent = pourInto(client);
    await reached;
    expect(await standstill(sent)).toBeLessThan(50 * megabyte);
    client.destroy();
  });

  it('goes on after a worker that answered before it had read it', async () => {
    worker.onHead = (_req, res) => worker.answer(res, { error: 'too large' }, 413);
    const client = post({ 'content-length': megabyte });
    const answered = new Promise<IncomingMessage>((resolve) => client.once('response', resolve));
    client.end(Buffer.alloc(megabyte));
    expect((await answered).statusCode).toBe(413);
    worker.onHead = undefined;
    expect((await gateway.post(ping)).status).toBe(200);
  });

  it('is refused by its length alone where it is larger than gateway.max_body_mb', async () => {
    const client = post({ 'content-length': 2_000 * megabyte });
    const answered = new Promise<IncomingMessage>((resolve) => client.once('response', resolve));
    client.write(JSON.stringify(ping));
    expect((await answered).statusCode).toBe(413);
    expect(worker.connections).toBe(0);
    client.destroy();
  });
});

describe('a call that is too large', () => {
  const tooLarge = { id: 'call-7', error: { data: { code: 'too_large', outcome: 'not_executed' } } };

  it('is said not to be executed, on 200', async () => {
    const client = post({ 'content-length': 2_000 * megabyte });
    const answered = new Promise<IncomingMessage>((resolve) => client.once('response', resolve));
    client.write(JSON.stringify(toolCall));
    const answer = await answered;
    expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close']);
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    expect(JSON.parse(text)).toMatchObject(tooLarge);
    client.destroy();
  });

  it('is said not to be executed also where only the worker finds out', async () => {
    worker.onRequest = (_req, res) => worker.answer(res, { error: 'too large' }, 413);
    const response = await gateway.post(toolCall);
    expect([response.status, await response.json()]).toMatchObject([200, tooLarge]);
  });
});

describe('an answer', () => {
  it('reaches the client event by event', async () => {
    const reached = head();
    const answer = gateway.post(toolCall);
    const { req, res } = await reached;
    req.resume();
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.flushHeaders();
    const reader = (await answer).body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
    for (const text of ['data: 1\n\n', 'data: 2\n\n']) {
      res.write(text);
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(text);
    }
    res.end();
    expect((await reader?.read())?.done).toBe(true);
  });

  it('is taken from the worker no faster than the client reads it', async () => {
    const reached = head();
    const client = post();
    const answered = new Promise<IncomingMessage>((resolve) => client.once('response', resolve));
    client.end(JSON.stringify(toolCall));
    const { req, res } = await reached;
    req.resume();
    res.writeHead(200, { 'content-type': 'application/octet-stream' });
    const sent = pourInto(res);
    (await answered).pause();
    expect(await standstill(sent)).toBeLessThan(50 * megabyte);
    client.destroy();
  });
});

describe('a client that goes away', () => {
  const closed = (res: ServerResponse) => new Promise<void>((resolve) => res.once('close', () => resolve()));

  it('cancels its request at the worker', async () => {
    const reached = head();
    const client = post();
    client.end(JSON.stringify(toolCall));
    const { req, res } = await reached;
    req.resume();
    const over = closed(res);
    client.destroy();
    await over;
    expect(res.writableFinished).toBe(false);
  });

  it('cancels a stream that is being answered', async () => {
    const reached = head();
    const client = post();
    const answered = new Promise<IncomingMessage>((resolve) => client.once('response', resolve));
    client.end(JSON.stringify(toolCall));
    const { req, res } = await reached;
    req.resume();
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write('data: 1\n\n');
    await answered;
    const over = closed(res);
    client.destroy();
    await over;
    expect(gateway.view.isTrusted('worker-1')).toBe(true);
  });

  it('in the middle of its body is no reason to ask another worker', async () => {
    const other = await StubWorker.start('worker-2');
    const reached = head();
    const client = post({ 'content-length': 100_000 });
    client.write('{"half":');
    const { res } = await reached;
    await gateway.join(other, { replica: 2 });
    const over = closed(res);
    client.destroy();
    await over;
    expect([other.received, other.connections]).toEqual([[], 0]);
    await other.stop();
  });
});

describe('a short request', () => {
  it('keeps no worker busy before it is whole', async () => {
    const text = JSON.stringify(ping);
    const client = post({ 'content-type': 'application/json', 'content-length': text.length });
    client.write(text.slice(0, 10));
    await fetch(`${gateway.url}/servers/weather/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...ping, id: 'other' }),
    });
    expect(worker.received.map(({ body }) => body)).toEqual([JSON.stringify({ ...ping, id: 'other' })]);
    const answered = new Promise<IncomingMessage>((resolve) => client.once('response', resolve));
    client.end(text.slice(10));
    expect((await answered).statusCode).toBe(200);
    expect(worker.received.at(-1)?.body).toBe(text);
  });
});

describe('a request with Expect: 100-continue', () => {
  it('is told to go on', async () => {
    const client = post({ expect: '100-continue', 'content-type': 'application/json' });
    const isContinued = new Promise<void>((resolve) => client.once('continue', () => resolve()));
    const answered = new Promise<IncomingMessage>((resolve) => client.once('response', resolve));
    client.flushHeaders();
    await isContinued;
    client.end(JSON.stringify(ping));
    expect((await answered).statusCode).toBe(200);
    expect(worker.received[0]?.headers).not.toHaveProperty('expect');
  });
});

describe('a body of another method than POST', () => {
  it('does not reach the worker', async () => {
    const client = request(`${gateway.url}/servers/weather/mcp`, {
      method: 'DELETE',
      agent: false,
      headers: { 'transfer-encoding': 'chunked' },
    });
    const answered = new Promise<IncomingMessage>((resolve) => client.once('response', resolve));
    client.end('GET /internal/servers/other/1/1/mcp HTTP/1.1\r\nhost: x\r\n\r\n');
    expect((await answered).statusCode).toBe(200);
    expect(worker.received).toMatchObject([{ method: 'DELETE', body: '' }]);
  });
});
