import type { Clock } from '../ports/clock.port.js';
import type { Ids } from '../ports/ids.port.js';
import type { Log } from '../ports/log.port.js';
import type { RegistryStore, ServerRecord } from '../ports/registry-store.port.js';
import type { DirectoryRecord, RouteRecord } from '../ports/route-table.port.js';
import type { RouteView } from '../routing/route-view.js';
import { enqueueWithBlobs, type Messaging } from './announce-desired-state.js';
import { FallbackPace } from './fallback-pace.js';
import { directoryRecordOf } from './directory-record.js';
import type { RetryDefaults } from './load-jobs.js';
import { orphanRepairs, planRepairs, type ActualState, type Repair } from './plan-repairs.js';

const pageSize = 200;
/** How long blobs that nothing names are kept: an entry may be about to name them. */
const orphanBlobMs = 3_600_000;

export interface ReconcileOptions {
  retryDefaults: RetryDefaults;
  /** The leader's lease. */
  leaseMs: number;
}

/**
 * Compares desired state (the store) with actual state (the RouteTable) and repairs what differs. Whatever message was
 * lost, one pass makes up for it. Run every few seconds by whoever holds the leadership; overlap is harmless.
 */
export class ReconcileDesiredState {
  private readonly fallbacks = new FallbackPace();

  constructor(
    private readonly store: RegistryStore,
    private readonly view: RouteView,
    private readonly messaging: Messaging,
    private readonly self: { id: string; clock: Clock; ids: Ids; log: Log },
    private readonly options: ReconcileOptions,
  ) {}

  /** One pass. @returns what was repaired; empty when another instance leads or nothing was to do */
  async execute(): Promise<Repair[]> {
    const { routes } = this.messaging;
    if (!(await routes.lead('reconciler', this.self.id, this.options.leaseMs))) return [];
    await this.view.refresh();
    const records = await this.readAll();
    if (this.view.tableEpoch === undefined) await this.rewriteDirectory(records);
    const now = this.self.clock.now();
    const repairs: Repair[] = [];
    for (const record of records) {
      const actual = this.actualStateOf(record.id);
      const isOutdated = [...actual.routesOf(), actual.directoryRecord()].some(
        (item) => item !== undefined && item.generation > record.generation,
      );
      // Somebody has written in between; what the table showed before was stored before.
      const current = isOutdated ? await this.store.find(record.id) : record;
      if (current) repairs.push(...planRepairs(current, actual, now, this.options.retryDefaults));
    }
    repairs.push(...(await this.planOrphans(records, now)));
    const due = repairs.filter((repair) => repair.kind !== 'load' || this.fallbacks.isDue(repair.job, now));
    for (const repair of due) await this.repair(repair);
    return due;
  }

  private actualStateOf(
    id: string,
  ): ActualState & { directoryRecord(): DirectoryRecord | undefined; routesOf(): RouteRecord[] } {
    const written = this.view.directoryRecord(id);
    const routes = this.view.routesOf(id);
    return {
      directoryRecord: () => written,
      routesOf: () => routes,
      isAlive: (worker) => this.view.isAlive(worker),
    };
  }

  private async planOrphans(records: readonly ServerRecord[], now: number): Promise<Repair[]> {
    const known = new Set(records.map((record) => record.id));
    const repairs: Repair[] = [];
    for (const id of this.view.serverIds()) {
      const planned = known.has(id) ? [] : orphanRepairs(id, this.view, now);
      // A server may have been published since the store was read; what the table knows was stored before.
      if (planned.length > 0 && !(await this.store.find(id))) repairs.push(...planned);
    }
    return repairs;
  }

  /** Removes blobs that no record names. Much rarer than a pass. @returns how many */
  async collectBlobs(): Promise<number> {
    const keep = await this.store.blobHashes();
    return this.messaging.blobs.collect(keep, this.self.clock.now() - orphanBlobMs);
  }

  private async readAll(): Promise<ServerRecord[]> {
    const records: ServerRecord[] = [];
    for (;;) {
      const afterId = records.at(-1)?.id;
      const page = await this.store.list({
        limit: pageSize,
        includeDeleted: true,
        ...(afterId === undefined ? {} : { afterId }),
      });
      records.push(...page);
      if (page.length < pageSize) return records;
    }
  }

  private async rewriteDirectory(records: readonly ServerRecord[]): Promise<void> {
    const now = this.self.clock.now();
    const directory = records.map((record) => directoryRecordOf(record, now));
    await this.messaging.routes.rewriteDirectory(directory, this.self.ids.next());
    this.self.log.info('directory.rewritten', { servers: directory.length });
    await this.view.refresh();
  }

  private async repair(repair: Repair): Promise<void> {
    const { routes } = this.messaging;
    switch (repair.kind) {
      case 'write_directory':
        await routes.putDirectory(repair.record);
        return;
      case 'drop_directory':
        await routes.dropDirectory(repair.id, repair.generation);
        return;
      case 'load':
        await enqueueWithBlobs(this.messaging, repair.job);
        return;
      case 'remove_route':
        await routes.removeRoute(repair.route, repair.route.worker);
        return;
      case 'purge':
        // In this order: a directory record that outlived its tombstone would be newer than the id's next life.
        await routes.dropDirectory(repair.id, repair.generation);
        await this.store.purge(repair.id, repair.generation);
        return;
    }
  }
}
