import { createHash } from 'node:crypto';
import { BlobExchange, BlobStore } from '../ports/blob-store.port.js';

/** A `BlobStore` in memory, for tests; it collects by name only, not by age. */
export class MemoryBlobStore extends BlobStore {
  readonly contents = new Map<string, Uint8Array>();

  async start(): Promise<void> {}
  async close(): Promise<void> {}

  async put(content: Uint8Array): Promise<string> {
    const hash = hashOf(content);
    this.contents.set(hash, content);
    return hash;
  }
  async get(hash: string): Promise<Uint8Array | undefined> {
    return this.contents.get(hash);
  }
  async has(hash: string): Promise<boolean> {
    return this.contents.has(hash);
  }
  async collect(keep: ReadonlySet<string>): Promise<number> {
    const unnamed = [...this.contents.keys()].filter((hash) => !keep.has(hash));
    for (const hash of unnamed) this.contents.delete(hash);
    return unnamed.length;
  }
}

/** A `BlobExchange` in memory, for tests: it forgets what the test takes out of `contents`, nothing by itself. */
export class MemoryBlobExchange extends BlobExchange {
  readonly contents = new Map<string, Uint8Array>();

  async put(content: Uint8Array): Promise<string> {
    const hash = hashOf(content);
    this.contents.set(hash, content);
    return hash;
  }
  async get(hash: string): Promise<Uint8Array | undefined> {
    return this.contents.get(hash);
  }
  async renew(hash: string): Promise<boolean> {
    return this.contents.has(hash);
  }
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
