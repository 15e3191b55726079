import { DependencyUnavailable } from '@mcp-hub/domain';
import {
  RouteTable,
  type ClaimOutcome,
  type DirectoryRecord,
  type RouteEvent,
  type RouteKey,
  type RouteRecord,
  type RouteSnapshot,
  type WorkerRecord,
} from '../ports/route-table.port.js';

/**
 * A `RouteTable` for tests of its users: shows what the test sets, answers what the test says, notes what is called. It
 * has no rules of its own; where those matter, use a real adapter.
 */
export class ScriptedRouteTable extends RouteTable {
  snapshot: RouteSnapshot = { epoch: 'epoch-1', directory: [], workers: [], routes: [] };
  connected = true;
  claimOutcome: ClaimOutcome = 'granted';
  /** What `putRoute` answers. */
  takesRoutes = true;
  /** What `renewWorker` answers. */
  knowsWorker = true;
  leads = true;
  /** Methods that throw `DependencyUnavailable`. */
  readonly failing = new Set<string>();
  readonly calls: { method: string; args: readonly unknown[] }[] = [];
  /** Awaited by every call: a test may hold calls up. */
  gate: Promise<void> = Promise.resolve();
  private readonly listeners = new Set<(event: RouteEvent) => void>();

  /** The first arguments of all calls of a method. */
  called(method: string): unknown[] {
    return this.calls.filter((call) => call.method === method).map((call) => call.args[0]);
  }

  emit(event: RouteEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }

  async start(): Promise<void> {}
  async close(): Promise<void> {}
  async ping(): Promise<void> {
    await this.note('ping');
  }
  async putDirectory(record: DirectoryRecord): Promise<boolean> {
    await this.note('putDirectory', record);
    return true;
  }
  async rewriteDirectory(records: readonly DirectoryRecord[], epoch: string): Promise<void> {
    await this.note('rewriteDirectory', records, epoch);
    this.snapshot = { ...this.snapshot, directory: [...records], epoch };
  }
  async dropDirectory(id: string, generation: number): Promise<void> {
    await this.note('dropDirectory', id, generation);
  }
  async announceWorker(worker: WorkerRecord, leaseMs: number): Promise<void> {
    await this.note('announceWorker', worker, leaseMs);
  }
  async renewWorker(incarnation: string, leaseMs: number): Promise<boolean> {
    await this.note('renewWorker', incarnation, leaseMs);
    return this.knowsWorker;
  }
  async retireWorker(incarnation: string): Promise<void> {
    await this.note('retireWorker', incarnation);
  }
  async liveWorkers(): Promise<Set<string>> {
    await this.note('liveWorkers');
    return new Set(this.snapshot.workers.map((worker) => worker.incarnation));
  }
  async putRoute(route: RouteRecord): Promise<boolean> {
    await this.note('putRoute', route);
    return this.takesRoutes;
  }
  async removeRoute(key: RouteKey, worker: string): Promise<boolean> {
    await this.note('removeRoute', key, worker);
    return true;
  }
  async claim(key: RouteKey, worker: string, leaseMs: number): Promise<ClaimOutcome> {
    await this.note('claim', key, worker, leaseMs);
    return this.claimOutcome;
  }
  async releaseClaim(key: RouteKey, worker: string): Promise<void> {
    await this.note('releaseClaim', key, worker);
  }
  async lead(role: string, holder: string, leaseMs: number): Promise<boolean> {
    await this.note('lead', role, holder, leaseMs);
    return this.leads;
  }
  async read(): Promise<RouteSnapshot> {
    const seen = structuredClone(this.snapshot);
    await this.note('read');
    return seen;
  }
  watch(listener: (event: RouteEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  isConnected(): boolean {
    return this.connected;
  }

  private async note(method: string, ...args: unknown[]): Promise<void> {
    this.calls.push({ method, args });
    await this.gate;
    if (!this.connected || this.failing.has(method)) throw new DependencyUnavailable('routes');
  }
}
