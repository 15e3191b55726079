import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import type { TcpProxy } from './tcp-proxy.js';
import { startTcpProxy } from './tcp-proxy.js';
import { waitUntil } from './wait-until.js';

async function anEchoServer(): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function aProxy(targetPort?: number): Promise<TcpProxy> {
  const proxy = await startTcpProxy(targetPort ?? (await anEchoServer()));
  onTestFinished(() => proxy.close());
  return proxy;
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function echoed(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString();
}

describe('startTcpProxy', () => {
  it('carries bytes both ways', async () => {
    const proxy = await aProxy();
    expect(await echoed(await connected(proxy.port), 'hello')).toBe('hello');
    expect(proxy.connections).toBe(1);
  });

  it('carries 20 MB unchanged, to the end', async () => {
    const socket = await connected((await aProxy()).port);
    const sent = Buffer.alloc(20 * 1024 * 1024, 'abcdefg');
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.end(sent);
    await once(socket, 'end');
    expect(Buffer.concat(received).equals(sent)).toBe(true);
  });

  it('cuts open connections when dropped', async () => {
    const proxy = await aProxy();
    const socket = await connected(proxy.port);
    await echoed(socket, 'hello');
    const closed = new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve));
    proxy.drop();
    await closed;
    await waitUntil(() => proxy.connections === 0, { describe: 'no open connection' });
  });

  it('refuses new connections while dropped', async () => {
    const proxy = await aProxy();
    proxy.drop();
    await expect(connected(proxy.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('accepts connections on the same port after restore', async () => {
    const proxy = await aProxy();
    proxy.drop();
    await proxy.restore();
    expect(await echoed(await connected(proxy.port), 'again')).toBe('again');
  });

  it('cuts its clients off when the server goes away', async () => {
    const gone = createServer((socket) => socket.on('error', () => undefined).resetAndDestroy());
    gone.listen(0, '127.0.0.1');
    await once(gone, 'listening');
    onTestFinished(() => void gone.close());
    const socket = await connected((await aProxy((gone.address() as AddressInfo).port)).port);
    await new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve));
  });

  it('holds bytes back, in both directions', async () => {
    const proxy = await aProxy();
    const socket = await connected(proxy.port);
    await echoed(socket, 'warm');
    proxy.delay(100);
    const startedAt = performance.now();
    await echoed(socket, 'slow');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(199);
  });
});
