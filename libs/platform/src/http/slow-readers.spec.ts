import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { RecordingLog } from '@mcp-hub/application/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SlowReaders, slowReaderLimits, type SlowReaderLimits } from './slow-readers.js';

const mebibyte = 1024 * 1024;
/** More than the system takes for a client that does not read. */
const much = 24 * mebibyte;
const patience = { timeout: 10_000, interval: 10 };

let server: Server;
let servers: Server[];
let log: RecordingLog;
let clients: Socket[];
beforeEach(() => {
  log = new RecordingLog();
  clients = [];
  servers = [];
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  for (const one of servers) {
    one.closeAllConnections();
    await new Promise((resolve) => one.close(resolve));
  }
});

/** A server that answers with that much at once. */
async function start(limits: Partial<SlowReaderLimits>): Promise<void> {
  server = createServer((req, res) => {
    if (req.url === '/silent') return;
    res.end(Buffer.alloc(much));
  });
  servers.push(server);
  new SlowReaders(log, { ...slowReaderLimits, everyMs: 20, ...limits }).watch(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

/** A client that asks, and reads only what a test has it read. */
async function ask(path = '/'): Promise<Socket> {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  clients.push(client);
  client.pause();
  await once(client, 'connect');
  client.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  return client;
}

const connections = (of = server): Promise<number> =>
  new Promise((resolve) => {
    of.getConnections((_, count) => {
      resolve(count);
    });
  });
const cuts = (): number => log.named('http.slow_reader_cut').length;

describe('SlowReaders', () => {
  it('cuts a client that reads nothing', async () => {
    await start({ stallMs: 200, minBytesPerSecond: much * 10 });
    await ask();
    await vi.waitFor(async () => expect(await connections()).toBe(0), patience);
    expect(cuts()).toBe(1);
  });

  it('leaves a client alone that reads', async () => {
    await start({ stallMs: 200, minBytesPerSecond: much * 10 });
    const client = await ask();
    let read = 0;
    client.on('data', (chunk: Buffer) => (read += chunk.byteLength));
    client.resume();
    await vi.waitFor(() => expect(read).toBeGreaterThan(much), patience);
    expect(cuts()).toBe(0);
  });

  it('leaves a client alone that waits for its answer', async () => {
    await start({ stallMs: 50, minBytesPerSecond: much * 10, maxUnreadBytes: mebibyte, graceMs: 100 });
    await ask('/silent');
    await ask();
    await vi.waitFor(() => expect(cuts()).toBe(1), patience);
    expect(await connections()).toBe(1);
  });

  it('gives a client longer that was given much', async () => {
    await start({ stallMs: 50, minBytesPerSecond: mebibyte });
    const patient = server;
    await ask();
    await start({ stallMs: 200, minBytesPerSecond: much * 10 });
    await ask();
    await vi.waitFor(() => expect(cuts()).toBe(1), patience);
    expect({ patient: await connections(patient), other: await connections() }).toEqual({ patient: 1, other: 0 });
  });

  it('cuts as many as it takes to keep all together below the limit, the slowest first', async () => {
    await start({ maxUnreadBytes: 2.5 * much, graceMs: 100 });
    const asked: Socket[] = [];
    for (let count = 0; count < 4; count += 1) asked.push(await ask());
    await vi.waitFor(() => expect(cuts()).toBe(2), patience);
    const read = await Promise.all(asked.map(readAll));
    expect(read.map((bytes) => bytes > much)).toEqual([false, false, true, true]);
  });
});

async function readAll(client: Socket): Promise<number> {
  let read = 0;
  client.on('data', (chunk: Buffer) => {
    read += chunk.byteLength;
    if (read > much) client.destroy();
  });
  client.resume();
  if (!client.destroyed) await once(client, 'close');
  return read;
}
