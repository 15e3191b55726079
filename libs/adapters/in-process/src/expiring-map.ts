import type { Clock } from '@mcp-hub/application';

interface Entry<V> {
  value: V;
  expiresAt: number;
}

/** A map whose entries are gone when their time is over, by a clock of choice. */
export class ExpiringMap<V> {
  private readonly entries = new Map<string, Entry<V>>();
  private sweepAtSize = 64;

  constructor(private readonly clock: Clock) {}

  set(key: string, value: V, ttlMs: number): void {
    if (this.entries.size >= this.sweepAtSize) {
      this.sweep();
      this.sweepAtSize = Math.max(64, 2 * this.entries.size);
    }
    this.entries.set(key, { value, expiresAt: this.clock.now() + ttlMs });
  }

  get(key: string): V | undefined {
    return this.liveEntry(key)?.value;
  }

  has(key: string): boolean {
    return this.liveEntry(key) !== undefined;
  }

  /** Starts the time of an entry anew. @returns false where there is none */
  extend(key: string, ttlMs: number): boolean {
    const entry = this.liveEntry(key);
    if (entry) entry.expiresAt = this.clock.now() + ttlMs;
    return entry !== undefined;
  }

  /** @returns whether there was an entry */
  delete(key: string): boolean {
    const isLive = this.has(key);
    this.entries.delete(key);
    return isLive;
  }

  /** How many entries take up memory, over or not. */
  get size(): number {
    return this.entries.size;
  }

  /** What is not over yet. */
  *[Symbol.iterator](): IterableIterator<[string, V]> {
    this.sweep();
    for (const [key, { value }] of this.entries) yield [key, value];
  }

  /** Frees what is over. */
  sweep(): void {
    const now = this.clock.now();
    for (const [key, { expiresAt }] of this.entries) if (expiresAt <= now) this.entries.delete(key);
  }

  private liveEntry(key: string): Entry<V> | undefined {
    const entry = this.entries.get(key);
    return entry && entry.expiresAt > this.clock.now() ? entry : undefined;
  }
}
