import type { ServerFailure } from '@mcp-hub/domain';
import type { Clock } from '../ports/clock.port.js';
import type { StoredEntry } from '../ports/registry-store.port.js';
import type { Log } from '../ports/log.port.js';
import type { McpBackend } from '../ports/mcp-backend.port.js';
import type { RouteKey, RouteRecord, RouteTable, RouteTarget } from '../ports/route-table.port.js';
import type { RouteView } from '../routing/route-view.js';

/** What answers MCP clients for one backend; made by the feature that owns the frontends. */
export interface HostedEndpoint {
  /** Calls in flight, parked ones not counted. */
  readonly activeCalls: number;
  /** No new sessions; resolves when the calls in flight are over, at the latest after `deadlineMs`. */
  drain(deadlineMs: number): Promise<void>;
  close(): Promise<void>;
}

export interface HostedServer<Endpoint extends HostedEndpoint = HostedEndpoint> {
  key: RouteKey;
  stored: StoredEntry;
  backend: McpBackend;
  endpoint: Endpoint;
  /** The loader's: its share of the worker's capacity; 1 where it is not given. */
  weight?: number;
  /** RFC 3339. */
  since: string;
  /** Why calls fail, while they do. */
  failure?: ServerFailure | undefined;
  /** Of the capabilities that were last reported. */
  reportedHash?: string;
}

export interface HostingOptions {
  /** This process, as its routes name it. */
  incarnation: string;
  targetOf: (key: RouteKey) => RouteTarget;
  /** How long calls in flight may go on after their server is retired. */
  drainMs: number;
}

/** How soon a worker that leaves notices that others leave too: the view tells of servers only. */
const lookEveryMs = 200;

/**
 * The servers that this worker runs. It publishes their routes, and retires what the directory no longer wants or what
 * a newer generation has replaced. Absence of a record retires nothing.
 */
export class HostedServers<Endpoint extends HostedEndpoint = HostedEndpoint> {
  private readonly hosted = new Map<string, HostedServer<Endpoint>>();
  private readonly retiring = new Set<Promise<void>>();
  private stopListening: (() => void) | undefined;
  private isLeaving = false;

  constructor(
    private readonly routes: RouteTable,
    private readonly view: RouteView,
    private readonly self: { clock: Clock; log: Log },
    private readonly options: HostingOptions,
  ) {}

  start(): void {
    this.stopListening ??= this.view.onChange((serverId) => {
      this.settle(serverId);
    });
  }

  get count(): number {
    return this.hosted.size;
  }

  /** The weight that counts against the worker's capacity: one that a newer generation is about to replace does not. */
  get occupied(): number {
    return this.all()
      .filter(({ key }) => {
        const record = this.view.directoryRecord(key.serverId);
        return !record || record.generation <= key.generation || record.failure !== undefined;
      })
      .reduce((sum, { weight = 1 }) => sum + weight, 0);
  }

  find(key: RouteKey): HostedServer<Endpoint> | undefined {
    return this.hosted.get(hostedKey(key));
  }

  /** @param handle as from `hostedKey` */
  byHandle(handle: string): HostedServer<Endpoint> | undefined {
    return this.hosted.get(handle);
  }

  all(): HostedServer<Endpoint>[] {
    return [...this.hosted.values()];
  }

  /**
   * Serves it and publishes its route.
   * @returns false, and has closed it, where another live worker serves the key, or it was not wanted any more
   * @throws DependencyUnavailable, and has closed it, where its route could not be written
   */
  async add(server: Omit<HostedServer<Endpoint>, 'since' | 'failure' | 'reportedHash'>): Promise<boolean> {
    const id = hostedKey(server.key);
    const hosted = { ...server, since: new Date(this.self.clock.now()).toISOString() };
    const isHosted = (): boolean => this.hosted.get(id) === hosted;
    this.hosted.set(id, hosted);
    let isPublished = false;
    try {
      isPublished = await this.routes.putRoute(this.routeOf(hosted));
    } finally {
      if (!isPublished && isHosted()) {
        this.hosted.delete(id);
        await this.end(hosted);
      }
    }
    if (isPublished && !isHosted()) await this.unroute(server.key);
    this.settle(server.key.serverId);
    return isHosted();
  }

  /** Writes all routes again, after the table was lost. */
  async publishAgain(): Promise<void> {
    for (const hosted of this.all()) await this.publish(hosted);
  }

  /** Writes a route again. What another live worker serves by now is retired here. */
  async publish(hosted: HostedServer<Endpoint>): Promise<void> {
    const isPublished = await this.routes.putRoute(this.routeOf(hosted));
    if (!isPublished && this.find(hosted.key) === hosted) this.retire(hosted, 'served_elsewhere');
  }

  /** Shows in its route why calls of a server fail, or, with undefined, that they don't any more. A server that is not here is left alone. */
  async setFailure(key: RouteKey, failure: ServerFailure | undefined): Promise<void> {
    const hosted = this.find(key);
    if (!hosted || (hosted.failure === undefined && failure === undefined)) return;
    hosted.failure = failure;
    try {
      await this.publish(hosted);
    } catch (error) {
      // It is written with all routes once the table is back.
      this.self.log.warn('route.not_published', { ...key, error });
    }
  }

  /** Takes a server whose backend ended by itself out of service. @returns whether it was in service */
  async drop(key: RouteKey, backend: McpBackend): Promise<boolean> {
    const hosted = this.find(key);
    if (hosted?.backend !== backend) return false;
    this.hosted.delete(hostedKey(key));
    await this.unroute(key);
    await this.end(hosted);
    return true;
  }

  /**
   * Leaves in an orderly way: routes are marked as draining so that other workers take over, then each server ends once
   * another serves it and its calls are over, at the latest after `drainMs`.
   */
  async leave(): Promise<void> {
    this.isLeaving = true;
    this.stopListening?.();
    const leaving = this.all();
    await Promise.allSettled(leaving.map((hosted) => this.routes.putRoute(this.routeOf(hosted))));
    await Promise.all(
      leaving.map(async (hosted) => {
        await this.waitForSuccessor(hosted.key);
        await hosted.endpoint.drain(this.options.drainMs);
      }),
    );
  }

  /** Ends everything at once. */
  async close(): Promise<void> {
    this.stopListening?.();
    const hosted = this.all();
    this.hosted.clear();
    await Promise.all([...hosted.map((server) => this.end(server)), ...this.retiring]);
  }

  /** Retires what is not wanted any more, and takes back routes to what is not here: their removal got lost. */
  private settle(serverId: string): void {
    if (this.isLeaving) return;
    for (const hosted of this.hosted.values()) {
      if (hosted.key.serverId !== serverId) continue;
      const reason = this.whyUnwanted(hosted.key);
      if (reason) this.retire(hosted, reason);
    }
    for (const route of this.view.routesOf(serverId)) {
      if (route.worker === this.options.incarnation && !this.find(route)) void this.unroute(route);
    }
  }

  private whyUnwanted(key: RouteKey): string | undefined {
    const record = this.view.directoryRecord(key.serverId);
    if (record && record.state !== 'enabled' && record.generation >= key.generation) return record.state;
    const newer = this.view
      .servingRoutes(key.serverId)
      .filter((route) => route.generation > key.generation && route.state === 'healthy');
    if (newer.some((route) => route.replica === key.replica)) return 'replaced';
    if (record && key.replica > record.replicas && newer.length > 0) return 'scaled_down';
    return undefined;
  }

  private retire(hosted: HostedServer<Endpoint>, reason: string): void {
    this.hosted.delete(hostedKey(hosted.key));
    this.self.log.info('server.retired', { ...hosted.key, reason });
    const done = this.retireGently(hosted).finally(() => this.retiring.delete(done));
    this.retiring.add(done);
  }

  private async retireGently(hosted: HostedServer<Endpoint>): Promise<void> {
    await this.unroute(hosted.key);
    await hosted.endpoint.drain(this.options.drainMs);
    await this.end(hosted);
  }

  private async unroute({ serverId, generation, replica }: RouteKey): Promise<void> {
    const key = { serverId, generation, replica };
    try {
      await this.routes.removeRoute(key, this.options.incarnation);
    } catch (error) {
      // `settle` comes across it again.
      this.self.log.warn('route.not_removed', { ...key, error });
    }
  }

  private async end(hosted: HostedServer<Endpoint>): Promise<void> {
    const results = await Promise.allSettled([hosted.endpoint.close(), hosted.backend.close()]);
    for (const result of results) {
      if (result.status === 'rejected') this.self.log.warn('server.not_ended', { ...hosted.key, error: result.reason });
    }
  }

  /** Until another worker serves it, or none is left that could; `drainMs` at most. */
  private async waitForSuccessor(key: RouteKey): Promise<void> {
    const isOther = (worker: string): boolean => worker !== this.options.incarnation;
    const isOver = (): boolean =>
      this.view.servingRoutes(key.serverId).some((route) => isOther(route.worker) && route.state !== 'draining') ||
      !this.view.liveWorkers().some((worker) => isOther(worker.incarnation) && !worker.isDraining);
    if (isOver()) return;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (isOver()) finish();
      };
      const timers = [setTimeout(finish, this.options.drainMs), setInterval(look, lookEveryMs)];
      const stop = this.view.onChange(look);
      function finish(): void {
        for (const timer of timers) clearTimeout(timer);
        stop();
        resolve();
      }
    });
  }

  private routeOf(hosted: HostedServer<Endpoint>): RouteRecord {
    return {
      ...hosted.key,
      worker: this.options.incarnation,
      state: this.isLeaving ? 'draining' : hosted.failure ? 'degraded' : 'healthy',
      target: this.options.targetOf(hosted.key),
      since: hosted.since,
      ...(hosted.failure && { failure: hosted.failure }),
    };
  }
}

/** One string for a key, as used in local handles and internal paths. */
export function hostedKey(key: RouteKey): string {
  return `${key.serverId}/${key.generation}/${key.replica}`;
}
