import { createCipheriv, createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BlobStore } from '../ports/blob-store.port.js';
import { expectUnavailable } from './dependency-harness.js';
import type { SetClock } from './set-clock.js';
import { connectionOf, type StoreAbilities, type StoreHarness } from './store-harness.js';

export interface BlobStoreHarness extends StoreHarness<BlobStore> {
  /** The clock of the stores; 0 at first. */
  clock: SetClock;
  /** Makes the stored bytes of a blob decompress to something else. */
  damage(hash: string): Promise<void>;
}

const megabyte = 1024 * 1024;

/** Proves every promise of the `BlobStore` port. */
export function blobStoreContract(
  name: string,
  makeHarness: () => Promise<BlobStoreHarness>,
  abilities: StoreAbilities,
): void {
  describe(`${name} keeps the promises of BlobStore`, { timeout: 60_000 }, () => {
    let harness: BlobStoreHarness;
    let store: BlobStore;

    beforeEach(async () => {
      harness = await makeHarness();
      store = await harness.open();
    });
    afterEach(async () => {
      await harness.dispose();
    });

    it('names content by its SHA-256', async () => {
      const content = text('{"openapi":"3.1.0"}');
      expect(await store.put(content)).toBe(sha256(content));
    });

    it('gives content back', async () => {
      const content = text('{"openapi":"3.1.0"}');
      await expectSame(store, await store.put(content), content);
    });

    it('keeps content of no bytes', async () => {
      const hash = await store.put(new Uint8Array());
      expect(await store.get(hash)).toHaveLength(0);
    });

    it('has nothing under a hash that was never put', async () => {
      expect(await store.get(sha256(text('never')))).toBeUndefined();
      expect(await store.has(sha256(text('never')))).toBe(false);
    });

    it('has what was put', async () => {
      expect(await store.has(await store.put(text('x')))).toBe(true);
    });

    it('takes the same content again', async () => {
      const hash = await store.put(text('x'));
      expect(await store.put(text('x'))).toBe(hash);
      await expectSame(store, hash, text('x'));
    });

    it('takes the same content many times at once', async () => {
      const content = incompressible(megabyte);
      const hashes = await Promise.all(Array.from({ length: 10 }, () => store.put(content)));
      expect(new Set(hashes)).toEqual(new Set([sha256(content)]));
      await expectSame(store, sha256(content), content);
    });

    it('keeps a JSON document of 20 MB', async () => {
      const paths = Array.from({ length: 20_400 }, (_, n) => [
        `/things/${n}`,
        { get: { description: 'd'.repeat(1_000) } },
      ]);
      const document = text(JSON.stringify({ openapi: '3.1.0', paths: Object.fromEntries(paths) as unknown }));
      expect(document.length).toBeGreaterThan(20 * megabyte);
      await expectSame(store, await store.put(document), document);
    });

    it('keeps 20 MB that do not compress', async () => {
      const content = incompressible(20 * megabyte);
      await expectSame(store, await store.put(content), content);
    });

    it('keeps 64 MiB', async () => {
      const content = incompressible(64 * megabyte);
      await expectSame(store, await store.put(content), content);
    });

    it('gives nothing where a blob is damaged', async () => {
      const hash = await store.put(text('x'));
      await harness.damage(hash);
      expect(await store.get(hash)).toBeUndefined();
    });

    it('mends a damaged blob when it is put again', async () => {
      const hash = await store.put(text('x'));
      await harness.damage(hash);
      await store.put(text('x'));
      await expectSame(store, hash, text('x'));
    });

    it('can be started again while it runs', async () => {
      const hash = await store.put(text('x'));
      await store.start();
      expect(await store.has(hash)).toBe(true);
    });

    it('can be closed twice', async () => {
      await store.close();
      await expect(store.close()).resolves.toBeUndefined();
    });

    it('is unavailable once it is closed', async () => {
      await store.close();
      await expectUnavailable('database', 5_000, everyMethodOf(store));
    });

    describe('collect', () => {
      it('removes what is old', async () => {
        harness.clock.time = 1_000;
        const hashes = [await store.put(text('x')), await store.put(text('y'))];
        expect(await store.collect(new Set(), 1_001)).toBe(2);
        expect(await Promise.all(hashes.map((hash) => store.has(hash)))).toEqual([false, false]);
        expect(await Promise.all(hashes.map((hash) => store.get(hash)))).toEqual([undefined, undefined]);
      });

      it('leaves what is to be kept', async () => {
        harness.clock.time = 1_000;
        const [kept, removed] = [await store.put(text('kept')), await store.put(text('removed'))];
        expect(await store.collect(new Set([kept]), 2_000)).toBe(1);
        expect(await store.has(kept)).toBe(true);
        expect(await store.has(removed)).toBe(false);
      });

      it('leaves what is not older than the limit', async () => {
        harness.clock.time = 1_000;
        const hash = await store.put(text('x'));
        expect(await store.collect(new Set(), 1_000)).toBe(0);
        await expectSame(store, hash, text('x'));
      });

      it('leaves what was put again, for an entry that is about to name it', async () => {
        harness.clock.time = 1_000;
        const hash = await store.put(text('x'));
        harness.clock.time = 5_000;
        await store.put(text('x'));
        expect(await store.collect(new Set(), 5_000)).toBe(0);
        await expectSame(store, hash, text('x'));
      });

      it('removes damaged blobs too', async () => {
        const hash = await store.put(text('x'));
        await harness.damage(hash);
        expect(await store.collect(new Set(), 1)).toBe(1);
        expect(await store.has(hash)).toBe(false);
      });

      it('takes content again that it has removed', async () => {
        const hash = await store.put(text('x'));
        await store.collect(new Set(), 1);
        await store.put(text('x'));
        await expectSame(store, hash, text('x'));
      });

      it('keeps thousands', async () => {
        const hash = await store.put(text('x'));
        const others = Array.from({ length: 5_000 }, (_, n) => sha256(text(String(n))));
        expect(await store.collect(new Set([...others, hash]), 1)).toBe(0);
        expect(await store.has(hash)).toBe(true);
      });

      it('never takes away content that is being put', async () => {
        const content = incompressible(megabyte);
        const hash = await store.put(content);
        harness.clock.time = 1_000;
        await Promise.all([store.put(content), store.collect(new Set(), 1_000), store.put(content)]);
        await expectSame(store, hash, content);
      });
    });

    if (abilities.sharesDatabase) {
      describe('on a shared database', () => {
        it('gives what another store put', async () => {
          const hash = await (await harness.open()).put(text('x'));
          await expectSame(store, hash, text('x'));
        });

        it('takes the same content from two stores at once', async () => {
          const content = incompressible(megabyte);
          const other = await harness.open();
          await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? store : other).put(content)));
          await expectSame(store, sha256(content), content);
        });

        it('keeps everything when it is opened again', async () => {
          const content = incompressible(9 * megabyte);
          const hash = await store.put(content);
          await store.close();
          await expectSame(await harness.open(), hash, content);
        });
      });
    }

    if (abilities.canLoseConnection) {
      describe.each(['cut', 'stall'] as const)('when its connection is lost (%s)', (loss) => {
        it('is unavailable within 5 s', async () => {
          await connectionOf(harness)[loss]();
          await expectUnavailable('database', 5_000, everyMethodOf(store));
        });

        it('works again once the connection is back', async () => {
          const hash = await store.put(text('x'));
          await connectionOf(harness)[loss]();
          await expectUnavailable('database', 5_000, { get: () => store.get(hash) });
          await connectionOf(harness).mend();
          await vi.waitFor(() => expectSame(store, hash, text('x')), { timeout: 15_000, interval: 50 });
        });
      });
    }
  });
}

function everyMethodOf(store: BlobStore): Record<string, () => Promise<unknown>> {
  return {
    put: () => store.put(text('x')),
    get: () => store.get(sha256(text('x'))),
    has: () => store.has(sha256(text('x'))),
    collect: () => store.collect(new Set(), 1),
  };
}

/** Compared by hash: a difference in megabytes is no use to print. */
async function expectSame(store: BlobStore, hash: string, content: Uint8Array): Promise<void> {
  const found = await store.get(hash);
  expect(found && { length: found.length, sha256: sha256(found) }).toEqual({
    length: content.length,
    sha256: sha256(content),
  });
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

/** The same bytes at every call. */
function incompressible(length: number): Uint8Array {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(length));
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
