import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ClientPresence } from './client-presence.js';

let server: Server;
let socket: Socket;
let res: ServerResponse;
let client: ClientPresence;
let told: string[];

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  [, res] = (await once(server, 'request')) as [unknown, ServerResponse];
  client = new ClientPresence(res);
  told = [];
});
afterEach(() => {
  socket.destroy();
  server.closeAllConnections();
  server.close();
});

it('tells when the client goes away before it has its answer', async () => {
  client.onGone(() => told.push('gone'));
  res.write('half');
  socket.destroy();
  await once(res, 'close');
  expect([client.isGone, told]).toEqual([true, ['gone']]);
});

it('does not count a client as gone that has its answer', async () => {
  client.onGone(() => told.push('gone'));
  socket.resume();
  res.end('all');
  await once(res, 'close');
  expect([client.isGone, told]).toEqual([false, []]);
});

it('tells nobody who has stopped listening', async () => {
  const stop = client.onGone(() => told.push('stopped'));
  client.onGone(() => told.push('listens'));
  stop();
  socket.destroy();
  await once(res, 'close');
  expect(told).toEqual(['listens']);
});
