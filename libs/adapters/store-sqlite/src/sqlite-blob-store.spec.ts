import { gzipSync } from 'node:zlib';
import { SetClock, blobStoreContract, type BlobStoreHarness } from '@mcp-hub/application/testing';
import { fileHarness, memoryHarness } from '../test/sqlite-harness.js';
import { SqliteBlobStore } from './sqlite-blob-store.js';
import { openSqlite, type SqliteDatabase } from './sqlite-database.js';

blobStoreContract('SqliteBlobStore in a file', inFile, { sharesDatabase: true, canLoseConnection: false });
blobStoreContract('SqliteBlobStore in memory', inMemory, { sharesDatabase: false, canLoseConnection: false });

async function inFile(): Promise<BlobStoreHarness> {
  const clock = new SetClock();
  const harness = await fileHarness((database) => new SqliteBlobStore(database, clock));
  return { ...harness, clock, damage: async (hash) => damageIn(openSqlite({ url: harness.url }), hash) };
}

async function inMemory(): Promise<BlobStoreHarness> {
  const clock = new SetClock();
  const harness = memoryHarness((database) => new SqliteBlobStore(database, clock));
  return { ...harness, clock, damage: async (hash) => damageIn(harness.database, hash) };
}

function damageIn(database: SqliteDatabase, hash: string): void {
  database.acquire('');
  database.write((connection) =>
    connection.prepare('UPDATE blobs SET content = ? WHERE hash = ?').run([gzipSync('y'), hash]),
  );
  database.release();
}
