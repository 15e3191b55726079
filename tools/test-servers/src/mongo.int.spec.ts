import { MongoClient } from 'mongodb';
import { afterEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest';

import { connectExternalMongo } from './external-mongo.js';
import { freePort } from './free-port.js';
import { startMongo } from './mongo.js';
import type { RunningServer } from './running-server.js';
import { ServerNotOwned, ServerUnavailable } from './server-errors.js';
import { waitUntil } from './wait-until.js';

const mongoUrl = inject('mongoUrl');
const isOurs = mongoUrl !== undefined && !process.env['MONGODB_TEST_URI'];

function clientOf(url: string): MongoClient {
  const client = new MongoClient(url);
  onTestFinished(() => client.close());
  return client;
}

describe.skipIf(!isOurs)('startMongo', () => {
  const started: RunningServer[] = [];
  const start = async (...args: Parameters<typeof startMongo>): Promise<RunningServer> => {
    const server = await startMongo(...args);
    started.push(server);
    return server;
  };
  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()));
  });

  it('gives a server that answers at its URL', async () => {
    const server = await start();
    const answer = await clientOf(server.url).db('admin').command({ ping: 1 });
    expect(answer).toMatchObject({ ok: 1 });
    expect(server.version).toMatch(/^\d+\.\d+/);
    expect(['mongod', 'mongo-java-server']).toContain(server.kind);
  });

  it('keeps each acknowledged write through kill and restart', async () => {
    const server = await start();
    const documents = clientOf(server.url).db('kill').collection<{ n: number }>('documents');
    await documents.createIndex({ n: 1 }, { unique: true });
    for (let n = 0; n < 200; n++) await documents.insertOne({ n });
    server.kill();
    await server.restart();
    expect(await documents.countDocuments()).toBe(200);
    await expect(documents.insertOne({ n: 199 })).rejects.toMatchObject({ code: 11_000 });
  });

  it('is killed amid concurrent writes without an index at odds with the documents', async () => {
    const server = await start();
    const documents = documentsOf(clientOf(server.url));
    await documents.createIndex({ n: 1 }, { unique: true });
    const all = Array.from({ length: 400 }, (_, n) => n);
    const acknowledged: number[] = [];
    const writes = all.map(async (n) => {
      await documents.insertOne({ n });
      acknowledged.push(n);
      if (acknowledged.length === 100) server.kill();
    });
    const settled = Promise.allSettled(writes);
    await waitUntil(() => acknowledged.length >= 100, { describe: '100 acknowledged writes' });
    await server.restart();
    await settled;

    const kept = new Set((await documents.find().toArray()).map(({ n }) => n));
    expect(acknowledged.filter((n) => !kept.has(n))).toEqual([]);
    await documents.insertMany(all.filter((n) => !kept.has(n)).map((n) => ({ n })));
    expect(await documents.countDocuments()).toBe(all.length);
  });

  it('keeps the data through a restart of a running server', async () => {
    const server = await start();
    const documents = documentsOf(clientOf(server.url));
    await documents.insertOne({ n: 1 });
    await server.restart();
    expect(await documents.countDocuments()).toBe(1);
  });
});

function documentsOf(client: MongoClient) {
  return client.db('writes').collection<{ n: number }>('documents');
}

describe.skipIf(mongoUrl === undefined)('startMongo with MONGODB_TEST_URI', () => {
  it('uses that server and leaves it alone', async () => {
    vi.stubEnv('MONGODB_TEST_URI', mongoUrl);
    const server = await startMongo();
    expect(server).toMatchObject({ url: mongoUrl, pid: 0 });
    expect(server.version).toMatch(/^\d+\.\d+/);
    await server.stop();
    expect(await clientOf(server.url).db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
    expect(() => server.kill()).toThrow(ServerNotOwned);
    await expect(server.restart()).rejects.toThrow(ServerNotOwned);
  });
});

it('says so when the server of MONGODB_TEST_URI does not answer', async () => {
  const refusal = connectExternalMongo(`mongodb://127.0.0.1:${await freePort()}`, { timeoutMs: 200 });
  await expect(refusal).rejects.toThrow(ServerUnavailable);
});
