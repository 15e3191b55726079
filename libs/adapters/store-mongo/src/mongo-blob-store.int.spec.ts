import { gzipSync } from 'node:zlib';
import { blobStoreContract, type BlobStoreHarness } from '@mcp-hub/application/testing';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { MongoHarness } from '../test/mongo-harness.js';

const url = inject('mongoUrl');
const content = new TextEncoder().encode('{"openapi":"3.1.0"}');

describe.runIf(url !== undefined)('with a MongoDB server', () => {
  blobStoreContract('MongoBlobStore', contractHarness, { sharesDatabase: true, canLoseConnection: true });

  describe('MongoBlobStore', () => {
    let harness: MongoHarness;
    beforeEach(async () => {
      harness = await MongoHarness.of(url ?? '');
    });
    afterEach(async () => {
      await harness.dispose();
    });

    function collectionOf(name: string) {
      return harness.database.collection<{ _id: string; upload: string; putAt: number; data: Buffer }>(name);
    }

    it('shows nothing of a blob whose writer died before its end', async () => {
      const store = await harness.openBlobs();
      const hash = await store.put(content);
      await collectionOf('servers_blobs').deleteOne({ _id: hash });
      expect(await store.has(hash)).toBe(false);
      expect(await store.get(hash)).toBeUndefined();
    });

    it('takes a blob whose writer died before its end', async () => {
      const store = await harness.openBlobs();
      const hash = await store.put(content);
      await collectionOf('servers_blobs').deleteOne({ _id: hash });
      await store.put(content);
      expect(await store.get(hash)).toEqual(Buffer.from(content));
    });

    it('collects the chunks of a blob whose writer died, and leaves those of others', async () => {
      const store = await harness.openBlobs();
      const kept = await store.put(content);
      const lost = await store.put(new Uint8Array([1]));
      await collectionOf('servers_blobs').deleteOne({ _id: lost });
      await store.collect(new Set([kept]), 1);
      expect(await collectionOf('servers_blob_chunks').countDocuments()).toBe(1);
      expect(await store.get(kept)).toEqual(Buffer.from(content));
    });

    it('gives nothing where a chunk is missing', async () => {
      const store = await harness.openBlobs();
      const hash = await store.put(content);
      await collectionOf('servers_blob_chunks').deleteMany({});
      expect(await store.get(hash)).toBeUndefined();
    });

    it('leaves one copy where the same content was put many times at once', async () => {
      const store = await harness.openBlobs();
      await Promise.all(Array.from({ length: 10 }, () => store.put(content)));
      expect(await collectionOf('servers_blob_chunks').countDocuments()).toBe(1);
    });
  });
});

async function contractHarness(): Promise<BlobStoreHarness> {
  const harness = await MongoHarness.of(url ?? '');
  return {
    connection: harness.connection,
    open: () => harness.openBlobs(),
    clock: harness.clock,
    async damage() {
      const data = gzipSync('y');
      await harness.database.collection('servers_blob_chunks').updateMany({}, { $set: { data } });
    },
    dispose: () => harness.dispose(),
  };
}
