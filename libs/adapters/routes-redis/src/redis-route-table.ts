import {
  RouteTable,
  type ClaimOutcome,
  type DirectoryRecord,
  type Log,
  type RouteEvent,
  type RouteKey,
  type RouteRecord,
  type RouteSnapshot,
  type WorkerRecord,
} from '@mcp-hub/application';
import { ChangeFeed } from './change-feed.js';
import { RedisConnection } from './redis-connection.js';
import * as scripts from './route-scripts.js';
import type { Script } from './script.js';

export interface RedisRouteTableOptions {
  /** `redis://` or `rediss://`, with user, password and database number where needed. One server, no cluster. */
  url: string;
  /** In front of all keys, and of the channel of the change feed. */
  namespace: string;
  log?: Log;
}

/** The port promises an answer or an error within 2 s. */
const timeoutMs = 2_000;
/** Bounds how long one script keeps Redis from others. */
const recordsPerScript = 100;

/**
 * The route table in Redis: hashes for the directory, workers and routes, keys that expire for leases and claims, a
 * channel for the change feed. `start` resolves when Redis is first there, however long that takes, and throws only
 * where the table is closed before.
 */
export class RedisRouteTable extends RouteTable {
  private readonly commands: RedisConnection;
  private readonly subscription: RedisConnection;
  private readonly feed: ChangeFeed;
  private readonly listeners = new Set<(event: RouteEvent) => void>();
  private wasConnected = false;
  private isClosed = false;

  constructor(private readonly options: RedisRouteTableOptions) {
    super();
    const connection = { url: options.url, dependency: 'routes', log: options.log, timeoutMs } as const;
    this.commands = new RedisConnection(connection);
    this.subscription = new RedisConnection({ ...connection, log: undefined });
    this.feed = new ChangeFeed(
      this.subscription,
      `${options.namespace}:changes`,
      (event) => this.tell(event),
      () => this.followState(),
      options.log,
    );
    this.commands.onReady(() => this.followState());
    this.commands.onLost(() => this.followState());
  }

  async start(): Promise<void> {
    await Promise.all([this.commands.start(), this.feed.start()]);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([this.commands.close(), this.feed.close()]);
  }

  async ping(): Promise<void> {
    await this.commands.run((redis) => redis.ping());
  }

  async putDirectory(record: DirectoryRecord): Promise<boolean> {
    return (await this.run(scripts.putDirectory, ...directoryArguments(record))) === 1;
  }

  async rewriteDirectory(records: readonly DirectoryRecord[], epoch: string): Promise<void> {
    for (let start = 0; start < records.length; start += recordsPerScript) {
      const batch = records.slice(start, start + recordsPerScript);
      await this.run(scripts.putDirectory, ...batch.flatMap(directoryArguments));
    }
    await this.run(scripts.setEpoch, epoch, eventJson({ kind: 'epoch', epoch }));
  }

  async dropDirectory(id: string, generation: number): Promise<void> {
    await this.run(scripts.dropDirectory, id, generation);
  }

  async announceWorker(worker: WorkerRecord, leaseMs: number): Promise<void> {
    const event = eventJson({ kind: 'worker', record: worker });
    await this.run(scripts.announceWorker, worker.incarnation, leaseMs, JSON.stringify(worker), event);
  }

  async renewWorker(incarnation: string, leaseMs: number): Promise<boolean> {
    return (await this.run(scripts.renewWorker, incarnation, leaseMs)) === 1;
  }

  async retireWorker(incarnation: string): Promise<void> {
    await this.run(scripts.retireWorker, incarnation, eventJson({ kind: 'worker_gone', incarnation }));
  }

  async liveWorkers(): Promise<Set<string>> {
    const live = (await this.run(scripts.liveWorkers)) as string[];
    return new Set(live.filter((_, index) => index % 2 === 0));
  }

  async putRoute(route: RouteRecord): Promise<boolean> {
    const event = eventJson({ kind: 'route', route });
    return (await this.run(scripts.putRoute, fieldOf(route), route.worker, JSON.stringify(route), event)) === 1;
  }

  async removeRoute(key: RouteKey, worker: string): Promise<boolean> {
    return (await this.run(scripts.removeRoute, fieldOf(key), worker)) === 1;
  }

  async claim(key: RouteKey, worker: string, leaseMs: number): Promise<ClaimOutcome> {
    return (await this.run(scripts.claim, fieldOf(key), worker, leaseMs)) as ClaimOutcome;
  }

  async releaseClaim(key: RouteKey, worker: string): Promise<void> {
    await this.run(scripts.releaseClaim, fieldOf(key), worker);
  }

  async lead(role: string, holder: string, leaseMs: number): Promise<boolean> {
    return (await this.run(scripts.lead, role, holder, leaseMs)) === 1;
  }

  async read(): Promise<RouteSnapshot> {
    const [epoch, directory, workers, routes] = (await this.run(scripts.readAll)) as [
      string | null,
      string[],
      string[],
      string[],
    ];
    return {
      epoch: epoch ?? undefined,
      directory: directory.map((json) => JSON.parse(json) as DirectoryRecord),
      workers: workers.filter((_, index) => index % 2 === 1).map((json) => JSON.parse(json) as WorkerRecord),
      routes: routes.map((json) => JSON.parse(json) as RouteRecord),
    };
  }

  watch(listener: (event: RouteEvent) => void): () => void {
    // One function may be given twice; each stops for itself.
    const registered = (event: RouteEvent) => listener(event);
    this.listeners.add(registered);
    return () => this.listeners.delete(registered);
  }

  isConnected(): boolean {
    return !this.isClosed && this.commands.isReady && this.feed.isSubscribed;
  }

  private run(script: Script, ...args: (string | number)[]): Promise<unknown> {
    return this.commands.run((redis) => script.run(redis, this.options.namespace, ...args));
  }

  private followState(): void {
    const isConnected = this.isConnected();
    if (isConnected === this.wasConnected || this.isClosed) return;
    this.wasConnected = isConnected;
    this.tell({ kind: isConnected ? 'connected' : 'disconnected' });
  }

  private tell(event: RouteEvent): void {
    for (const listener of this.listeners) listener(structuredClone(event));
  }
}

function directoryArguments(record: DirectoryRecord): (string | number)[] {
  const event = eventJson({ kind: 'directory', record });
  return [record.id, record.generation, record.revision, JSON.stringify(record), event];
}

function eventJson(event: RouteEvent): string {
  return JSON.stringify(event);
}

function fieldOf({ serverId, generation, replica }: RouteKey): string {
  return JSON.stringify([serverId, generation, replica]);
}
