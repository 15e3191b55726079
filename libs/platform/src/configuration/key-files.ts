import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HubConfig } from './hub-config.js';
import { parseKeys } from './keys.js';

/**
 * The keys in a file, which is made with a random key, readable by its owner only, where there is none. Of several
 * processes that try at once one makes it and all get the same.
 *
 * @throws where the file holds anything but keys of 32 bytes
 */
export async function ensureKeyFile(path: string): Promise<Uint8Array[]> {
  const existing = await readKeys(path);
  if (existing) return existing;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, {
    mode: 0o600,
    flag: 'wx',
  });
  try {
    // A link never replaces a file, and appears with all of its content.
    await link(draft, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const made = await readKeys(path);
  if (!made) throw new Error(`The key file ${path} vanished while it was made.`);
  return made;
}

/** The configuration with the keys that nobody configured: in one process they live in files beside the database. */
export async function withKeyFiles(config: HubConfig): Promise<HubConfig> {
  if (config.form === 'split') return config;
  const { dataDir, secrets, cluster } = config;
  return {
    ...config,
    secrets: {
      ...secrets,
      keys: secrets.keys.length > 0 ? secrets.keys : await ensureKeyFile(join(dataDir, 'secrets.key')),
    },
    cluster: {
      secrets: cluster.secrets.length > 0 ? cluster.secrets : await ensureKeyFile(join(dataDir, 'cluster.secret')),
    },
  };
}

async function readKeys(path: string): Promise<Uint8Array[] | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const keys = parseKeys(text);
  if (!keys)
    throw new Error(
      `The key file ${path} does not hold 32 bytes in base64 or hex. Restore it; without it stored secrets cannot be read.`,
    );
  return keys;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
