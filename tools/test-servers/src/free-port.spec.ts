import { once } from 'node:events';
import { createServer } from 'node:net';

import { expect, it, onTestFinished } from 'vitest';

import { freePort } from './free-port.js';

it('gives a port that can be listened on', async () => {
  const server = createServer().listen(await freePort(), '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
});

it('stays below the ports that the system gives to outgoing connections', async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()));
  expect(Math.max(...ports)).toBeLessThan(32_768);
});
