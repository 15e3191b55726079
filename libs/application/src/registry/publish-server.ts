import { DuplicateServer, InvalidEntry, parseServerEntry, type Issue, type ServerEntry } from '@mcp-hub/domain';
import type { Clock } from '../ports/clock.port.js';
import type { RegistryStore, ServerRecord, StoredEntry } from '../ports/registry-store.port.js';
import type { AnnounceDesiredState } from './announce-desired-state.js';
import type { StoreEntry } from './store-entry.js';

export interface Written {
  record: ServerRecord;
  warnings: Issue[];
}

export interface PublishOptions {
  /** Throws where the writer may not publish this entry. */
  check?: (entry: ServerEntry) => void;
  /** An id that is derived from the name counts as named: taken is taken. Default: it gets a number behind it. */
  isIdFixed?: boolean;
}

const idAttempts = 50;
const longestId = 128;

/** Adds a server to the registry and has it loaded (hub-api.md, `POST /v0/publish`). */
export class PublishServer {
  constructor(
    private readonly store: RegistryStore,
    private readonly storeEntry: StoreEntry,
    private readonly announce: AnnounceDesiredState,
    private readonly clock: Clock,
  ) {}

  /**
   * @param document the entry as it was sent, of any shape
   * @throws InvalidEntry with all problems; DuplicateServer where the id that it names is taken; what `check` throws
   */
  async execute(document: unknown, { check, isIdFixed = false }: PublishOptions = {}): Promise<Written> {
    const at = new Date(this.clock.now()).toISOString();
    const parsed = parseServerEntry(document, { now: at });
    if (!parsed.ok) throw new InvalidEntry(parsed.issues);
    check?.(parsed.entry);
    const stored = await this.storeEntry.execute(parsed.entry);
    const record =
      parsed.idIsDerived && !isIdFixed
        ? await this.insertUnderFreeId(stored, at)
        : await this.insert(stored.entry.id, stored, at);
    await this.announce.execute(record);
    return { record, warnings: parsed.warnings };
  }

  private insert(id: string, stored: StoredEntry, at: string): Promise<ServerRecord> {
    const entry: ServerEntry = { ...stored.entry, id };
    return this.store.insert({ ...stored, entry, id, desired: entry.enabled ? 'enabled' : 'disabled', at });
  }

  /** The id was derived from the name: a taken one gets a number behind it. */
  private async insertUnderFreeId(stored: StoredEntry, at: string): Promise<ServerRecord> {
    const base = stored.entry.id;
    for (let number = 1; number <= idAttempts; number++) {
      const suffix = number === 1 ? '' : `-${number}`;
      try {
        return await this.insert(base.slice(0, longestId - suffix.length) + suffix, stored, at);
      } catch (error) {
        if (!(error instanceof DuplicateServer)) throw error;
      }
    }
    throw new DuplicateServer(base);
  }
}
