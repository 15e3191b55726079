import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BlobExchange } from '../ports/blob-store.port.js';
import { repeatedly } from './repeatedly.js';

/** One empty exchange for one test. */
export interface BlobExchangeHarness {
  /** A started client of that exchange. In one process it may be the same one every time. */
  create(): Promise<BlobExchange>;
  /** Closes all clients, and forgets the blobs. */
  close(): Promise<void>;
}

const longMs = 60_000;
const shortMs = 500;
const patience = { timeout: 5_000, interval: 10 };

const hashOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const text = (content: string) => new TextEncoder().encode(content);

/** What every `BlobExchange` promises. */
export function blobExchangeContract(name: string, makeHarness: () => Promise<BlobExchangeHarness>): void {
  describe(`${name} as a BlobExchange`, () => {
    let harness: BlobExchangeHarness;
    let exchange: BlobExchange;
    let other: BlobExchange;

    beforeEach(async () => {
      harness = await makeHarness();
      exchange = await harness.create();
      other = await harness.create();
    });
    afterEach(() => harness.close());

    it('names a blob by the SHA-256 of its content', async () => {
      expect(await exchange.put(text('openapi: 3.1.0'), longMs)).toBe(hashOf(text('openapi: 3.1.0')));
    });

    it('gives everybody the bytes that were put', async () => {
      const content = randomBytes(100_000);
      const hash = await exchange.put(content, longMs);
      const got = await other.get(hash);
      expect(got && Buffer.compare(got, content)).toBe(0);
    });

    it('takes an empty blob', async () => {
      const hash = await exchange.put(new Uint8Array(), longMs);
      expect(await other.get(hash)).toHaveLength(0);
    });

    it('takes a document of 20 MB', async () => {
      const content = text(`{"paths":{${'"/pets/{petId}/owners":{"get":{}},'.repeat(600_000)}"/":{}}}`);
      expect(content.length).toBeGreaterThan(20_000_000);
      const hash = await exchange.put(content, longMs);
      const got = await other.get(hash);
      expect(got && Buffer.compare(got, content)).toBe(0);
    });

    it('gives nothing for an unknown hash', async () => {
      expect(await exchange.get(hashOf(text('unknown')))).toBeUndefined();
    });

    it('forgets a blob when its time is over', async () => {
      const hash = await exchange.put(text('short'), shortMs);
      expect(await exchange.get(hash)).toBeDefined();
      await vi.waitFor(async () => expect(await other.get(hash)).toBeUndefined(), patience);
      expect(await exchange.renew(hash, longMs)).toBe(false);
    });

    it('keeps a blob that is renewed', async () => {
      const hash = await exchange.put(text('renewed'), shortMs);
      await repeatedly(2 * shortMs, async () => {
        expect(await other.renew(hash, shortMs)).toBe(true);
      });
      expect(await exchange.get(hash)).toEqual(text('renewed'));
    });

    it('keeps a blob that is put again', async () => {
      const hash = await exchange.put(text('twice'), shortMs);
      await repeatedly(2 * shortMs, async () => {
        expect(await exchange.put(text('twice'), shortMs)).toBe(hash);
      });
      expect(await exchange.get(hash)).toEqual(text('twice'));
    });

    it('is not affected by what happens to the buffer that was put', async () => {
      const content = text('original');
      const hash = await exchange.put(content, longMs);
      content.fill(0);
      expect(await exchange.get(hash)).toEqual(text('original'));
    });

    it('puts many blobs at once', async () => {
      const contents = Array.from({ length: 20 }, (_, index) => text(`blob ${index}`));
      const hashes = await Promise.all(contents.map((content) => exchange.put(content, longMs)));
      expect(await Promise.all(hashes.map((hash) => other.get(hash)))).toEqual(contents);
    });
  });
}
