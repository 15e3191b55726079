import { BlobStore, RegistryStore } from '@mcp-hub/application';
import { aNewServer } from '@mcp-hub/application/testing';
import { DependencyUnavailable } from '@mcp-hub/domain';
import { freePort } from '@mcp-hub/test-servers';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { MongoHarness } from '../test/mongo-harness.js';

const url = inject('mongoUrl');

describe.runIf(url !== undefined)('StoreMongoModule', () => {
  let harness: MongoHarness;
  beforeEach(async () => {
    harness = await MongoHarness.of(url ?? '');
  });
  afterEach(async () => {
    await harness.dispose();
  });

  async function collectionNames(): Promise<string[]> {
    const collections = await harness.database.listCollections().toArray();
    return collections.map(({ name }) => name).sort();
  }

  it('keeps servers and blobs in collections named after one', async () => {
    const app = await harness.openApp({ collectionName: 'entries' });
    await Promise.all([app.get(RegistryStore).start(), app.get(BlobStore).start()]);
    await app.get(RegistryStore).insert(aNewServer());
    await app.get(BlobStore).put(new Uint8Array([1]));
    expect(await collectionNames()).toEqual(['entries', 'entries_blob_chunks', 'entries_blobs']);
  });

  it('makes indexes', async () => {
    await harness.openRegistry();
    const indexes = await harness.database.collection('servers').indexes();
    expect(indexes.map(({ key }) => key as unknown)).toContainEqual({ tags: 1, _id: 1 });
  });

  it('comes up without MongoDB', async () => {
    await harness.connection.cut();
    const store = (await harness.openApp()).get(RegistryStore);
    await expect(store.ping()).rejects.toThrow(DependencyUnavailable);
  });

  it('waits for MongoDB, and tells that it does', async () => {
    await harness.connection.cut();
    const app = await harness.openApp();
    const starting = Promise.all([app.get(RegistryStore).start(), app.get(BlobStore).start()]);
    await vi.waitFor(() => expect(harness.awaited.length).toBeGreaterThan(0), { timeout: 10_000 });
    expect(harness.awaited[0]).toMatchObject({ attempt: 1, delayMs: 200 });
    await harness.connection.mend();
    await starting;
    await expect(app.get(RegistryStore).ping()).resolves.toBeUndefined();
  }, 30_000);

  it('stops waiting when the application shuts down', async () => {
    const app = await harness.openApp({ uri: `mongodb://127.0.0.1:${await freePort()}` });
    const starting = app.get(RegistryStore).start();
    const outcome = expect(starting).rejects.toThrow(DependencyUnavailable);
    await app.close();
    await outcome;
  }, 15_000);

  it('does not wait where it is configured wrongly', async () => {
    const app = await harness.openApp({ uri: 'mongodb://127.0.0.1/?authMechanism=NONSENSE' });
    const outcome: unknown = await app
      .get(RegistryStore)
      .start()
      .catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(Error);
    expect(outcome).not.toBeInstanceOf(DependencyUnavailable);
  });

  it('can be closed by the store before the application', async () => {
    const app = await harness.openApp();
    await app.get(RegistryStore).start();
    await app.get(RegistryStore).close();
    await expect(app.close()).resolves.toBeUndefined();
  });

  it('starts again after it was closed', async () => {
    const store = await harness.openRegistry();
    await store.close();
    await store.start();
    await expect(store.ping()).resolves.toBeUndefined();
  });
});
