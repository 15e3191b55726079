import { describe, expect, it } from 'vitest';
import { ManualTimers } from '../../test/support/fixtures.js';
import { CallLoss } from '../call-loss.js';
import type { RpcMessage } from '../wire/json-rpc.js';
import { inMemoryTransportPair } from './in-memory-transport.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function aPair() {
  const timers = new ManualTimers();
  const [client, server] = inMemoryTransportPair(timers);
  const messages: RpcMessage[] = [];
  client.onmessage = (message) => messages.push(message);
  await client.start();
  await server.start();
  return { server, messages, timers };
}

describe('a connection within the process', () => {
  it('fails the request of a result that is too large', async () => {
    const { server, messages } = await aPair();
    const text = 'x'.repeat(33 * 1024 * 1024);
    await server.send({ jsonrpc: '2.0', id: 5, result: { content: [{ type: 'text', text }] } });
    expect(messages).toMatchObject([
      {
        id: 5,
        error: {
          message: "The server's answer is larger than 32 MiB.",
          data: new CallLoss('unknown', 'result_too_large'),
        },
      },
    ]);
  });

  it('makes a server wait that sends without end, and loses nothing of one that waits', async () => {
    const { server, messages, timers } = await aPair();
    let sent = 0;
    const flood = (async () => {
      for (; sent < 5_000; sent += 1)
        await server.send({ jsonrpc: '2.0', method: 'notifications/message', params: { data: sent } });
    })();
    await turn();
    expect(sent).toBeLessThan(1_000);
    while (sent < 5_000) {
      timers.advance(100);
      await turn();
    }
    await flood;
    timers.advance(100);
    expect(messages.map((message) => 'params' in message && message.params['data'])).toEqual(
      Array.from({ length: 5_000 }, (_, index) => index),
    );
  });

  it('keeps a bounded number of what a server sends that does not wait, and never loses an answer', async () => {
    const { server, messages, timers } = await aPair();
    for (let count = 0; count < 100_000; count += 1) {
      void server.send({ jsonrpc: '2.0', method: 'notifications/progress', params: {} });
    }
    void server.send({ jsonrpc: '2.0', id: 7, result: {} });
    for (let window = 0; window < 20; window += 1) timers.advance(100);
    expect(messages.length).toBeLessThan(2_000);
    expect(messages.at(-1)).toEqual({ jsonrpc: '2.0', id: 7, result: {} });
  });
});
