import { Schema } from 'mongoose';

/** Makes a blob visible: written after all its chunks, removed before them. */
export interface BlobDocument {
  /** SHA-256 of the content, in hex. */
  _id: string;
  /** Names the chunks: those of one upload, whoever else uploads the same content. */
  upload: string;
  chunks: number;
  /** Bytes of the content, before compression. */
  size: number;
  /** When it was last put, in ms since the Unix epoch. */
  putAt: number;
}

export const blobModel = 'Blob';

export const blobSchema = new Schema<BlobDocument>(
  {
    _id: String,
    upload: String,
    chunks: Number,
    size: Number,
    putAt: Number,
  },
  { versionKey: false },
)
  .index({ putAt: 1 })
  .index({ upload: 1 });

/** A piece of gzip'd content, small enough for a document. */
export interface BlobChunkDocument {
  /** `<hash>:<upload>:<index>`. */
  _id: string;
  upload: string;
  putAt: number;
  data: Buffer;
}

export const blobChunkModel = 'BlobChunk';

export const blobChunkSchema = new Schema<BlobChunkDocument>(
  {
    _id: String,
    upload: String,
    putAt: Number,
    data: Buffer,
  },
  { versionKey: false },
)
  .index({ putAt: 1 })
  .index({ upload: 1 });
