import {
  RouteTable,
  type ClaimOutcome,
  type Clock,
  type DirectoryRecord,
  type RouteEvent,
  type RouteKey,
  type RouteRecord,
  type RouteSnapshot,
  type WorkerRecord,
} from '@mcp-hub/application';
import { ExpiringMap } from './expiring-map.js';

/**
 * The route table of a hub that is one process. Records are copied in and out, and events come after the call that
 * makes them, so that its users see what they would see of a server.
 */
export class InProcessRouteTable extends RouteTable {
  private readonly directory = new Map<string, DirectoryRecord>();
  private readonly routes = new Map<string, RouteRecord>();
  private readonly workers: ExpiringMap<WorkerRecord>;
  private readonly claims: ExpiringMap<string>;
  private readonly leaders: ExpiringMap<string>;
  private readonly listeners = new Set<(event: RouteEvent) => void>();
  private epoch: string | undefined;
  private isStarted = false;

  constructor({ clock }: { clock: Clock }) {
    super();
    this.workers = new ExpiringMap(clock);
    this.claims = new ExpiringMap(clock);
    this.leaders = new ExpiringMap(clock);
  }

  async start(): Promise<void> {
    if (this.isStarted) return;
    this.isStarted = true;
    this.tell({ kind: 'connected' });
  }

  async close(): Promise<void> {
    this.isStarted = false;
  }

  async ping(): Promise<void> {}

  async putDirectory(record: DirectoryRecord): Promise<boolean> {
    const known = this.directory.get(record.id);
    if (known && isNewer(known, record)) return false;
    this.directory.set(record.id, structuredClone(record));
    this.tell({ kind: 'directory', record });
    return true;
  }

  async rewriteDirectory(records: readonly DirectoryRecord[], epoch: string): Promise<void> {
    for (const record of records) await this.putDirectory(record);
    this.epoch = epoch;
    this.tell({ kind: 'epoch', epoch });
  }

  async dropDirectory(id: string, generation: number): Promise<void> {
    if (this.directory.get(id)?.generation === generation) this.directory.delete(id);
  }

  async announceWorker(worker: WorkerRecord, leaseMs: number): Promise<void> {
    this.workers.set(worker.incarnation, structuredClone(worker), leaseMs);
    this.tell({ kind: 'worker', record: worker });
  }

  async renewWorker(incarnation: string, leaseMs: number): Promise<boolean> {
    return this.workers.extend(incarnation, leaseMs);
  }

  async retireWorker(incarnation: string): Promise<void> {
    for (const route of this.routes.values()) if (route.worker === incarnation) this.dropRoute(route);
    for (const [claim, holder] of this.claims) if (holder === incarnation) this.claims.delete(claim);
    if (this.workers.delete(incarnation)) this.tell({ kind: 'worker_gone', incarnation });
  }

  async liveWorkers(): Promise<Set<string>> {
    return new Set([...this.workers].map(([incarnation]) => incarnation));
  }

  async putRoute(route: RouteRecord): Promise<boolean> {
    const field = fieldOf(route);
    if (this.isServed(field) && this.routes.get(field)?.worker !== route.worker) return false;
    this.routes.set(field, structuredClone(route));
    this.tell({ kind: 'route', route });
    return true;
  }

  async removeRoute(key: RouteKey, worker: string): Promise<boolean> {
    const route = this.routes.get(fieldOf(key));
    if (route?.worker !== worker) return false;
    this.dropRoute(route);
    return true;
  }

  async claim(key: RouteKey, worker: string, leaseMs: number): Promise<ClaimOutcome> {
    const field = fieldOf(key);
    if (this.isServed(field)) return 'served';
    return takeLease(this.claims, field, worker, leaseMs) ? 'granted' : 'held';
  }

  async releaseClaim(key: RouteKey, worker: string): Promise<void> {
    const field = fieldOf(key);
    if (this.claims.get(field) === worker) this.claims.delete(field);
  }

  async lead(role: string, holder: string, leaseMs: number): Promise<boolean> {
    return takeLease(this.leaders, role, holder, leaseMs);
  }

  async read(): Promise<RouteSnapshot> {
    return structuredClone({
      epoch: this.epoch,
      directory: [...this.directory.values()],
      workers: [...this.workers].map(([, worker]) => worker),
      routes: [...this.routes.values()],
    });
  }

  watch(listener: (event: RouteEvent) => void): () => void {
    // One function may be given twice; each stops for itself.
    const registered = (event: RouteEvent) => listener(event);
    this.listeners.add(registered);
    return () => this.listeners.delete(registered);
  }

  isConnected(): boolean {
    return this.isStarted;
  }

  private isServed(field: string): boolean {
    const route = this.routes.get(field);
    return route !== undefined && route.state !== 'draining' && this.workers.has(route.worker);
  }

  private dropRoute(route: RouteRecord): void {
    const { serverId, generation, replica, worker } = route;
    this.routes.delete(fieldOf(route));
    this.tell({ kind: 'route_gone', key: { serverId, generation, replica }, worker });
  }

  private tell(event: RouteEvent): void {
    for (const listener of this.listeners) {
      const copy = structuredClone(event);
      queueMicrotask(() => {
        if (this.listeners.has(listener)) listener(copy);
      });
    }
  }
}

function isNewer(one: DirectoryRecord, other: DirectoryRecord): boolean {
  return one.generation > other.generation || (one.generation === other.generation && one.revision > other.revision);
}

function fieldOf({ serverId, generation, replica }: RouteKey): string {
  return JSON.stringify([serverId, generation, replica]);
}

/** Takes or renews what at most one holds at a time. @returns false where another holds it */
function takeLease(leases: ExpiringMap<string>, name: string, holder: string, leaseMs: number): boolean {
  const current = leases.get(name);
  if (current !== undefined && current !== holder) return false;
  leases.set(name, holder, leaseMs);
  return true;
}
