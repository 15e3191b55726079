import type {
  DirectoryRecord,
  RouteEvent,
  RouteKey,
  RouteRecord,
  RouteSnapshot,
  WorkerRecord,
} from '../ports/route-table.port.js';

interface KnownWorker {
  record: WorkerRecord;
  isAlive: boolean;
  suspectedUntil: number;
}

/** The records of a RouteTable as its reader last knew them: pure state, changed by events and by full reads. */
export class RouteCopy {
  readonly directory = new Map<string, DirectoryRecord>();
  readonly workers = new Map<string, KnownWorker>();
  private readonly routes = new Map<string, Map<string, RouteRecord>>();

  routesOf(serverId: string): RouteRecord[] {
    return [...(this.routes.get(serverId)?.values() ?? [])];
  }

  allRoutes(): RouteRecord[] {
    return [...this.routes.values()].flatMap((routes) => [...routes.values()]);
  }

  /** The ids of all servers that something is known of. */
  serverIds(): Set<string> {
    return new Set([...this.directory.keys(), ...this.routes.keys()]);
  }

  /** @returns the servers that it may have changed something for */
  apply(event: RouteEvent): readonly string[] {
    switch (event.kind) {
      case 'directory':
        return this.keepDirectory(event.record) ? [event.record.id] : [];
      case 'worker':
        this.keepWorker(event.record);
        return this.serversOf(event.record.incarnation);
      case 'worker_gone': {
        const worker = this.workers.get(event.incarnation);
        if (worker) worker.isAlive = false;
        return this.serversOf(event.incarnation);
      }
      case 'route':
        this.keepRoute(event.route);
        return [event.route.serverId];
      case 'route_gone': {
        const known = this.routes.get(event.key.serverId)?.get(keyOf(event.key));
        if (known?.worker === event.worker) this.dropRoute(known);
        return [event.key.serverId];
      }
      case 'epoch':
      case 'connected':
      case 'disconnected':
        return [];
    }
  }

  /**
   * Takes over what a full read gave. With an epoch the directory is as it says; without one, all was lost, and what is
   * known stays.
   *
   * @param isAbsenceMeant whether workers and routes that are not in it are gone
   */
  merge(snapshot: RouteSnapshot, isAbsenceMeant: boolean): void {
    if (snapshot.epoch !== undefined) this.directory.clear();
    for (const record of snapshot.directory) this.keepDirectory(record);
    for (const worker of snapshot.workers) this.keepWorker(worker);
    if (isAbsenceMeant) this.dropAbsent(snapshot);
    for (const route of snapshot.routes) this.keepRoute(route);
  }

  private dropAbsent({ workers, routes }: RouteSnapshot): void {
    const live = new Set(workers.map((worker) => worker.incarnation));
    for (const known of this.workers.values()) if (!live.has(known.record.incarnation)) known.isAlive = false;
    const listed = new Set(routes.map((route) => keyOf(route)));
    for (const route of this.allRoutes()) if (!listed.has(keyOf(route))) this.dropRoute(route);
    const named = new Set(this.allRoutes().map((route) => route.worker));
    for (const [incarnation, worker] of this.workers) {
      if (!worker.isAlive && !named.has(incarnation)) this.workers.delete(incarnation);
    }
  }

  private keepDirectory(record: DirectoryRecord): boolean {
    const known = this.directory.get(record.id);
    if (known && compareRecords(known, record) > 0) return false;
    this.directory.set(record.id, record);
    return true;
  }

  private keepWorker(record: WorkerRecord): void {
    const suspectedUntil = this.workers.get(record.incarnation)?.suspectedUntil ?? 0;
    this.workers.set(record.incarnation, { record, isAlive: true, suspectedUntil });
  }

  private keepRoute(route: RouteRecord): void {
    const routes = this.routes.get(route.serverId) ?? new Map<string, RouteRecord>();
    routes.set(keyOf(route), route);
    this.routes.set(route.serverId, routes);
  }

  private dropRoute(route: RouteRecord): void {
    const routes = this.routes.get(route.serverId);
    routes?.delete(keyOf(route));
    if (routes?.size === 0) this.routes.delete(route.serverId);
  }

  private serversOf(incarnation: string): string[] {
    const routes = this.allRoutes().filter((route) => route.worker === incarnation);
    return [...new Set(routes.map((route) => route.serverId))];
  }
}

/** Negative where `a` is older than `b`. */
function compareRecords(a: DirectoryRecord, b: DirectoryRecord): number {
  return a.generation - b.generation || a.revision - b.revision;
}

function keyOf(key: RouteKey): string {
  return `${key.serverId} ${key.generation} ${key.replica}`;
}
