import { createHash } from 'node:crypto';
import { BlobExchange, type Clock } from '@mcp-hub/application';
import { ExpiringMap } from './expiring-map.js';

/** Hands blobs over through the memory of this process. Those whose time is over are freed at the next call. */
export class InProcessBlobExchange extends BlobExchange {
  private readonly blobs: ExpiringMap<Uint8Array>;

  constructor({ clock }: { clock: Clock }) {
    super();
    this.blobs = new ExpiringMap(clock);
  }

  async put(content: Uint8Array, ttlMs: number): Promise<string> {
    this.blobs.sweep();
    const hash = createHash('sha256').update(content).digest('hex');
    if (!this.blobs.extend(hash, ttlMs)) this.blobs.set(hash, Uint8Array.from(content), ttlMs);
    return hash;
  }

  async get(hash: string): Promise<Uint8Array | undefined> {
    this.blobs.sweep();
    return this.blobs.get(hash);
  }

  async renew(hash: string, ttlMs: number): Promise<boolean> {
    this.blobs.sweep();
    return this.blobs.extend(hash, ttlMs);
  }
}
