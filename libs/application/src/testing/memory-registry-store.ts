import { DependencyUnavailable, DuplicateServer, GenerationConflict, ServerNotFound } from '@mcp-hub/domain';
import { blobHashesOf, insertedServer, replacedServer, reportedServer, type KeptServer } from '../ports/kept-server.js';
import {
  RegistryStore,
  type ListQuery,
  type NewServer,
  type ReplicaReport,
  type ServerChange,
  type ServerRecord,
  type StoredEntry,
} from '../ports/registry-store.port.js';

/** A `RegistryStore` in memory, for tests. */
export class MemoryRegistryStore extends RegistryStore {
  /** Closed, or taken away by the test. */
  isAway = false;
  private readonly kept = new Map<string, KeptServer>();

  async start(): Promise<void> {
    this.isAway = false;
  }
  async close(): Promise<void> {
    this.isAway = true;
  }
  async ping(): Promise<void> {
    this.answer();
  }

  async insert(server: NewServer): Promise<ServerRecord> {
    this.answer();
    const existing = this.kept.get(server.id);
    if (existing && existing.record.desired !== 'deleted') throw new DuplicateServer(server.id);
    return this.keep(insertedServer(structuredClone(server), existing));
  }

  async find(id: string): Promise<ServerRecord | undefined> {
    this.answer();
    return structuredClone(this.kept.get(id)?.record);
  }

  async list(query: ListQuery): Promise<ServerRecord[]> {
    this.answer();
    const { afterId = '', limit, tags = [], enabled, includeDeleted = false } = query;
    return [...this.kept.values()]
      .map(({ record }) => record)
      .filter(({ id }) => bytesOf(id) > bytesOf(afterId))
      .filter(({ desired }) => {
        if (enabled !== undefined) return desired === (enabled ? 'enabled' : 'disabled');
        return includeDeleted || desired !== 'deleted';
      })
      .filter(({ entry }) => tags.every((tag) => entry.tags.includes(tag)))
      .sort((a, b) => (bytesOf(a.id) < bytesOf(b.id) ? -1 : 1))
      .slice(0, limit)
      .map((record) => structuredClone(record));
  }

  async replace(id: string, generation: number, change: ServerChange): Promise<ServerRecord> {
    this.answer();
    const kept = this.kept.get(id);
    if (!kept || kept.record.desired === 'deleted') throw new ServerNotFound(id);
    if (kept.record.generation !== generation) throw new GenerationConflict(id, generation);
    return this.keep(replacedServer(kept, structuredClone(change)));
  }

  async recordReport(report: ReplicaReport, healthyEntry?: StoredEntry): Promise<ServerRecord | undefined> {
    this.answer();
    const kept = this.kept.get(report.serverId);
    const reported = kept && reportedServer(kept, structuredClone(report), structuredClone(healthyEntry));
    return reported && this.keep(reported);
  }

  async purge(id: string, generation: number): Promise<boolean> {
    this.answer();
    const record = this.kept.get(id)?.record;
    if (record?.desired !== 'deleted' || record.generation !== generation) return false;
    return this.kept.delete(id);
  }

  async blobHashes(): Promise<Set<string>> {
    this.answer();
    return new Set([...this.kept.values()].flatMap(({ record }) => blobHashesOf(record)));
  }

  private answer(): void {
    if (this.isAway) throw new DependencyUnavailable('database');
  }

  private keep(kept: KeptServer): ServerRecord {
    this.kept.set(kept.record.id, kept);
    return structuredClone(kept.record);
  }
}

/** Compares as the UTF-8 bytes do. */
function bytesOf(id: string): string {
  return Buffer.from(id, 'utf8').toString('hex');
}
