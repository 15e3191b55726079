import type { RuntimeStatus } from '@mcp-hub/domain';
import type { BlobStore } from '../ports/blob-store.port.js';
import type { McpDescription } from '../ports/mcp-backend.port.js';
import type { ListQuery, RegistryStore, ServerRecord } from '../ports/registry-store.port.js';
import type { RouteRecord } from '../ports/route-table.port.js';
import type { RouteView } from '../routing/route-view.js';
import { findServer } from './find-server.js';
import { statusOf, type ServerStatus } from './server-status-view.js';

export interface ServerListItem {
  record: ServerRecord;
  status: ServerStatus;
}

export interface ServerInstance {
  /** The worker's name. */
  worker: string;
  state: RouteRecord['state'];
  /** RFC 3339. */
  since: string;
}

export interface ServerDetails extends ServerListItem {
  instances: ServerInstance[];
  /** Of what was healthy last. */
  capabilities?: McpDescription;
  /** The inline document, where it was asked for. */
  spec?: Uint8Array;
}

export interface ListFilter {
  tags?: readonly string[];
  enabled?: boolean;
  /** Any of them. */
  statuses?: readonly RuntimeStatus[];
}

/** Reads entries together with their status: the store has the one, the RouteTable's view the other. */
export class ReadServers {
  constructor(
    private readonly store: RegistryStore,
    private readonly blobs: BlobStore,
    private readonly view: RouteView,
  ) {}

  /** @returns one page in the order of ids, and the id after which the next one starts, if there is one */
  async list(
    filter: ListFilter,
    limit: number,
    afterId?: string,
  ): Promise<{ items: ServerListItem[]; nextAfterId?: string }> {
    const items: ServerListItem[] = [];
    let position = afterId;
    for (;;) {
      const records = await this.store.list(this.queryOf(filter, limit + 1, position));
      for (const record of records) {
        const item = this.withStatus(record);
        if (filter.statuses && !filter.statuses.includes(item.status.status)) continue;
        const last = items.at(-1);
        if (items.length === limit && last) return { items, nextAfterId: last.record.id };
        items.push(item);
      }
      position = records.at(-1)?.id;
      if (records.length <= limit) return { items };
    }
  }

  /** @throws ServerNotFound */
  async details(id: string, options: { includeSpec: boolean }): Promise<ServerDetails> {
    const record = await findServer(this.store, id);
    const hash = record.lastHealthy?.capabilitiesHash;
    const capabilities = hash === undefined ? undefined : await this.readDescription(hash);
    const spec =
      options.includeSpec && record.specHash !== undefined ? await this.blobs.get(record.specHash) : undefined;
    return {
      ...this.withStatus(record),
      instances: this.instancesOf(id),
      ...(capabilities ? { capabilities } : {}),
      ...(spec ? { spec } : {}),
    };
  }

  /** Without its lists, which may be large. @throws ServerNotFound */
  async item(id: string): Promise<ServerListItem> {
    return this.withStatus(await findServer(this.store, id));
  }

  withStatus(record: ServerRecord): ServerListItem {
    const status = statusOf(record, {
      routes: this.view.servingRoutes(record.id),
      liveWorkers: this.view.liveWorkers(),
    });
    return { record, status };
  }

  private instancesOf(id: string): ServerInstance[] {
    return this.view
      .routesOf(id)
      .filter((route) => this.view.isAlive(route.worker))
      .map((route) => ({
        worker: this.view.worker(route.worker)?.name ?? route.worker,
        state: route.state,
        since: route.since,
      }));
  }

  private async readDescription(hash: string): Promise<McpDescription | undefined> {
    const content = await this.blobs.get(hash);
    return content && (JSON.parse(new TextDecoder().decode(content)) as McpDescription);
  }

  private queryOf(filter: ListFilter, limit: number, afterId?: string): ListQuery {
    return {
      limit,
      ...(filter.tags ? { tags: filter.tags } : {}),
      ...(filter.enabled === undefined ? {} : { enabled: filter.enabled }),
      ...(afterId === undefined ? {} : { afterId }),
    };
  }
}

/** Every server with its status, for health and status pages. */
export async function* everyServer(reader: ReadServers): AsyncGenerator<ServerListItem> {
  let afterId: string | undefined;
  do {
    const { items, nextAfterId } = await reader.list({}, 200, afterId);
    yield* items;
    afterId = nextAfterId;
  } while (afterId !== undefined);
}
