import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SetClock, aNewServer } from '@mcp-hub/application/testing';
import { DependencyUnavailable } from '@mcp-hub/domain';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteBlobStore } from './sqlite-blob-store.js';
import { openSqlite } from './sqlite-database.js';
import { SqliteRegistryStore } from './sqlite-registry-store.js';

describe('a SQLite database', () => {
  let folder: string;
  const opened: SqliteRegistryStore[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'store-sqlite-'));
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    await rm(folder, { recursive: true });
  });

  function storeIn(url: string): SqliteRegistryStore {
    const store = new SqliteRegistryStore(openSqlite({ url }));
    opened.push(store);
    return store;
  }

  it('is not opened before a store starts', async () => {
    storeIn(`file:${folder}/hub.db`);
    expect(await readdir(folder)).toEqual([]);
  });

  it('creates its files for the owner alone', async () => {
    const store = storeIn(`file:${folder}/hub.db`);
    await store.start();
    await store.insert(aNewServer());
    const files = await readdir(folder);
    const modes = await Promise.all(files.map(async (name) => (await stat(path.join(folder, name))).mode & 0o777));
    expect(files).toContain('hub.db');
    expect(new Set(modes)).toEqual(new Set([0o600]));
  });

  it('creates the folder that it is in', async () => {
    await storeIn(`file:${folder}/data/of/hub.db`).start();
    expect(await readdir(`${folder}/data/of`)).toContain('hub.db');
  });

  it('takes a URL with slashes for the same file', async () => {
    await storeIn(`file://${folder}/hub.db`).start();
    expect(await readdir(folder)).toContain('hub.db');
  });

  it('refuses a URL that is not of SQLite', () => {
    expect(() => openSqlite({ url: 'mongodb://localhost' })).toThrow(/file:PATH/);
  });

  it('is unavailable where there can be no file', async () => {
    await writeFile(`${folder}/occupied`, '');
    await expect(storeIn(`file:${folder}/occupied/hub.db`).start()).rejects.toThrow(DependencyUnavailable);
  });

  it('is unavailable where the file is something else', async () => {
    await writeFile(`${folder}/hub.db`, 'not a database'.repeat(1_000));
    await expect(storeIn(`file:${folder}/hub.db`).start()).rejects.toThrow(DependencyUnavailable);
  });

  it('can be started once what was in the way is gone', async () => {
    await writeFile(`${folder}/hub.db`, 'not a database'.repeat(1_000));
    const store = storeIn(`file:${folder}/hub.db`);
    await store.start().catch(() => undefined);
    await rm(`${folder}/hub.db`);
    await store.start();
    await expect(store.ping()).resolves.toBeUndefined();
  });

  it('is unavailable to writers while another process keeps it locked', async () => {
    const store = storeIn(`file:${folder}/hub.db`);
    await store.start();
    const other = new Database(`${folder}/hub.db`);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.insert(aNewServer())).rejects.toThrow(DependencyUnavailable);
    other.exec('COMMIT');
    other.close();
    await expect(store.insert(aNewServer())).resolves.toBeDefined();
  });

  it('serves several stores until the last one closes', async () => {
    const database = openSqlite({ url: ':memory:' });
    const registry = new SqliteRegistryStore(database);
    const blobs = new SqliteBlobStore(database, new SetClock());
    await registry.start();
    await blobs.start();
    await registry.close();
    await expect(blobs.put(new Uint8Array([1]))).resolves.toBeDefined();
    await blobs.close();
    await expect(blobs.has('a')).rejects.toThrow(DependencyUnavailable);
  });
});
