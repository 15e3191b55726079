import type { Clock } from '../ports/clock.port.js';
import type {
  DirectoryRecord,
  RouteEvent,
  RouteKey,
  RouteRecord,
  RouteSnapshot,
  RouteTable,
  WorkerRecord,
} from '../ports/route-table.port.js';

/**
 * The lease of a worker: after so long without a renewal it counts as dead. Short, since recovery from a killed worker
 * begins when it runs out; renewed three times as often.
 */
export const workerLeaseMs = 3_000;
/** Between full reads of the RouteTable, in case its change feed lost something. */
export const routeResyncMs = 30_000;

export interface RouteViewOptions {
  /** The workers' lease; absence counts only after two of them on an unbroken connection. */
  leaseMs: number;
  /** Between full reads. */
  resyncMs: number;
  /** Told of a read that failed; the view keeps what it has. */
  onReadFailed?: (error: unknown) => void;
}

interface KnownWorker {
  record: WorkerRecord;
  isAlive: boolean;
  suspectedUntil: number;
}

/**
 * The reader's copy of the RouteTable in memory (design.md, "RouteTable"): a request costs no round trip. It follows
 * the change feed, polls the workers' leases and reads everything again now and then. Without its server it freezes:
 * what it last knew holds. After a loss, absence counts only when the connection was unbroken for two lease periods,
 * and an absent directory record only when registry-api has written a new epoch.
 */
export class RouteView {
  private readonly directory = new Map<string, DirectoryRecord>();
  private readonly workersByIncarnation = new Map<string, KnownWorker>();
  private readonly routes = new Map<string, Map<string, RouteRecord>>();
  private readonly listeners = new Set<(serverId: string) => void>();
  private epoch: string | undefined;
  private absenceCountsAt = 0;
  private isSynced = false;
  private stopWatching: (() => void) | undefined;
  private timers: NodeJS.Timeout[] = [];
  private reading: Promise<void> | undefined;

  constructor(
    private readonly table: RouteTable,
    private readonly clock: Clock,
    private readonly options: RouteViewOptions,
  ) {}

  /** Resolves after the first full read; until then it keeps trying. */
  async start(): Promise<void> {
    if (this.stopWatching) return;
    this.stopWatching = this.table.watch((event) => {
      this.apply(event);
    });
    await this.refresh();
    this.timers = [
      setInterval(() => void this.pollLeases(), this.options.leaseMs / 2),
      setInterval(() => void this.refresh(), this.options.resyncMs),
    ];
    for (const timer of this.timers) timer.unref();
  }

  close(): void {
    this.stopWatching?.();
    this.stopWatching = undefined;
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
  }

  /** Whether everything was read at least once since the start. */
  get isReady(): boolean {
    return this.isSynced;
  }

  get currentEpoch(): string | undefined {
    return this.epoch;
  }

  directoryRecord(serverId: string): DirectoryRecord | undefined {
    return this.directory.get(serverId);
  }

  directoryRecords(): IterableIterator<DirectoryRecord> {
    return this.directory.values();
  }

  /** The workers with a live lease. */
  liveWorkers(): WorkerRecord[] {
    return [...this.workersByIncarnation.values()].filter((w) => w.isAlive).map((w) => w.record);
  }

  worker(incarnation: string): WorkerRecord | undefined {
    return this.workersByIncarnation.get(incarnation)?.record;
  }

  isAlive(incarnation: string): boolean {
    return this.workersByIncarnation.get(incarnation)?.isAlive ?? false;
  }

  /** Alive, and no connection to it was refused lately. */
  isTrusted(incarnation: string): boolean {
    const worker = this.workersByIncarnation.get(incarnation);
    return worker !== undefined && worker.isAlive && worker.suspectedUntil <= this.clock.now();
  }

  /** All routes of a server, of live workers or not. */
  routesOf(serverId: string): RouteRecord[] {
    return [...(this.routes.get(serverId)?.values() ?? [])];
  }

  allRoutes(): RouteRecord[] {
    return [...this.routes.values()].flatMap((routes) => [...routes.values()]);
  }

  /** The routes of live workers at the newest generation that has one, draining ones left out unless there are no others. */
  servingRoutes(serverId: string): RouteRecord[] {
    const live = this.routesOf(serverId).filter((route) => this.isAlive(route.worker));
    const settled = live.filter((route) => route.state !== 'draining');
    const candidates = settled.length > 0 ? settled : live;
    const newest = Math.max(...candidates.map((route) => route.generation));
    return candidates.filter((route) => route.generation === newest);
  }

  /** A connection was refused: avoid this worker until its lease shows whether it lives. */
  suspect(incarnation: string): void {
    const worker = this.workersByIncarnation.get(incarnation);
    if (!worker) return;
    worker.suspectedUntil = this.clock.now() + this.options.leaseMs;
    void this.pollLeases();
  }

  /** Calls back with a server's id whenever something about it may have changed. @returns stops it */
  onChange(listener: (serverId: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Reads everything now. A failed read changes nothing. */
  async refresh(): Promise<void> {
    this.reading ??= this.readAll().finally(() => {
      this.reading = undefined;
    });
    await this.reading;
  }

  private async readAll(): Promise<void> {
    try {
      this.merge(await this.table.read());
    } catch (error) {
      this.options.onReadFailed?.(error);
    }
  }

  private async pollLeases(): Promise<void> {
    if (!this.table.isConnected()) return;
    try {
      const live = await this.table.liveWorkers();
      const known = [...this.workersByIncarnation.values()].filter((worker) => worker.isAlive);
      const isChanged =
        known.some((worker) => !live.has(worker.record.incarnation)) ||
        [...live].some((incarnation) => !this.isAlive(incarnation));
      for (const incarnation of live) this.clearSuspicion(incarnation);
      // A missing lease may also mean that all was lost: the full read tells by the epoch.
      if (isChanged) await this.refresh();
    } catch (error) {
      this.options.onReadFailed?.(error);
    }
  }

  private clearSuspicion(incarnation: string): void {
    const worker = this.workersByIncarnation.get(incarnation);
    if (worker && worker.suspectedUntil <= this.clock.now()) worker.suspectedUntil = 0;
  }

  private merge(snapshot: RouteSnapshot): void {
    const now = this.clock.now();
    const isLost = this.epoch !== undefined && snapshot.epoch === undefined;
    if (isLost || !this.isSynced) this.postponeAbsence(isLost);
    if (snapshot.epoch !== undefined) {
      const listed = new Set(snapshot.directory.map((record) => record.id));
      for (const id of this.directory.keys()) if (!listed.has(id)) this.directory.delete(id);
    }
    this.epoch = snapshot.epoch ?? this.epoch;
    for (const record of snapshot.directory) this.keepDirectory(record);

    const live = new Set(snapshot.workers.map((worker) => worker.incarnation));
    for (const worker of snapshot.workers) this.keepWorker(worker);
    const listed = new Set(snapshot.routes.map((route) => keyOf(route)));
    if (now >= this.absenceCountsAt) {
      for (const known of this.workersByIncarnation.values()) {
        if (!live.has(known.record.incarnation)) known.isAlive = false;
      }
      for (const route of this.allRoutes()) if (!listed.has(keyOf(route))) this.dropRoute(route);
      this.forgetDeadWorkers();
    }
    for (const route of snapshot.routes) this.keepRoute(route);
    this.isSynced = true;
    for (const id of new Set([...this.directory.keys(), ...this.routes.keys()])) this.tell(id);
  }

  private apply(event: RouteEvent): void {
    switch (event.kind) {
      case 'directory':
        if (this.keepDirectory(event.record)) this.tell(event.record.id);
        return;
      case 'worker':
        this.keepWorker(event.record);
        this.tellServersOf(event.record.incarnation);
        return;
      case 'worker_gone': {
        const worker = this.workersByIncarnation.get(event.incarnation);
        if (worker) worker.isAlive = false;
        this.tellServersOf(event.incarnation);
        return;
      }
      case 'route':
        this.keepRoute(event.route);
        this.tell(event.route.serverId);
        return;
      case 'route_gone': {
        const known = this.routes.get(event.key.serverId)?.get(keyOf(event.key));
        if (known?.worker === event.worker) this.dropRoute(known);
        this.tell(event.key.serverId);
        return;
      }
      case 'epoch':
      case 'connected':
        if (event.kind === 'connected') this.postponeAbsence(this.isSynced);
        void this.refresh();
        return;
      case 'disconnected':
        this.postponeAbsence(true);
        return;
    }
  }

  /** At the first read nothing is known, so nothing can be missed. */
  private postponeAbsence(isSomethingKnown: boolean): void {
    if (isSomethingKnown) this.absenceCountsAt = this.clock.now() + 2 * this.options.leaseMs;
  }

  private keepDirectory(record: DirectoryRecord): boolean {
    const known = this.directory.get(record.id);
    if (known && compareRecords(known, record) > 0) return false;
    this.directory.set(record.id, record);
    return true;
  }

  private keepWorker(record: WorkerRecord): void {
    const known = this.workersByIncarnation.get(record.incarnation);
    this.workersByIncarnation.set(record.incarnation, {
      record,
      isAlive: true,
      suspectedUntil: known?.suspectedUntil ?? 0,
    });
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

  private forgetDeadWorkers(): void {
    const named = new Set(this.allRoutes().map((route) => route.worker));
    for (const [incarnation, worker] of this.workersByIncarnation) {
      if (!worker.isAlive && !named.has(incarnation)) this.workersByIncarnation.delete(incarnation);
    }
  }

  private tellServersOf(incarnation: string): void {
    for (const route of this.allRoutes()) if (route.worker === incarnation) this.tell(route.serverId);
  }

  private tell(serverId: string): void {
    for (const listener of [...this.listeners]) listener(serverId);
  }
}

/** Negative where `a` is older than `b`. */
function compareRecords(a: DirectoryRecord, b: DirectoryRecord): number {
  return a.generation - b.generation || a.revision - b.revision;
}

function keyOf(key: RouteKey): string {
  return `${key.serverId} ${key.generation} ${key.replica}`;
}
