import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, ManualTimers } from '../../test/support/fixtures.js';
import { Heartbeat } from './heartbeat.js';
import { SseResponse } from './sse-response.js';

const mebibyte = 1024 * 1024;
const server = createServer();
let client: Socket;
let res: ServerResponse;
let drops: number;
let stream: SseResponse;
beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  [, res] = (await once(server, 'request')) as [unknown, ServerResponse];
  drops = 0;
  stream = new SseResponse(res, new Heartbeat(new ManualTimers(), 15_000), () => (drops += 1));
});
afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('SseResponse', () => {
  it('gives one event of any size to a client that reads', async () => {
    let read = 0;
    client.on('data', (chunk: Buffer) => (read += chunk.byteLength));
    stream.write(`data: ${'x'.repeat(30 * mebibyte)}\n\n`);
    await eventually(() => read > 30 * mebibyte, 'the event to arrive');
    expect(stream.isOpen).toBe(true);
  });

  it('says of a client that does not read that it is behind', async () => {
    client.pause();
    expect(stream.isBehind).toBe(false);
    stream.write(`data: ${'x'.repeat(8 * mebibyte)}\n\n`);
    expect(stream.isBehind).toBe(true);
    client.resume();
    await eventually(() => !stream.isBehind, 'the client to catch up');
  });

  it('cuts a client off that leaves ever more unread', async () => {
    client.pause();
    for (let count = 0; count < 100 && stream.isOpen; count += 1) {
      stream.write(`data: ${'x'.repeat(mebibyte)}\n\n`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(stream.isOpen).toBe(false);
    expect(drops).toBe(1);
  });
});
