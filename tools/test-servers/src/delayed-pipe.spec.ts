import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { pipeDelayed } from './delayed-pipe.js';

/** The two ends of one TCP connection. */
async function aConnection(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [far] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return { near, far };
}

describe('pipeDelayed', () => {
  it('keeps the order of bytes when the delay shrinks', async () => {
    const from = await aConnection();
    const to = await aConnection();
    let delayMs = 150;
    pipeDelayed(from.far, to.near, () => delayMs);
    const arrivals: { text: string; at: number }[] = [];
    to.far.on('data', (chunk: Buffer) => arrivals.push({ text: chunk.toString(), at: performance.now() }));

    const startedAt = performance.now();
    from.near.write('first ');
    await once(from.far, 'data');
    delayMs = 0;
    from.near.end('second');
    await once(to.far, 'end');

    expect(arrivals.map(({ text }) => text).join('')).toBe('first second');
    expect(arrivals[0]!.at - startedAt).toBeGreaterThanOrEqual(149);
  });
});
