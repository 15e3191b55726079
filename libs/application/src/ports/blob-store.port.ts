/**
 * Keeps documents and capability lists by the SHA-256 of their content (64 hex characters), compressed. Durable before
 * `put` resolves, so that an entry which names a hash can be written after its blob.
 */
export abstract class BlobStore {
  abstract start(): Promise<void>;
  abstract close(): Promise<void>;
  /** Idempotent; up to 64 MiB. @throws DependencyUnavailable */
  abstract put(content: Uint8Array): Promise<string>;
  /** @returns undefined where there is none, or it is damaged. */
  abstract get(hash: string): Promise<Uint8Array | undefined>;
  abstract has(hash: string): Promise<boolean>;
  /** Removes blobs older than `olderThan` (ms since epoch) that are not in `keep`. @returns how many */
  abstract collect(keep: ReadonlySet<string>, olderThan: number): Promise<number>;
}

/**
 * Where registry-api and workers hand blobs to each other: by the same hashes, each with a time to live. It forgets;
 * whoever misses a hash says so (`blob_missing`) and gets it again.
 */
export abstract class BlobExchange {
  /** Idempotent; renews the time to live. */
  abstract put(content: Uint8Array, ttlMs: number): Promise<string>;
  abstract get(hash: string): Promise<Uint8Array | undefined>;
  /** @returns false where it is not there (any more). */
  abstract renew(hash: string, ttlMs: number): Promise<boolean>;
}
