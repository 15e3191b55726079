import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Redis } from 'ioredis';
import { afterEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest';

import { startRedis } from './redis.js';
import type { RunningServer } from './running-server.js';
import { ServerStartFailed, ServerUnavailable } from './server-errors.js';
import { waitUntil } from './wait-until.js';

function clientOf(url: string): Redis {
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
  // Expected while the server is down; a failed command is what the tests look at.
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());
  return client;
}

describe.skipIf(inject('redisUrl') === undefined)('startRedis', () => {
  const started: RunningServer[] = [];
  const start = async (...args: Parameters<typeof startRedis>): Promise<RunningServer> => {
    const server = await startRedis(...args);
    started.push(server);
    return server;
  };
  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()));
  });

  it('gives a server that answers at its URL', async () => {
    const server = await start();
    expect(await clientOf(server.url).ping()).toBe('PONG');
    expect(server.kind).toBe('redis');
    expect(server.version).toMatch(/^\d+\.\d+/);
  });

  it('listens on the port that is asked for', async () => {
    const first = await start();
    await first.stop();
    const second = await start({ port: first.port });
    expect(second.url).toBe(first.url);
    expect(await clientOf(second.url).ping()).toBe('PONG');
  });

  it('fails with what the server printed when its port is taken', async () => {
    const { port } = await start();
    await expect(startRedis({ port })).rejects.toThrow(ServerStartFailed);
    await expect(startRedis({ port })).rejects.toThrow(/already in use/i);
  });

  it('keeps each acknowledged write through kill and restart', async () => {
    const server = await start();
    const client = clientOf(server.url);
    const pidBefore = server.pid;
    await Promise.all(Array.from({ length: 500 }, (_, n) => client.set(`key:${n}`, n)));
    server.kill();
    await server.restart();
    expect(server.pid).not.toBe(pidBefore);
    expect(await client.dbsize()).toBe(500);
  });

  it('keeps the data through a restart of a running server', async () => {
    const server = await start();
    const client = clientOf(server.url);
    await client.set('key', 'value');
    await server.restart();
    expect(await client.get('key')).toBe('value');
  });

  it('answers nothing while paused', async () => {
    const server = await start();
    const client = clientOf(server.url);
    await client.ping();
    server.pause();
    let isAnswered = false;
    const answer = client.ping().then(() => (isAnswered = true));
    await expect(waitUntil(() => isAnswered, { timeoutMs: 300, describe: 'an answer' })).rejects.toThrow('an answer');
    server.resume();
    await answer;
  });

  it('stops while paused', async () => {
    const server = await start();
    server.pause();
    await server.stop();
    expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
  });

  it('keeps a data folder that is given', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'redis-data-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    const first = await start({ dir });
    await clientOf(first.url).set('key', 'value');
    await first.stop();
    const second = await start({ dir });
    expect(await clientOf(second.url).get('key')).toBe('value');
  });

  it('removes its temporary folder on stop', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'redis-tmp-'));
    onTestFinished(() => rm(temporary, { recursive: true }));
    vi.stubEnv('TMPDIR', temporary);
    const server = await start();
    expect(await readdir(temporary)).toHaveLength(1);
    await server.stop();
    await server.stop();
    expect(await readdir(temporary)).toEqual([]);
  });

  it('names the remedy where there is no redis-server', async () => {
    vi.stubEnv('PATH', '');
    const refusal = startRedis();
    await expect(refusal).rejects.toThrow(ServerUnavailable);
    await expect(refusal).rejects.toThrow('Install Redis');
  });
});
