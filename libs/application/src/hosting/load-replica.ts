import { LoadFailed, type ServerEntry } from '@mcp-hub/domain';
import type { BlobExchange } from '../ports/blob-store.port.js';
import type { Clock } from '../ports/clock.port.js';
import type { LoadAttempt, LoadJob, LoadQueue } from '../ports/load-queue.port.js';
import type { LoadContext, Loader, LoadRequest } from '../ports/loader.port.js';
import type { Log } from '../ports/log.port.js';
import type { McpBackend } from '../ports/mcp-backend.port.js';
import type { RouteKey, RouteTable } from '../ports/route-table.port.js';
import type { RouteView } from '../routing/route-view.js';
import { hostedKey, type HostedEndpoint, type HostedServer, type HostedServers } from './hosted-servers.js';
import { installTimeout, prepareMs, startTimeout, untilDeadline } from './load-deadline.js';
import { asLoadFailed } from './load-failure.js';
import { RecordChanges, type Delay } from './record-changes.js';
import { ReplicaReports, storedEntryOf } from './replica-reports.js';

export interface LoadingParts<Endpoint extends HostedEndpoint> {
  routes: RouteTable;
  view: RouteView;
  queue: LoadQueue;
  exchange: BlobExchange;
  hosted: HostedServers<Endpoint>;
  loaders: ReadonlyMap<string, Loader>;
  /** Opens sealed secrets and resolves references. @throws LoadFailed naming the variable */
  revealEntry: (entry: ServerEntry) => ServerEntry;
  makeEndpoint: (key: RouteKey, entry: ServerEntry, backend: McpBackend) => Endpoint;
  clock: Clock;
  timers: Delay;
  log: Log;
}

/** A replica that nobody else takes so often is loaded beside its sibling. */
const mostPasses = 3;

export interface LoadOptions {
  incarnation: string;
  /** For the load as a whole. */
  timeoutMs: number;
  claimLeaseMs: number;
}

/**
 * Runs one load job: takes the claim, loads, serves, reports. A job that is outdated, in hand already, claimed by
 * another worker or served already is dropped, so duplicates are harmless. What this very worker serves is reported
 * once more: whoever sends such a job has missed the report.
 */
export class LoadReplica<Endpoint extends HostedEndpoint = HostedEndpoint> {
  private readonly reports: ReplicaReports;
  private readonly changes: RecordChanges;
  /** A claim is granted again to its holder: it keeps other workers away, not a duplicate on this one. */
  private readonly inHand = new Map<string, RouteKey>();

  constructor(
    private readonly parts: LoadingParts<Endpoint>,
    private readonly options: LoadOptions,
  ) {
    this.reports = new ReplicaReports(parts, options.incarnation);
    this.changes = new RecordChanges({ ...parts, reports: this.reports }, options);
  }

  /** @throws LoadFailed after a failed attempt; the last one has been reported by then */
  async execute(job: LoadJob, attempt: LoadAttempt): Promise<void> {
    const key: RouteKey = { serverId: job.serverId, generation: job.generation, replica: job.replica };
    const name = hostedKey(key);
    if (this.inHand.has(name)) return;
    this.inHand.set(name, key);
    try {
      const hosted = this.parts.hosted.find(key);
      if (hosted) await this.reportAgain(job, hosted, attempt.signal);
      else if (this.isOutdated(job)) this.parts.log.debug('load.outdated', { ...key });
      else if (this.isBetterElsewhere(job)) await this.passOn(job);
      else await this.loadClaimed(job, key, attempt);
    } finally {
      this.inHand.delete(name);
    }
  }

  private async loadClaimed(job: LoadJob, key: RouteKey, attempt: LoadAttempt): Promise<void> {
    const { routes, log } = this.parts;
    const claim = await routes.claim(key, this.options.incarnation, this.options.claimLeaseMs);
    if (claim !== 'granted') {
      log.debug('load.dropped', { ...key, claim });
      return;
    }
    const renewal = setInterval(() => {
      this.renewClaim(key);
    }, this.options.claimLeaseMs / 3);
    try {
      await this.load(job, key, attempt.signal);
    } catch (error) {
      const failure = asLoadFailed(error);
      if (attempt.signal.aborted) {
        log.info('load.given_back', { ...key });
        throw failure;
      }
      log.warn('load.failed', { ...key, attempt: attempt.attempt, code: failure.code, reason: failure.message });
      if (attempt.isLast || !failure.isTransient) await this.reports.failed(job, failure);
      throw failure;
    } finally {
      clearInterval(renewal);
      await this.releaseClaim(key);
    }
  }

  private isOutdated(job: LoadJob): boolean {
    // After an outage a queue brings old jobs again, before the workers have renewed the leases that ran out meanwhile.
    if (!this.parts.view.doesAbsenceCount && this.isServed(job)) return true;
    const record = this.parts.view.directoryRecord(job.serverId);
    if (!record) return false;
    if (record.state !== 'enabled' && record.generation >= job.generation) return true;
    if (record.generation <= job.generation) return false;
    return !job.isFallback || this.isReplaced(job);
  }

  /** Replicas are there to survive a worker, so they are spread as far as workers go. */
  private isBetterElsewhere({ serverId, generation, replica, loaderType, passes = 0 }: LoadJob): boolean {
    if (passes >= mostPasses) return false;
    const { view, hosted } = this.parts;
    const isSibling = (key: RouteKey): boolean =>
      key.serverId === serverId && key.generation === generation && key.replica !== replica;
    if (![...this.inHand.values(), ...hosted.all().map(({ key }) => key)].some(isSibling)) return false;
    const hosts = new Set(
      view
        .routesOf(serverId)
        .filter(isSibling)
        .map((route) => route.worker),
    );
    return view
      .liveWorkers()
      .some(
        (worker) =>
          worker.incarnation !== this.options.incarnation &&
          !worker.isDraining &&
          worker.loaders.includes(loaderType) &&
          !hosts.has(worker.incarnation),
      );
  }

  /** Whoever has waited longest for a job gets it next. */
  private async passOn(job: LoadJob): Promise<void> {
    const passes = (job.passes ?? 0) + 1;
    this.parts.log.debug('load.passed_on', { serverId: job.serverId, replica: job.replica, passes });
    await this.parts.queue.enqueue({ ...job, passes });
  }

  private isServed({ serverId, generation, replica }: RouteKey): boolean {
    return this.parts.view
      .servingRoutes(serverId)
      .some((route) => route.replica === replica && route.generation === generation && route.state !== 'draining');
  }

  private isReplaced({ serverId, generation, replica }: RouteKey): boolean {
    return this.parts.view
      .servingRoutes(serverId)
      .some((route) => route.replica === replica && route.generation > generation && route.state === 'healthy');
  }

  private async load(job: LoadJob, key: RouteKey, abandoned: AbortSignal): Promise<void> {
    const { parts } = this;
    const startedAt = parts.clock.now();
    const loader = parts.loaders.get(job.loaderType);
    if (!loader)
      throw new LoadFailed('no_capacity', `This worker has no "${job.loaderType}" loader.`, 'Check worker.loaders.');
    const spec = job.specHash === undefined ? undefined : await parts.exchange.get(job.specHash);
    if (job.specHash !== undefined && !spec) {
      await parts.queue.report({ kind: 'blob_missing', ...key, hash: job.specHash });
      return;
    }
    const given = { entry: parts.revealEntry(job.entry), generation: job.generation, ...(spec ? { spec } : {}) };
    const context: LoadContext = {
      signal: abandoned,
      log: (stream, text) => {
        parts.log.debug('server.output', { ...key, stream, length: text.length });
      },
    };
    const request = await this.prepare(loader, given, context);
    const { entry } = request;
    const deadline = AbortSignal.any([abandoned, AbortSignal.timeout(this.options.timeoutMs)]);
    const loading = loader.load(request, { ...context, signal: deadline });
    const backend = await this.untilDeadline(loading, deadline).catch((error: unknown) => {
      // One that comes up too late belongs to nobody.
      void loading.then(
        (late) => late.close(),
        () => undefined,
      );
      throw error;
    });
    let exit: Error | undefined;
    backend.onExit((reason) => {
      exit = reason;
      void this.handleExit(job, key, backend, reason);
    });
    try {
      const beginRecording = this.changes.watch(job, key, backend);
      const { toolCount, capabilitiesHash } = await this.record(backend, deadline);
      if (exit) throw asLoadFailed(exit);
      const endpoint = parts.makeEndpoint(key, entry, backend);
      if (!(await parts.hosted.add({ key, stored: storedEntryOf(job), backend, endpoint, weight: loader.weight })))
        return;
      parts.log.info('server.loaded', {
        ...key,
        loader: job.loaderType,
        tools: toolCount,
        durationMs: parts.clock.now() - startedAt,
      });
      await this.reportHealthy(job, key, capabilitiesHash);
      beginRecording();
    } catch (error) {
      await backend.close();
      throw error;
    }
  }

  /** What is fetched first has a deadline of its own, so that a slow registry does not count as a slow server. */
  private async prepare(loader: Loader, request: LoadRequest, context: LoadContext): Promise<LoadRequest> {
    if (!loader.prepare) return request;
    const deadline = AbortSignal.any([context.signal, AbortSignal.timeout(prepareMs)]);
    return untilDeadline(loader.prepare(request, { ...context, signal: deadline }), deadline, installTimeout);
  }

  private record(backend: McpBackend, deadline: AbortSignal) {
    return this.untilDeadline(this.reports.record(backend, deadline), deadline);
  }

  private async reportAgain(job: LoadJob, hosted: HostedServer<Endpoint>, abandoned: AbortSignal): Promise<void> {
    const deadline = AbortSignal.any([abandoned, AbortSignal.timeout(this.options.timeoutMs)]);
    try {
      await this.parts.hosted.publish(hosted);
      const { capabilitiesHash } = await this.record(hosted.backend, deadline);
      await this.reportHealthy(job, hosted.key, capabilitiesHash);
    } catch (error) {
      // It serves as well as before, and the reconciler asks again.
      this.parts.log.warn('server.not_reported', { ...hosted.key, error });
    }
  }

  /** The server serves, reported or not: the reconciler asks again for what it misses. */
  private async reportHealthy(job: LoadJob, key: RouteKey, capabilitiesHash: string): Promise<void> {
    try {
      await this.reports.healthy(job, capabilitiesHash);
      const hosted = this.parts.hosted.find(key);
      if (hosted) hosted.reportedHash = capabilitiesHash;
    } catch (error) {
      this.parts.log.warn('server.not_reported', { serverId: job.serverId, generation: job.generation, error });
    }
  }

  /** A server that ended by itself is out of service; the reconciler loads it again from `nextRetryAt` on. */
  private async handleExit(job: LoadJob, key: RouteKey, backend: McpBackend, reason: Error): Promise<void> {
    try {
      if (!(await this.parts.hosted.drop(key, backend))) return;
      const failure = asLoadFailed(reason);
      this.parts.log.warn('server.ended', { ...key, code: failure.code, reason: failure.message });
      await this.reports.failed(job, failure);
    } catch (error) {
      this.parts.log.error('server.exit_not_reported', { ...key, error });
    }
  }

  private untilDeadline<T>(work: Promise<T>, deadline: AbortSignal): Promise<T> {
    return untilDeadline(work, deadline, () => startTimeout(this.options.timeoutMs));
  }

  private renewClaim(key: RouteKey): void {
    this.parts.routes.claim(key, this.options.incarnation, this.options.claimLeaseMs).catch((error: unknown) => {
      this.parts.log.warn('claim.not_renewed', { ...key, error });
    });
  }

  private async releaseClaim(key: RouteKey): Promise<void> {
    try {
      await this.parts.routes.releaseClaim(key, this.options.incarnation);
    } catch (error) {
      // It runs out by its lease.
      this.parts.log.warn('claim.not_released', { ...key, error });
    }
  }
}
