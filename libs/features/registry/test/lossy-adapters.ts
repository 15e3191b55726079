import {
  RouteTable,
  type ClaimOutcome,
  type Clock,
  type DirectoryRecord,
  type LoadJob,
  type RouteEvent,
  type RouteKey,
  type RouteRecord,
  type RouteSnapshot,
  type WorkerRecord,
  type WorkerReport,
} from '@mcp-hub/application';
import { DependencyUnavailable } from '@mcp-hub/domain';
import { InProcessBlobExchange, InProcessLoadQueue, InProcessRouteTable } from '@mcp-hub/in-process';

/** The messages between the services that a test may lose. */
export const messageKinds = [
  'directory_write',
  'load_job',
  'healthy_report',
  'failed_report',
  'blob_missing_report',
  'document',
  'capabilities',
  'route_write',
  'route_removal',
  'claim_release',
  'directory_event',
  'route_event',
  'worker_event',
] as const;
export type MessageKind = (typeof messageKinds)[number];

/** Loses the next messages of a kind. */
export class Loss {
  private readonly armed = new Map<MessageKind, number>();
  readonly lost: MessageKind[] = [];

  arm(kind: MessageKind, count = 1): void {
    this.armed.set(kind, count);
  }

  /** Whether this one is lost. */
  takes(kind: MessageKind): boolean {
    const left = this.armed.get(kind) ?? 0;
    if (left === 0) return false;
    this.armed.set(kind, left - 1);
    this.lost.push(kind);
    return true;
  }
}

export class LossyLoadQueue extends InProcessLoadQueue {
  constructor(private readonly loss: Loss) {
    super({ closeTimeoutMs: 100, reportRetryDelayMs: 20 });
  }
  override async enqueue(job: LoadJob): Promise<void> {
    if (!this.loss.takes('load_job')) await super.enqueue(job);
  }
  override async report(report: WorkerReport): Promise<void> {
    const kind = report.kind === 'blob_missing' ? 'blob_missing_report' : (`${report.report.outcome}_report` as const);
    if (!this.loss.takes(kind)) await super.report(report);
  }
}

export class LossyBlobExchange extends InProcessBlobExchange {
  private readonly gone = new Set<string>();

  constructor(
    clock: Clock,
    private readonly loss: Loss,
  ) {
    super({ clock });
  }
  override async put(content: Uint8Array, ttlMs: number): Promise<string> {
    const hash = await super.put(content, ttlMs);
    const isCapabilities = new TextDecoder().decode(content).includes('"serverInfo"');
    if (this.loss.takes(isCapabilities ? 'capabilities' : 'document')) this.gone.add(hash);
    else this.gone.delete(hash);
    return hash;
  }
  override async get(hash: string): Promise<Uint8Array | undefined> {
    return this.gone.has(hash) ? undefined : super.get(hash);
  }
  override async renew(hash: string, ttlMs: number): Promise<boolean> {
    return !this.gone.has(hash) && super.renew(hash, ttlMs);
  }
}

/** One client's way to the table, on which messages get lost; `forget` loses what the table holds. */
export class LossyRouteTable extends RouteTable {
  /** As for a moment when a lease runs out under its holder. */
  everybodyLeads = false;
  /** Nothing comes through any more, either way. */
  isCut = false;

  constructor(
    private readonly server: { table: InProcessRouteTable; listeners: Set<(event: RouteEvent) => void> },
    private readonly loss: Loss,
  ) {
    super();
  }

  async start(): Promise<void> {}
  async close(): Promise<void> {}
  async ping(): Promise<void> {}
  isConnected(): boolean {
    return !this.isCut;
  }
  private get table(): InProcessRouteTable {
    if (this.isCut) throw new DependencyUnavailable('routes');
    return this.server.table;
  }
  async putDirectory(record: DirectoryRecord): Promise<boolean> {
    return this.loss.takes('directory_write') || this.table.putDirectory(record);
  }
  async rewriteDirectory(records: readonly DirectoryRecord[], epoch: string): Promise<void> {
    return this.table.rewriteDirectory(records, epoch);
  }
  async dropDirectory(id: string, generation: number): Promise<void> {
    return this.table.dropDirectory(id, generation);
  }
  async announceWorker(worker: WorkerRecord, leaseMs: number): Promise<void> {
    return this.table.announceWorker(worker, leaseMs);
  }
  async renewWorker(incarnation: string, leaseMs: number): Promise<boolean> {
    return this.table.renewWorker(incarnation, leaseMs);
  }
  async retireWorker(incarnation: string): Promise<void> {
    return this.table.retireWorker(incarnation);
  }
  async liveWorkers(): Promise<Set<string>> {
    return this.table.liveWorkers();
  }
  async putRoute(route: RouteRecord): Promise<boolean> {
    return this.loss.takes('route_write') || this.table.putRoute(route);
  }
  async removeRoute(key: RouteKey, worker: string): Promise<boolean> {
    return this.loss.takes('route_removal') || this.table.removeRoute(key, worker);
  }
  async claim(key: RouteKey, worker: string, leaseMs: number): Promise<ClaimOutcome> {
    return this.table.claim(key, worker, leaseMs);
  }
  async releaseClaim(key: RouteKey, worker: string): Promise<void> {
    if (!this.loss.takes('claim_release')) await this.table.releaseClaim(key, worker);
  }
  async lead(role: string, holder: string, leaseMs: number): Promise<boolean> {
    return this.everybodyLeads || this.table.lead(role, holder, leaseMs);
  }
  async read(): Promise<RouteSnapshot> {
    return this.table.read();
  }
  watch(listener: (event: RouteEvent) => void): () => void {
    const passing = (event: RouteEvent): void => {
      if (this.isCut) return;
      const kind = eventKinds[event.kind];
      if (kind === undefined || !this.loss.takes(kind)) listener(event);
    };
    this.server.listeners.add(passing);
    return () => this.server.listeners.delete(passing);
  }
}

const eventKinds: Partial<Record<RouteEvent['kind'], MessageKind>> = {
  directory: 'directory_event',
  route: 'route_event',
  route_gone: 'route_event',
  worker: 'worker_event',
  worker_gone: 'worker_event',
};

/** The table's server: everything in it can be lost at once, without its clients being told. */
export class ForgetfulServer {
  table: InProcessRouteTable;
  readonly listeners = new Set<(event: RouteEvent) => void>();

  constructor(private readonly clock: Clock) {
    this.table = this.empty();
  }
  forget(): void {
    this.table = this.empty();
  }
  private empty(): InProcessRouteTable {
    const table = new InProcessRouteTable({ clock: this.clock });
    table.watch((event) => {
      for (const listener of [...this.listeners]) listener(event);
    });
    return table;
  }
}
