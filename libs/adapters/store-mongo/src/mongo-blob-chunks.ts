import type { Model } from 'mongoose';
import type { BlobChunkDocument } from './blob.schema.js';

/** Well below the 16 MiB that a document may have. */
const chunkBytes = 8 * 1024 * 1024;
const pageSize = 1_000;

/** Runs one operation of the database, with its deadline and the errors of the port. */
export type RunOperation = <Result>(operation: () => PromiseLike<Result>) => Promise<Result>;

/** The chunks that blobs are kept in. They are written and removed by upload, and never changed. */
export class MongoBlobChunks {
  constructor(
    private readonly run: RunOperation,
    private readonly chunks: Model<BlobChunkDocument>,
  ) {}

  /** @returns how many there are */
  async write(hash: string, upload: string, content: Uint8Array, putAt: number): Promise<number> {
    const count = Math.ceil(content.length / chunkBytes);
    for (let index = 0; index < count; index++) {
      const piece = content.subarray(index * chunkBytes, (index + 1) * chunkBytes);
      const data = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
      await this.run(() => this.chunks.create({ _id: `${hash}:${upload}:${index}`, upload, putAt, data }));
    }
    return count;
  }

  /** @returns undefined where one is missing */
  async read(hash: string, upload: string, count: number): Promise<Uint8Array | undefined> {
    const pieces: Uint8Array[] = [];
    for (let index = 0; index < count; index++) {
      const chunk = await this.run(() => this.chunks.findById(`${hash}:${upload}:${index}`, { data: 1 }).lean());
      if (!chunk) return undefined;
      pieces.push(bytesOf(chunk.data));
    }
    return Buffer.concat(pieces);
  }

  async remove(upload: string): Promise<void> {
    await this.run(() => this.chunks.deleteMany({ upload }));
  }

  /** Pages of the uploads that have chunks put before `olderThan` (ms since the Unix epoch). */
  async *uploadsOlderThan(olderThan: number): AsyncGenerator<string[]> {
    for (let afterId: string | undefined = ''; afterId !== undefined;) {
      const page = await this.pageAfter(afterId, olderThan);
      if (page.length > 0) yield [...new Set(page.map(({ upload }) => upload))];
      afterId = page.length < pageSize ? undefined : page.at(-1)?._id;
    }
  }

  private pageAfter(afterId: string, olderThan: number): Promise<Pick<BlobChunkDocument, '_id' | 'upload'>[]> {
    return this.run(() =>
      this.chunks
        .find({ _id: { $gt: afterId }, putAt: { $lt: olderThan } }, { upload: 1 })
        .sort({ _id: 1 })
        .limit(pageSize)
        .lean(),
    );
  }
}

/** The driver gives binary data as BSON's `Binary` where Mongoose is asked for lean documents. */
function bytesOf(data: Buffer | { buffer: Uint8Array }): Uint8Array {
  return Buffer.isBuffer(data) ? data : data.buffer;
}
