import { InvalidEntry, parseEntryUpdate, type ServerEntry } from '@mcp-hub/domain';
import type { Clock } from '../ports/clock.port.js';
import type { RegistryStore, ServerRecord } from '../ports/registry-store.port.js';
import type { AnnounceDesiredState } from './announce-desired-state.js';
import { findServer } from './find-server.js';
import type { Written } from './publish-server.js';
import type { StoreEntry } from './store-entry.js';

/** What may keep a writer from a change, whatever it says itself; each throws. */
export interface UpdateChecks {
  /** Of what is stored: whether this writer may change it, and whether it is what the writer saw (`If-Match`). */
  stored?: (record: ServerRecord) => void;
  /** Of what it would become. */
  changed?: (entry: ServerEntry) => void;
}

/** Replaces the given top-level fields of an entry and has the server reloaded (hub-api.md, `PUT /v0/servers/{id}`). */
export class UpdateServer {
  constructor(
    private readonly store: RegistryStore,
    private readonly storeEntry: StoreEntry,
    private readonly announce: AnnounceDesiredState,
    private readonly clock: Clock,
  ) {}

  /**
   * @param patch the fields as they were sent; secrets given as `***` stay as they are stored
   * @throws ServerNotFound, InvalidEntry; GenerationConflict where somebody wrote in between; what `checks` throw
   */
  async execute(id: string, patch: unknown, checks: UpdateChecks = {}): Promise<Written> {
    const current = await findServer(this.store, id);
    checks.stored?.(current);
    const at = new Date(this.clock.now()).toISOString();
    const parsed = parseEntryUpdate(current.entry, patch, {
      now: at,
      hasStoredSpec: current.specHash !== undefined,
      createdAt: current.createdAt,
    });
    if (!parsed.ok) throw new InvalidEntry(parsed.issues);
    checks.changed?.(parsed.entry);
    const stored = await this.storeEntry.execute(parsed.entry, current);
    const record = await this.store.replace(id, current.generation, {
      ...stored,
      desired: stored.entry.enabled ? 'enabled' : 'disabled',
      at,
    });
    await this.announce.execute(record);
    return { record, warnings: parsed.warnings };
  }
}
