import { Schema } from 'mongoose';

/**
 * A server as MongoDB keeps it. `record` is JSON text: an entry has keys of its users' choice, with dots and dollar
 * signs, that MongoDB gives a meaning to. The other fields are derived from it, to search by.
 */
export interface ServerDocument {
  /** The id of the server. */
  _id: string;
  /** Random, new at every write: what a write compares, so that it never overwrites what it has not read. */
  revision: string;
  desired: string;
  generation: number;
  firstGeneration: number;
  tags: string[];
  /** The hashes of the blobs that the record names. */
  blobs: string[];
  /** A `ServerRecord` as JSON. */
  record: string;
}

export const serverModel = 'Server';

export const serverSchema = new Schema<ServerDocument>(
  {
    _id: String,
    revision: String,
    desired: String,
    generation: Number,
    firstGeneration: Number,
    tags: [String],
    blobs: [String],
    record: String,
  },
  { versionKey: false },
)
  .index({ tags: 1, _id: 1 })
  .index({ desired: 1, _id: 1 });
