import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { aCall, CountingIds, eventually, ManualTimers } from '../../test/support/fixtures.js';
import { CallLoss } from '../call-loss.js';
import type { RpcMessage } from '../wire/json-rpc.js';
import { ClientBackend } from './client-backend.js';
import { NotSent } from './not-sent.js';
import { StdioTransport, type StdioTransportOptions } from './stdio-transport.js';

async function aTransport(options: Partial<StdioTransportOptions> = {}) {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const garbage: string[] = [];
  const transport = new StdioTransport({ stdin, stdout, onGarbage: (text) => garbage.push(text), ...options });
  const messages: RpcMessage[] = [];
  const errors: string[] = [];
  let closed = 0;
  transport.onmessage = (message) => messages.push(message);
  transport.onerror = (error) => errors.push(error.message);
  transport.onclose = () => (closed += 1);
  await transport.start();
  return { transport, stdin, stdout, messages, garbage, errors, closed: () => closed };
}

const result = (id: number, text = '') => ({ jsonrpc: '2.0' as const, id, result: { text } });
const line = (message: unknown) => `${JSON.stringify(message)}\n`;

describe('StdioTransport', () => {
  it('takes messages whole and in order, however the bytes arrive', async () => {
    const { stdout, messages } = await aTransport();
    const sent = [result(1, 'äöü 🙂'), result(2), { jsonrpc: '2.0', method: 'x' }, result(3, 'x'.repeat(70_000))];
    for (const byte of Buffer.from(sent.slice(0, 3).map(line).join(''))) stdout.write(Buffer.from([byte]));
    stdout.write(`\r\n\n${line(sent[3])}`);
    await eventually(() => messages.length === 4);
    expect(messages).toEqual(sent);
  });

  it('skips what is no message and tells it', async () => {
    const { stdout, messages, garbage, closed } = await aTransport();
    stdout.write(`Server listening\n42\n["1.0"]\n${line(result(1))}{"jsonrpc":`);
    await eventually(() => messages.length === 1);
    expect(garbage).toEqual(['Server listening', '42', '["1.0"]']);
    expect(closed()).toBe(0);
  });

  it('reads no more for a moment from a server that says too much, and loses nothing', async () => {
    const timers = new ManualTimers();
    const { stdout, messages } = await aTransport({ timers });
    for (let count = 1; count <= 10_000; count += 1) {
      stdout.write(line({ jsonrpc: '2.0', method: 'notifications/message', params: { data: count } }));
    }
    await eventually(() => stdout.isPaused(), 'the flood to be held up');
    expect(messages.length).toBeLessThan(1_000);
    while (messages.length < 10_000) {
      timers.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(messages.map((message) => 'params' in message && message.params['data'])).toEqual(
      Array.from({ length: 10_000 }, (_, index) => index + 1),
    );
  });

  it('takes the last line without its end, and is closed then', async () => {
    const { stdout, messages, closed } = await aTransport();
    stdout.end(JSON.stringify(result(1)));
    await eventually(() => closed() === 1);
    expect(messages).toEqual([result(1)]);
  });

  it.each([
    ['first', (id: number, text: string) => `{"jsonrpc":"2.0","id":${id},"result":{"text":"${text}"}}\n`],
    ['last', (id: number, text: string) => `{"result":{"id":7,"text":"${text}"},"jsonrpc":"2.0","id":${id}}\n`],
    ['last, an error', (id: number, text: string) => `{"error":{"code":1,"message":"${text}"},"id":${id}}\n`],
  ])('fails the request of an answer that is too long, its id %s, and goes on', async (_, write) => {
    const { stdout, messages, errors } = await aTransport({ maxLineBytes: 10_000 });
    const long = write(5, 'x'.repeat(50_000));
    for (let at = 0; at < long.length; at += 3_000) stdout.write(long.slice(at, at + 3_000));
    stdout.write(line(result(6)));
    await eventually(() => messages.length === 2);
    expect(messages[0]).toMatchObject({ id: 5, error: { data: new CallLoss('unknown', 'result_too_large') } });
    expect(messages[1]).toEqual(result(6));
    expect(errors).toHaveLength(1);
  });

  it.each([
    ['a request of the server', `{"method":"sampling/createMessage","params":{"a":"PAD"},"jsonrpc":"2.0","id":5}\n`],
    ['one whose id only looks like one', `{"result":{"a":"PAD","b":{"id":5}},"jsonrpc":"2.0"}\n`],
  ])('mistakes %s that is too long for no answer', async (_, text) => {
    const { stdout, messages, garbage } = await aTransport({ maxLineBytes: 100 });
    stdout.write(text.replace('PAD', 'x'.repeat(5_000)) + line(result(6)));
    await eventually(() => messages.length > 0);
    expect(messages).toEqual([result(6)]);
    expect(garbage).toEqual(['(a message of more than 0 MiB)']);
  });

  it('holds messages of 32 MiB', async () => {
    const { stdout, messages } = await aTransport();
    const text = 'x'.repeat(32 * 1024 * 1024 - 100);
    stdout.write(line(result(1, text)));
    await eventually(() => messages.length === 1);
    expect(messages[0]).toMatchObject({ result: { text } });
  });

  it('sends in order, and tells when the server has taken it', async () => {
    const taken: string[] = [];
    let take = (): void => undefined;
    const stdin = new Writable({
      highWaterMark: 10,
      write(chunk: Buffer, _encoding, done) {
        taken.push(chunk.toString());
        take = done;
      },
    });
    const { transport } = await aTransport({ stdin });
    const done: number[] = [];
    const sent = [1, 2].map((id) => transport.send(result(id)).then(() => done.push(id)));
    await eventually(() => taken.length === 1);
    expect(done).toEqual([]);
    take();
    await eventually(() => taken.length === 2);
    expect(done).toEqual([1]);
    take();
    await Promise.all(sent);
    expect(taken).toEqual([line(result(1)), line(result(2))]);
  });

  it('refuses to queue without bound for a server that does not read', async () => {
    const stdin = new Writable({ highWaterMark: 10, write: () => undefined });
    const { transport } = await aTransport({ stdin, maxQueuedBytes: 1_000 });
    void transport.send(result(1, 'x'.repeat(2_000)));
    await expect(transport.send(result(2))).rejects.toBeInstanceOf(NotSent);
  });

  it('is closed once when the server does not read any more', async () => {
    const { transport, stdin, closed, errors } = await aTransport();
    stdin.destroy(new Error('EPIPE'));
    await eventually(() => closed() === 1);
    expect(errors).toEqual(['EPIPE']);
    await expect(transport.send(result(1))).rejects.toBeInstanceOf(NotSent);
    await transport.close();
    expect(closed()).toBe(1);
  });

  it('ends the input of the server when it is closed, and hears nothing more', async () => {
    const { transport, stdin, stdout, messages, closed } = await aTransport();
    stdin.resume();
    await transport.close();
    stdout.write(line(result(1)));
    await eventually(() => stdin.readableEnded && stdout.readableLength === 0);
    expect(messages).toEqual([]);
    expect(closed()).toBe(1);
  });
});

describe('ClientBackend over stdio', () => {
  it('tells a call that was never sent from one that may have been executed', async () => {
    const { stdin, stdout } = { stdin: new PassThrough(), stdout: new PassThrough() };
    stdin.on('data', (chunk: Buffer) => {
      const { id, method } = JSON.parse(chunk.toString()) as { id?: number; method: string };
      if (method === 'initialize') {
        const info = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'x', version: '1' } };
        stdout.write(line({ jsonrpc: '2.0', id, result: info }));
      }
      if (method === 'tools/call') stdout.end();
    });
    const backend = new ClientBackend({ transport: new StdioTransport({ stdin, stdout }), ids: new CountingIds() });
    await backend.start(AbortSignal.timeout(5_000));
    const call = { method: 'tools/call', params: { name: 'x' } };
    const sent = await backend.call(call, aCall().context);
    expect(sent).toMatchObject({ kind: 'error', data: { outcome: 'unknown', reason: 'server_gone' } });
    const unsent = await backend.call(call, aCall().context);
    expect(unsent).toMatchObject({ kind: 'error', data: { outcome: 'not_executed', reason: 'server_gone' } });
  });

  it('fails a call at once that is answered with no JSON-RPC response', async () => {
    const { transport, stdin, stdout } = await aTransport();
    const backend = new ClientBackend({ transport, ids: new CountingIds() });
    const started = backend.start(AbortSignal.timeout(5_000));
    stdin.on('data', (chunk: Buffer) => {
      const { id, method } = JSON.parse(chunk.toString()) as { id?: number; method: string };
      if (method === 'initialize') {
        const initialized = {
          protocolVersion: '2025-11-25',
          capabilities: {},
          serverInfo: { name: 's', version: '1' },
        };
        stdout.write(line({ jsonrpc: '2.0', id, result: initialized }));
      } else if (method === 'tools/call') stdout.write(line({ jsonrpc: '2.0', id, result: 'what you asked for' }));
    });
    await started;
    expect(await backend.call({ method: 'tools/call', params: { name: 'x' } }, aCall().context)).toMatchObject({
      kind: 'error',
      message: 'The server answered with something that is no JSON-RPC response.',
      data: new CallLoss('unknown', 'upstream_error'),
    });
  });
});
