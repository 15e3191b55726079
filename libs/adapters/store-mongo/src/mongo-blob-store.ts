import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { BlobStore, type Clock } from '@mcp-hub/application';
import { Types, type Model } from 'mongoose';
import type { BlobChunkDocument, BlobDocument } from './blob.schema.js';
import { MongoBlobChunks } from './mongo-blob-chunks.js';
import type { MongoConnection } from './mongo-connection.js';
import { isDuplicateKey } from './mongo-errors.js';

const compress = promisify(gzip);
const decompress = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip);

const pageSize = 1_000;

/**
 * `BlobStore` in MongoDB: gzip'd chunks, and one document that makes them visible, written last and removed first, so
 * that a crash in between leaves only chunks that nobody sees, and `collect` finds. The age of a blob counts from its
 * last `put`, so that one which is about to be named by an entry is not collected under its hands.
 */
export class MongoBlobStore extends BlobStore {
  private readonly chunks: MongoBlobChunks;

  constructor(
    private readonly connection: MongoConnection,
    private readonly blobs: Model<BlobDocument>,
    chunks: Model<BlobChunkDocument>,
    private readonly clock: Clock,
  ) {
    super();
    this.chunks = new MongoBlobChunks((operation) => connection.run(this, operation), chunks);
  }

  /** Waits with backoff while MongoDB is not there; until it resolves, the other methods throw. */
  start(): Promise<void> {
    return this.connection.acquire(this);
  }

  close(): Promise<void> {
    return this.connection.release(this);
  }

  async put(content: Uint8Array): Promise<string> {
    const hash = sha256(content);
    let compressed: Uint8Array | undefined;
    // Each turn that does not succeed is one in which another writer or collector did.
    for (;;) {
      const existing = await this.find(hash);
      if (existing && (await this.contentOf(existing))) {
        if (await this.change(existing, { putAt: this.clock.now() })) return hash;
        continue;
      }
      compressed ??= await compress(content);
      if (await this.upload(hash, content.length, compressed, existing)) return hash;
    }
  }

  async get(hash: string): Promise<Uint8Array | undefined> {
    let blob = await this.find(hash);
    while (blob) {
      const content = await this.contentOf(blob);
      if (content) return content;
      // Its chunks are gone also where it has been written anew since it was read.
      const current = await this.find(hash);
      if (current?.upload === blob.upload) return undefined;
      blob = current;
    }
    return undefined;
  }

  async has(hash: string): Promise<boolean> {
    return (await this.find(hash)) !== null;
  }

  async collect(keep: ReadonlySet<string>, olderThan: number): Promise<number> {
    let removed = 0;
    for (let afterHash: string | undefined = ''; afterHash !== undefined;) {
      const page = await this.pageOfOld(afterHash, olderThan);
      for (const blob of page) if (!keep.has(blob._id) && (await this.remove(blob, olderThan))) removed++;
      afterHash = page.length < pageSize ? undefined : page.at(-1)?._id;
    }
    await this.removeInvisibleChunks(olderThan);
    return removed;
  }

  private find(hash: string): Promise<BlobDocument | null> {
    return this.connection.run(this, () => this.blobs.findById(hash).lean());
  }

  private pageOfOld(afterHash: string, olderThan: number): Promise<BlobDocument[]> {
    return this.connection.run(this, () =>
      this.blobs
        .find({ _id: { $gt: afterHash }, putAt: { $lt: olderThan } })
        .sort({ _id: 1 })
        .limit(pageSize)
        .lean(),
    );
  }

  private async contentOf({ _id: hash, upload, chunks, size }: BlobDocument): Promise<Uint8Array | undefined> {
    const compressed = await this.chunks.read(hash, upload, chunks);
    const content = compressed && (await decompressed(compressed, size));
    return content && sha256(content) === hash ? content : undefined;
  }

  /** @returns false where another writer was first */
  private async upload(
    hash: string,
    size: number,
    compressed: Uint8Array,
    damaged: BlobDocument | null,
  ): Promise<boolean> {
    const upload = new Types.ObjectId().toHexString();
    const chunks = await this.chunks.write(hash, upload, compressed, this.clock.now());
    const blob = { upload, chunks, size, putAt: this.clock.now() };
    const isFirst = damaged ? await this.change(damaged, blob) : await this.add({ _id: hash, ...blob });
    if (!isFirst) await this.chunks.remove(upload);
    else if (damaged) await this.chunks.remove(damaged.upload);
    return isFirst;
  }

  private async add(blob: BlobDocument): Promise<boolean> {
    try {
      await this.connection.run(this, () => this.blobs.create(blob));
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** @returns false where it was collected or written anew meanwhile */
  private async change({ _id, upload }: BlobDocument, change: Partial<BlobDocument>): Promise<boolean> {
    const { matchedCount } = await this.connection.run(this, () =>
      this.blobs.updateOne({ _id, upload }, { $set: change }),
    );
    return matchedCount > 0;
  }

  private async remove({ _id, upload }: BlobDocument, olderThan: number): Promise<boolean> {
    const { deletedCount } = await this.connection.run(this, () =>
      this.blobs.deleteOne({ _id, upload, putAt: { $lt: olderThan } }),
    );
    if (deletedCount > 0) await this.chunks.remove(upload);
    return deletedCount > 0;
  }

  /** Those whose writer or remover did not get to its end. */
  private async removeInvisibleChunks(olderThan: number): Promise<void> {
    for await (const uploads of this.chunks.uploadsOlderThan(olderThan)) {
      const visible = await this.connection.run(this, () =>
        this.blobs.find({ upload: { $in: uploads } }, { upload: 1 }).lean(),
      );
      const seen = new Set(visible.map(({ upload }) => upload));
      for (const upload of uploads) if (!seen.has(upload)) await this.chunks.remove(upload);
    }
  }
}

async function decompressed(compressed: Uint8Array, size: number): Promise<Uint8Array | undefined> {
  try {
    return await decompress(compressed, { maxOutputLength: Math.max(size, 1) });
  } catch {
    // Whatever the reason, it is damaged.
    return undefined;
  }
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
