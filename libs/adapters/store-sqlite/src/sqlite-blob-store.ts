import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { BlobStore, type Clock } from '@mcp-hub/application';
import type { SqliteDatabase } from './sqlite-database.js';

const schema = `
  CREATE TABLE IF NOT EXISTS blobs (
    hash TEXT PRIMARY KEY NOT NULL,
    put_at INTEGER NOT NULL,
    size INTEGER NOT NULL,
    content BLOB NOT NULL
  ) STRICT`;

const compress = promisify(gzip);
const decompress = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip);

interface BlobRow {
  size: number;
  content: Buffer;
}

/**
 * `BlobStore` in SQLite, gzip'd; (de)compression runs beside the event loop. The age of a blob counts from its last
 * `put`, so that one which is about to be named by an entry is not collected under its hands.
 */
export class SqliteBlobStore extends BlobStore {
  private isStarted = false;

  constructor(
    private readonly database: SqliteDatabase,
    private readonly clock: Clock,
  ) {
    super();
  }

  async start(): Promise<void> {
    if (this.isStarted) return;
    this.database.acquire(schema);
    this.isStarted = true;
  }

  async close(): Promise<void> {
    if (!this.isStarted) return;
    this.isStarted = false;
    this.database.release();
  }

  async put(content: Uint8Array): Promise<string> {
    const hash = sha256(content);
    const isIntact = (await this.get(hash)) !== undefined;
    if (isIntact && this.touch(hash)) return hash;
    const compressed = await compress(content);
    this.database.write((connection) =>
      connection
        .prepare('INSERT OR REPLACE INTO blobs (hash, put_at, size, content) VALUES (?, ?, ?, ?)')
        .run([hash, this.clock.now(), content.length, compressed]),
    );
    return hash;
  }

  async get(hash: string): Promise<Uint8Array | undefined> {
    const row = this.database.read((connection) =>
      connection.prepare('SELECT size, content FROM blobs WHERE hash = ?').get([hash]),
    ) as BlobRow | undefined;
    if (!row) return undefined;
    const content = await decompressed(row);
    return content && sha256(content) === hash ? content : undefined;
  }

  async has(hash: string): Promise<boolean> {
    const row = this.database.read((connection) =>
      connection.prepare('SELECT 1 AS found FROM blobs WHERE hash = ?').get([hash]),
    );
    return row !== undefined;
  }

  async collect(keep: ReadonlySet<string>, olderThan: number): Promise<number> {
    return this.database.write((connection) => {
      const { changes } = connection
        .prepare('DELETE FROM blobs WHERE put_at < ? AND hash NOT IN (SELECT value FROM json_each(?))')
        .run([olderThan, JSON.stringify([...keep])]);
      return changes;
    });
  }

  /** @returns false where it was collected meanwhile */
  private touch(hash: string): boolean {
    return this.database.write((connection) => {
      const { changes } = connection
        .prepare('UPDATE blobs SET put_at = ? WHERE hash = ?')
        .run([this.clock.now(), hash]);
      return changes > 0;
    });
  }
}

async function decompressed({ content, size }: BlobRow): Promise<Uint8Array | undefined> {
  try {
    return await decompress(content, { maxOutputLength: Math.max(size, 1) });
  } catch {
    // Whatever the reason, it is damaged.
    return undefined;
  }
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
