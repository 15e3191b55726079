import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StoreHarness } from '@mcp-hub/application/testing';
import { openSqlite, type SqliteDatabase } from '../src/sqlite-database.js';

interface Startable {
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Stores on one database in memory; `database` is the one they use. */
export function memoryHarness<Store extends Startable>(
  makeStore: (database: SqliteDatabase) => Store,
): StoreHarness<Store> & { database: SqliteDatabase } {
  const database = openSqlite({ url: ':memory:' });
  return {
    database,
    ...openingAndClosing(
      () => makeStore(database),
      () => Promise.resolve(),
    ),
  };
}

/** Stores on one file in a folder of its own, each with a connection of its own, as of several processes. */
export async function fileHarness<Store extends Startable>(
  makeStore: (database: SqliteDatabase) => Store,
): Promise<StoreHarness<Store> & { url: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'store-sqlite-'));
  const url = `file:${path.join(folder, 'hub.db')}`;
  const removed = () => rm(folder, { recursive: true });
  return { url, ...openingAndClosing(() => makeStore(openSqlite({ url })), removed) };
}

function openingAndClosing<Store extends Startable>(
  make: () => Store,
  clean: () => Promise<void>,
): StoreHarness<Store> {
  const opened: Store[] = [];
  return {
    async open() {
      const store = make();
      opened.push(store);
      await store.start();
      return store;
    },
    async dispose() {
      await Promise.all(opened.map((store) => store.close()));
      await clean();
    },
  };
}
