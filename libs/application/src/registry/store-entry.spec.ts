import { createHash } from 'node:crypto';
import { InvalidEntry } from '@mcp-hub/domain';
import { describe, expect, it } from 'vitest';
import { aServerEntry } from '../testing/builders.js';
import { anOpenApiEntry } from '../testing/openapi-entry.js';
import { aRegistry } from '../testing/registry-under-test.js';

const bearer = (token: string) => anOpenApiEntry({ auth_config: { type: 'bearer', token } });
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const tokenOf = ({ entry }: { entry: { auth_config?: object } }): string =>
  (entry.auth_config as { token: string }).token;

async function issuesOf(work: Promise<unknown>): Promise<{ path: string; code: string }[]> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InvalidEntry);
  return (error as InvalidEntry).issues.map(({ path, code }) => ({ path, code }));
}

describe('StoreEntry and secrets', () => {
  it('seals a literal secret', async () => {
    const { storeEntry, box } = aRegistry();
    const stored = await storeEntry.execute(bearer('hunter2'));
    expect(JSON.stringify(stored)).not.toContain('hunter2');
    expect(box.open(tokenOf(stored))).toBe('hunter2');
  });

  it('keeps a reference as it is', async () => {
    const stored = await aRegistry().storeEntry.execute(bearer('${TOKEN}'));
    expect(tokenOf(stored)).toBe('${TOKEN}');
  });

  it('refuses a literal secret where there is no key', async () => {
    const { storeEntry } = aRegistry({ hasKey: false });
    expect(await issuesOf(storeEntry.execute(bearer('hunter2')))).toEqual([
      { path: 'auth_config.token', code: 'secret_key_missing' },
    ]);
  });

  it('needs no key for references', async () => {
    const { storeEntry } = aRegistry({ hasKey: false });
    await expect(storeEntry.execute(bearer('${TOKEN}'))).resolves.toBeDefined();
  });

  it('refuses a mask that stands for nothing', async () => {
    expect(await issuesOf(aRegistry().storeEntry.execute(bearer('***')))).toEqual([
      { path: 'auth_config.token', code: 'masked_secret' },
    ]);
  });

  it('keeps the stored secret where there is a mask', async () => {
    const { storeEntry } = aRegistry();
    const kept = await storeEntry.execute(bearer('hunter2'));
    expect(tokenOf(await storeEntry.execute(bearer('***'), kept))).toBe(tokenOf(kept));
  });

  it('reports what the policy refuses beside the masks', async () => {
    const { storeEntry } = aRegistry({
      policy: () => [{ path: 'openapi_config.url', message: 'no', code: 'egress_refused' }],
    });
    expect(await issuesOf(storeEntry.execute(bearer('***')))).toEqual([
      { path: 'auth_config.token', code: 'masked_secret' },
      { path: 'openapi_config.url', code: 'egress_refused' },
    ]);
  });
});

describe('StoreEntry and the inline document', () => {
  it('keeps an object as a blob of JSON, and out of the entry', async () => {
    const { storeEntry, blobs } = aRegistry();
    const spec = { openapi: '3.1.0', paths: {} };
    const stored = await storeEntry.execute(anOpenApiEntry({}, { spec }));
    expect(stored.entry.openapi_config).not.toHaveProperty('spec');
    expect(stored.specHash).toBe(hashOf(JSON.stringify(spec)));
    expect(await blobs.has(stored.specHash ?? '')).toBe(true);
  });

  it('keeps a text byte for byte', async () => {
    const text = 'openapi: "3.1.0" # ☂\n';
    expect((await aRegistry().storeEntry.execute(anOpenApiEntry({}, { spec: text }))).specHash).toBe(hashOf(text));
  });

  it('keeps the stored document where a change has none of its own', async () => {
    const { storeEntry } = aRegistry();
    const kept = await storeEntry.execute(anOpenApiEntry({}, { spec: { openapi: '3.1.0' } }));
    expect((await storeEntry.execute(anOpenApiEntry({}, { timeout: 5 }), kept)).specHash).toBe(kept.specHash);
  });

  it.each([
    ['a url', anOpenApiEntry()],
    ['no OpenAPI any more', aServerEntry()],
  ])('lets the stored document go where the change has %s', async (_name, changed) => {
    const { storeEntry } = aRegistry();
    const kept = await storeEntry.execute(anOpenApiEntry({}, { spec: { openapi: '3.1.0' } }));
    expect(await storeEntry.execute(changed, kept)).not.toHaveProperty('specHash');
  });
});
