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
import type Database from 'libsql';
import type { SqliteDatabase } from './sqlite-database.js';

// The record as JSON, beside it what is searched for: columns of the record are derived from it, never read back.
const schema = `
  CREATE TABLE IF NOT EXISTS servers (
    id TEXT PRIMARY KEY NOT NULL,
    desired TEXT NOT NULL,
    generation INTEGER NOT NULL,
    first_generation INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS server_tags (
    tag TEXT NOT NULL,
    server_id TEXT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    PRIMARY KEY (tag, server_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS server_blobs (
    server_id TEXT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    PRIMARY KEY (server_id, hash)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS server_tags_by_server ON server_tags (server_id);`;

interface ServerRow {
  record: string;
  first_generation: number;
}

/** `RegistryStore` in SQLite. Every call is one transaction, so a write either happens whole or not at all. */
export class SqliteRegistryStore extends RegistryStore {
  private isStarted = false;

  constructor(private readonly database: SqliteDatabase) {
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

  async ping(): Promise<void> {
    this.database.read((connection) => connection.prepare('SELECT id FROM servers LIMIT 1').get([]));
  }

  async insert(server: NewServer): Promise<ServerRecord> {
    return this.database.write((connection) => {
      const existing = findKept(connection, server.id);
      if (existing && existing.record.desired !== 'deleted') throw new DuplicateServer(server.id);
      return save(connection, insertedServer(server, existing));
    });
  }

  async find(id: string): Promise<ServerRecord | undefined> {
    return this.database.read((connection) => findKept(connection, id)?.record);
  }

  async list({ afterId = '', limit, tags = [], enabled, includeDeleted = false }: ListQuery): Promise<ServerRecord[]> {
    const wanted = [...new Set(tags)];
    // TEXT compares by memcmp of its UTF-8, which is the order that the port promises.
    const rows = this.database.read((connection) =>
      connection
        .prepare(
          `SELECT record FROM servers
           WHERE id > ? AND desired IN (SELECT value FROM json_each(?))
             AND (SELECT count(*) FROM server_tags
                  WHERE server_id = servers.id AND tag IN (SELECT value FROM json_each(?))) = ?
           ORDER BY id LIMIT ?`,
        )
        .all([
          afterId,
          JSON.stringify(desiredStatesOf(enabled, includeDeleted)),
          JSON.stringify(wanted),
          wanted.length,
          limit,
        ]),
    ) as ServerRow[];
    return rows.map(({ record }) => JSON.parse(record) as ServerRecord);
  }

  async replace(id: string, generation: number, change: ServerChange): Promise<ServerRecord> {
    return this.database.write((connection) => {
      const kept = findKept(connection, id);
      if (!kept || kept.record.desired === 'deleted') throw new ServerNotFound(id);
      if (kept.record.generation !== generation) throw new GenerationConflict(id, generation);
      return save(connection, replacedServer(kept, change));
    });
  }

  async recordReport(report: ReplicaReport, healthyEntry?: StoredEntry): Promise<ServerRecord | undefined> {
    return this.database.write((connection) => {
      const kept = findKept(connection, report.serverId);
      const reported = kept && reportedServer(kept, report, healthyEntry);
      return reported && save(connection, reported);
    });
  }

  async purge(id: string, generation: number): Promise<boolean> {
    return this.database.write((connection) => {
      const { changes } = connection
        .prepare(`DELETE FROM servers WHERE id = ? AND generation = ? AND desired = 'deleted'`)
        .run([id, generation]);
      return changes > 0;
    });
  }

  async blobHashes(): Promise<Set<string>> {
    const rows = this.database.read((connection) =>
      connection.prepare('SELECT DISTINCT hash FROM server_blobs').all([]),
    ) as { hash: string }[];
    return new Set(rows.map(({ hash }) => hash));
  }
}

function desiredStatesOf(enabled: boolean | undefined, includeDeleted: boolean): string[] {
  if (enabled !== undefined) return [enabled ? 'enabled' : 'disabled'];
  return includeDeleted ? ['enabled', 'disabled', 'deleted'] : ['enabled', 'disabled'];
}

function findKept(connection: Database.Database, id: string): KeptServer | undefined {
  const row = connection.prepare('SELECT record, first_generation FROM servers WHERE id = ?').get([id]) as
    ServerRow | undefined;
  return row && { record: JSON.parse(row.record) as ServerRecord, firstGeneration: row.first_generation };
}

function save(connection: Database.Database, { record, firstGeneration }: KeptServer): ServerRecord {
  const { id, desired, generation } = record;
  connection
    .prepare(
      `INSERT INTO servers (id, desired, generation, first_generation, record) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET desired = excluded.desired, generation = excluded.generation,
         first_generation = excluded.first_generation, record = excluded.record`,
    )
    .run([id, desired, generation, firstGeneration, JSON.stringify(record)]);
  connection.prepare('DELETE FROM server_tags WHERE server_id = ?').run([id]);
  connection
    .prepare('INSERT INTO server_tags (server_id, tag) SELECT DISTINCT ?, value FROM json_each(?)')
    .run([id, JSON.stringify(record.entry.tags)]);
  connection.prepare('DELETE FROM server_blobs WHERE server_id = ?').run([id]);
  connection
    .prepare('INSERT INTO server_blobs (server_id, hash) SELECT ?, value FROM json_each(?)')
    .run([id, JSON.stringify(blobHashesOf(record))]);
  return record;
}
