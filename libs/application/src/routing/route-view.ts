import type { Clock } from '../ports/clock.port.js';
import type {
  DirectoryRecord,
  RouteEvent,
  RouteRecord,
  RouteSnapshot,
  RouteTable,
  WorkerRecord,
} from '../ports/route-table.port.js';
import { RouteCopy } from './route-copy.js';

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

/**
 * The reader's copy of the RouteTable in memory (design.md, "RouteTable"): a request costs no round trip. It follows
 * the change feed, polls the workers' leases and reads everything again now and then. Without its server it freezes:
 * what it last knew holds. After a loss, absence counts only when the connection was unbroken for two lease periods,
 * and an absent directory record only when registry-api has written a new epoch.
 */
export class RouteView {
  private readonly copy = new RouteCopy();
  private readonly listeners = new Set<(serverId: string) => void>();
  private epoch: string | undefined;
  private lastReadEpoch: string | undefined;
  private absenceCountsAt = 0;
  private isSynced = false;
  private starting: Promise<void> | undefined;
  private onSynced: (() => void) | undefined;
  private stopWatching: (() => void) | undefined;
  private timers: NodeJS.Timeout[] = [];
  private reading: Promise<void> | undefined;
  private nextReading: Promise<void> | undefined;
  /** What the feed told while a read was under way, which may have been answered before. */
  private toldWhileReading: RouteEvent[] = [];

  constructor(
    private readonly table: RouteTable,
    private readonly clock: Clock,
    private readonly options: RouteViewOptions,
  ) {}

  /** Resolves after the first full read that succeeds, or when the view is closed. Idempotent. */
  async start(): Promise<void> {
    this.starting ??= this.begin();
    await this.starting;
  }

  private async begin(): Promise<void> {
    this.stopWatching = this.table.watch((event) => {
      this.apply(event);
    });
    this.timers = [
      setInterval(() => void this.pollLeases(), this.options.leaseMs / 2),
      setInterval(() => void this.refresh(), this.options.resyncMs),
    ];
    for (const timer of this.timers) timer.unref();
    const synced = new Promise<void>((resolve) => {
      this.onSynced = resolve;
    });
    await this.refresh();
    await synced;
  }

  close(): void {
    this.stopWatching?.();
    this.stopWatching = undefined;
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
    this.onSynced?.();
    this.starting = undefined;
  }

  /** Whether everything was read at least once since the start. */
  get isReady(): boolean {
    return this.isSynced;
  }

  /** Whether what a read does not show is gone: not before two lease periods of unbroken connection. */
  get doesAbsenceCount(): boolean {
    return this.table.isConnected() && this.clock.now() >= this.absenceCountsAt;
  }

  /** Of the directory that the view holds; undefined where registry-api never wrote one. */
  get currentEpoch(): string | undefined {
    return this.epoch;
  }

  /** Of the table at the last full read; undefined where the directory was never written, or is lost. */
  get tableEpoch(): string | undefined {
    return this.lastReadEpoch;
  }

  directoryRecord(serverId: string): DirectoryRecord | undefined {
    return this.copy.directory.get(serverId);
  }

  directoryRecords(): IterableIterator<DirectoryRecord> {
    return this.copy.directory.values();
  }

  /** The workers with a live lease. */
  liveWorkers(): WorkerRecord[] {
    return [...this.copy.workers.values()].filter((worker) => worker.isAlive).map((worker) => worker.record);
  }

  worker(incarnation: string): WorkerRecord | undefined {
    return this.copy.workers.get(incarnation)?.record;
  }

  isAlive(incarnation: string): boolean {
    return this.copy.workers.get(incarnation)?.isAlive ?? false;
  }

  /** Alive, and no connection to it was refused lately. */
  isTrusted(incarnation: string): boolean {
    const worker = this.copy.workers.get(incarnation);
    return worker !== undefined && worker.isAlive && worker.suspectedUntil <= this.clock.now();
  }

  /** All routes of a server, of live workers or not. */
  routesOf(serverId: string): RouteRecord[] {
    return this.copy.routesOf(serverId);
  }

  /** The ids of all servers that have a directory record or a route. */
  serverIds(): Set<string> {
    return this.copy.serverIds();
  }

  /** The routes of live workers at the newest generation that has one, draining ones left out unless there are no others. */
  servingRoutes(serverId: string): RouteRecord[] {
    const live = this.routesOf(serverId).filter((route) => this.isAlive(route.worker));
    const settled = live.filter((route) => route.state !== 'draining');
    const candidates = settled.length > 0 ? settled : live;
    const newest = Math.max(...candidates.map((route) => route.generation));
    return candidates.filter((route) => route.generation === newest);
  }

  /** A connection was refused: avoid this worker for one lease period, after which its lease shows whether it lives. */
  suspect(incarnation: string): void {
    const worker = this.copy.workers.get(incarnation);
    if (!worker) return;
    worker.suspectedUntil = this.clock.now() + this.options.leaseMs;
    void this.pollLeases();
  }

  /** Calls back with a server's id whenever something about it may have changed. @returns stops it */
  onChange(listener: (serverId: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves after a full read that began no earlier than now. One that fails changes nothing. */
  async refresh(): Promise<void> {
    if (this.reading) {
      // What the caller knows of may be younger than what that one gets to see.
      this.nextReading ??= this.reading.then(() => {
        this.nextReading = undefined;
        return this.refresh();
      });
      await this.nextReading;
      return;
    }
    this.reading = this.readAll().finally(() => {
      this.reading = undefined;
    });
    await this.reading;
  }

  private async readAll(): Promise<void> {
    this.toldWhileReading = [];
    try {
      this.merge(await this.table.read());
    } catch (error) {
      this.options.onReadFailed?.(error);
    }
  }

  private async pollLeases(): Promise<void> {
    if (!this.table.isConnected()) return;
    if (!this.isSynced) {
      await this.refresh();
      return;
    }
    try {
      const live = await this.table.liveWorkers();
      const isChanged =
        this.liveWorkers().some((worker) => !live.has(worker.incarnation)) ||
        [...live].some((incarnation) => !this.isAlive(incarnation));
      // A missing lease may also mean that all was lost: the full read tells by the epoch.
      if (isChanged) await this.refresh();
    } catch (error) {
      this.options.onReadFailed?.(error);
    }
  }

  private merge(snapshot: RouteSnapshot): void {
    // Another epoch than the known one: all was lost, and workers may not have written their part again yet.
    if (this.epoch !== undefined && snapshot.epoch !== this.epoch) this.postponeAbsence();
    this.lastReadEpoch = snapshot.epoch;
    this.epoch = snapshot.epoch ?? this.epoch;
    const before = this.copy.serverIds();
    // A read may succeed before the feed says that it is connected again: then the two lease periods have not begun.
    this.copy.merge(snapshot, this.doesAbsenceCount);
    for (const event of this.toldWhileReading.splice(0)) this.copy.apply(event);
    this.isSynced = true;
    this.onSynced?.();
    this.tell([...new Set([...before, ...this.copy.serverIds()])]);
  }

  private apply(event: RouteEvent): void {
    if (this.reading) this.toldWhileReading.push(event);
    // At the first read nothing is known, so nothing can be missed.
    if (this.isSynced && event.kind === 'disconnected') this.absenceCountsAt = Number.POSITIVE_INFINITY;
    if (this.isSynced && event.kind === 'connected') this.postponeAbsence();
    if (event.kind === 'epoch' || event.kind === 'connected') void this.refresh();
    this.tell(this.copy.apply(event));
  }

  private postponeAbsence(): void {
    this.absenceCountsAt = this.clock.now() + 2 * this.options.leaseMs;
  }

  private tell(serverIds: readonly string[]): void {
    for (const id of serverIds) for (const listener of [...this.listeners]) listener(id);
  }
}
