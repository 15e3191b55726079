import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureKeyFile, withKeyFiles } from './key-files.js';
import { parseKeys } from './keys.js';
import { loadConfig } from './load-config.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-keys-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('makes a random key that only its owner can read', async () => {
  const path = join(folder, 'deep', 'secrets.key');
  const [key] = await ensureKeyFile(path);
  expect(key).toHaveLength(32);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, 'deep'))).toEqual(['secrets.key']);
});

it('gives the same key the next time', async () => {
  const path = join(folder, 'secrets.key');
  expect(await ensureKeyFile(path)).toEqual(await ensureKeyFile(path));
});

it('gives one key to all who make it at once', async () => {
  const path = join(folder, 'secrets.key');
  const made = await Promise.all(Array.from({ length: 20 }, () => ensureKeyFile(path)));
  expect(new Set(made.map(([key]) => Buffer.from(key ?? []).toString('hex'))).size).toBe(1);
});

it('never replaces a file that holds something else', async () => {
  const path = join(folder, 'secrets.key');
  await writeFile(path, 'mine');
  await expect(ensureKeyFile(path)).rejects.toThrow('does not hold 32 bytes');
  expect(await readFile(path, 'utf8')).toBe('mine');
});

it('puts the keys of one process beside its database, unless they are configured', async () => {
  const secret = Buffer.alloc(32, 9);
  const loaded = loadConfig({
    form: 'standalone',
    cwd: folder,
    env: {
      DATABASE_URL: 'file:data/hub.db',
      MCP_REGISTRY_CLUSTER_SECRET: secret.toString('hex'),
    },
  });
  if (!loaded.ok) throw new Error(loaded.problems.join());
  const config = await withKeyFiles(loaded.config);
  expect(await readdir(join(folder, 'data'))).toEqual(['secrets.key']);
  expect(config.secrets.keys).toHaveLength(1);
  expect(config.cluster.secrets).toEqual([new Uint8Array(secret)]);
});

it.each([
  ['hex', 'ab'.repeat(32), 1],
  ['base64', Buffer.alloc(32, 3).toString('base64'), 1],
  ['URL-safe base64', Buffer.alloc(32, 255).toString('base64url'), 1],
  ['two', `${'ab'.repeat(32)}, ${Buffer.alloc(32).toString('base64')}`, 2],
])('reads keys in %s', (_name, text, count) => {
  expect(parseKeys(text)).toHaveLength(count);
});

it.each(['', 'short', 'ab'.repeat(31), `${'ab'.repeat(32)},`, Buffer.alloc(33).toString('base64')])(
  'refuses "%s" as a key',
  (text) => {
    expect(parseKeys(text)).toBeUndefined();
  },
);
