import {
  RegistryStore,
  blobHashesOf,
  insertedServer,
  replacedServer,
  reportedServer,
  type KeptServer,
  type ListQuery,
  type NewServer,
  type ReplicaReport,
  type ServerChange,
  type ServerRecord,
  type StoredEntry,
} from '@mcp-hub/application';
import { DuplicateServer, GenerationConflict, ServerNotFound } from '@mcp-hub/domain';
import { Types, type Model } from 'mongoose';
import type { MongoConnection } from './mongo-connection.js';
import { isDuplicateKey } from './mongo-errors.js';
import type { ServerDocument } from './server.schema.js';

/** A server as it was read: writing it back succeeds while it still has this revision. */
interface ReadServer extends KeptServer {
  revision: string;
}

const hashesPageSize = 1_000;

/**
 * `RegistryStore` in MongoDB, by atomic writes of single documents alone. A write reads the document, decides, and
 * writes if nobody else has meanwhile; if somebody has, it starts again, so of many writers one gets on each time.
 */
export class MongoRegistryStore extends RegistryStore {
  constructor(
    private readonly connection: MongoConnection,
    private readonly servers: Model<ServerDocument>,
  ) {
    super();
  }

  /** Waits with backoff while MongoDB is not there; until it resolves, the other methods throw. */
  start(): Promise<void> {
    return this.connection.acquire(this);
  }

  close(): Promise<void> {
    return this.connection.release(this);
  }

  ping(): Promise<void> {
    return this.connection.ping(this);
  }

  async insert(server: NewServer): Promise<ServerRecord> {
    return this.write(server.id, (existing) => {
      if (existing && existing.record.desired !== 'deleted') throw new DuplicateServer(server.id);
      return insertedServer(server, existing);
    });
  }

  async find(id: string): Promise<ServerRecord | undefined> {
    return (await this.read(id))?.record;
  }

  async list({ afterId = '', limit, tags = [], enabled, includeDeleted = false }: ListQuery): Promise<ServerRecord[]> {
    const documents = await this.connection.run(this, () =>
      this.servers
        .find(
          {
            _id: { $gt: afterId },
            ...desiredFilter(enabled, includeDeleted),
            ...(tags.length > 0 ? { tags: { $all: [...tags] } } : {}),
          },
          { record: 1 },
        )
        .sort({ _id: 1 })
        .limit(limit)
        .lean(),
    );
    return documents.map(({ record }) => JSON.parse(record) as ServerRecord);
  }

  async replace(id: string, generation: number, change: ServerChange): Promise<ServerRecord> {
    return this.write(id, (existing) => {
      if (!existing || existing.record.desired === 'deleted') throw new ServerNotFound(id);
      if (existing.record.generation !== generation) throw new GenerationConflict(id, generation);
      return replacedServer(existing, change);
    });
  }

  async recordReport(report: ReplicaReport, healthyEntry?: StoredEntry): Promise<ServerRecord | undefined> {
    return this.write(report.serverId, (existing) => existing && reportedServer(existing, report, healthyEntry));
  }

  async purge(id: string, generation: number): Promise<boolean> {
    const { deletedCount } = await this.connection.run(this, () =>
      this.servers.deleteOne({ _id: id, generation, desired: 'deleted' }),
    );
    return deletedCount > 0;
  }

  async blobHashes(): Promise<Set<string>> {
    const hashes = new Set<string>();
    for (let afterId: string | undefined = ''; afterId !== undefined;) {
      const page = await this.hashesAfter(afterId);
      for (const { blobs } of page) for (const hash of blobs) hashes.add(hash);
      afterId = page.length < hashesPageSize ? undefined : page.at(-1)?._id;
    }
    return hashes;
  }

  private hashesAfter(afterId: string): Promise<Pick<ServerDocument, '_id' | 'blobs'>[]> {
    return this.connection.run(this, () =>
      this.servers
        .find({ _id: { $gt: afterId } }, { blobs: 1 })
        .sort({ _id: 1 })
        .limit(hashesPageSize)
        .lean(),
    );
  }

  private write(id: string, decide: (existing: ReadServer | undefined) => KeptServer): Promise<ServerRecord>;
  private write(
    id: string,
    decide: (existing: ReadServer | undefined) => KeptServer | undefined,
  ): Promise<ServerRecord | undefined>;
  private async write(
    id: string,
    decide: (existing: ReadServer | undefined) => KeptServer | undefined,
  ): Promise<ServerRecord | undefined> {
    for (;;) {
      const existing = await this.read(id);
      const next = decide(existing);
      if (!next) return undefined;
      const isWritten = existing ? await this.swap(existing, next) : await this.add(next);
      if (isWritten) return next.record;
    }
  }

  private async read(id: string): Promise<ReadServer | undefined> {
    const document = await this.connection.run(this, () => this.servers.findById(id).lean());
    if (!document) return undefined;
    const { record, firstGeneration, revision } = document;
    return { record: JSON.parse(record) as ServerRecord, firstGeneration, revision };
  }

  private async swap({ record, revision }: ReadServer, next: KeptServer): Promise<boolean> {
    const { _id, ...fields } = documentOf(next);
    const { matchedCount } = await this.connection.run(this, () =>
      this.servers.updateOne({ _id: record.id, revision }, { $set: fields }),
    );
    return matchedCount > 0;
  }

  private async add(next: KeptServer): Promise<boolean> {
    try {
      await this.connection.run(this, () => this.servers.create(documentOf(next)));
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}

function desiredFilter(enabled: boolean | undefined, includeDeleted: boolean): { desired?: string | { $ne: string } } {
  if (enabled !== undefined) return { desired: enabled ? 'enabled' : 'disabled' };
  return includeDeleted ? {} : { desired: { $ne: 'deleted' } };
}

function documentOf({ record, firstGeneration }: KeptServer): ServerDocument {
  return {
    _id: record.id,
    revision: new Types.ObjectId().toHexString(),
    desired: record.desired,
    generation: record.generation,
    firstGeneration,
    tags: record.entry.tags,
    blobs: blobHashesOf(record),
    record: JSON.stringify(record),
  };
}
