import { randomUUID } from 'node:crypto';

import { Binary, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

const mongoUrl = inject('mongoUrl');
const MEGABYTE = 1024 * 1024;

interface Entry {
  _id: string;
  name: string;
  generation: number;
  tags: string[];
}

describe.skipIf(mongoUrl === undefined)('the MongoDB of the tests', () => {
  let client: MongoClient;
  const database = `test-servers-${randomUUID()}`;
  const entries = () => client.db(database).collection<Entry>('entries');
  const blobs = () => client.db(database).collection<{ _id: number; bytes: Binary }>('blobs');

  beforeAll(async () => {
    client = await new MongoClient(mongoUrl ?? '').connect();
    await entries().createIndex({ name: 1 }, { unique: true });
    await entries().createIndex({ tags: 1 });
  });
  afterAll(async () => {
    await client.db(database).dropDatabase();
    await client.close();
  });

  it('refuses a second document under a unique key with error 11000', async () => {
    await entries().insertOne(anEntry('unique'));
    await expect(entries().insertOne({ ...anEntry('unique'), _id: 'other' })).rejects.toMatchObject({ code: 11_000 });
  });

  it('lets exactly one of 50 concurrent compare-and-sets win', async () => {
    await entries().insertOne(anEntry('contended'));
    const attempts = Array.from({ length: 50 }, () =>
      entries().findOneAndUpdate({ _id: 'contended', generation: 1 }, { $set: { generation: 2 } }),
    );
    const winners = (await Promise.all(attempts)).filter((before) => before !== null);
    expect(winners).toHaveLength(1);
  });

  it('makes one document of 50 concurrent upserts', async () => {
    const upserts = Array.from({ length: 50 }, () =>
      entries().updateOne(
        { _id: 'upserted' },
        { $set: { name: 'upserted' }, $inc: { generation: 1 } },
        { upsert: true },
      ),
    );
    await Promise.all(upserts);
    expect(await entries().findOne({ _id: 'upserted' })).toMatchObject({ generation: 50 });
  });

  it('finds a document by one element of an array', async () => {
    await entries().insertOne({ ...anEntry('tagged'), tags: ['weather', 'maps'] });
    expect(await entries().findOne({ tags: 'maps' })).toMatchObject({ _id: 'tagged' });
  });

  it('gives back documents of 15 MB byte for byte', async () => {
    for (const n of [1, 2, 3, 4])
      await blobs().insertOne({ _id: n, bytes: new Binary(Buffer.alloc(15 * MEGABYTE, n)) });
    const read = await blobs().findOne({ _id: 3 });
    expect(Buffer.alloc(15 * MEGABYTE, 3).equals(read!.bytes.buffer)).toBe(true);
  });

  it('removes what a filter names', async () => {
    await blobs().deleteMany({ _id: { $in: [1, 2, 3, 4] } });
    expect(await blobs().countDocuments()).toBe(0);
  });
});

function anEntry(name: string): Entry {
  return { _id: name, name, generation: 1, tags: [] };
}
