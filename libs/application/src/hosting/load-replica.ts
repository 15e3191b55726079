import { HubError, LoadFailed, SecretUnreadable, type ServerEntry } from '@mcp-hub/domain';
import type { BlobExchange } from '../ports/blob-store.port.js';
import type { Clock } from '../ports/clock.port.js';
import type { LoadAttempt, LoadJob, LoadQueue } from '../ports/load-queue.port.js';
import type { Loader } from '../ports/loader.port.js';
import type { Log } from '../ports/log.port.js';
import type { McpBackend } from '../ports/mcp-backend.port.js';
import type { ReplicaReport, StoredEntry } from '../ports/registry-store.port.js';
import type { RouteKey, RouteTable } from '../ports/route-table.port.js';
import { exchangeTtlMs } from '../registry/announce-desired-state.js';
import type { RouteView } from '../routing/route-view.js';
import type { HostedEndpoint, HostedServers } from './hosted-servers.js';

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
  log: Log;
}

export interface LoadOptions {
  incarnation: string;
  /** For the load as a whole. */
  timeoutMs: number;
  claimLeaseMs: number;
}

const firstRetryMs = 60_000;
const longestRetryMs = 3_600_000;

/**
 * Runs one load job: takes the claim, loads, serves, reports. A job that is outdated, claimed by another worker or
 * served already is dropped, so duplicates are harmless.
 */
export class LoadReplica<Endpoint extends HostedEndpoint = HostedEndpoint> {
  private lastSequence = 0;

  constructor(
    private readonly parts: LoadingParts<Endpoint>,
    private readonly options: LoadOptions,
  ) {}

  /** @throws LoadFailed after a failed attempt; the last one has been reported by then */
  async execute(job: LoadJob, attempt: LoadAttempt): Promise<void> {
    const { routes, log } = this.parts;
    const key: RouteKey = { serverId: job.serverId, generation: job.generation, replica: job.replica };
    if (this.isOutdated(job)) {
      log.debug('load.outdated', { ...key });
      return;
    }
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
      log.warn('load.failed', { ...key, attempt: attempt.attempt, code: failure.code, reason: failure.message });
      const isOver = attempt.isLast || !failure.isTransient;
      if (isOver && !attempt.signal.aborted) await this.reportFailure(job, failure);
      throw failure;
    } finally {
      clearInterval(renewal);
      await this.releaseClaim(key);
    }
  }

  private isOutdated(job: LoadJob): boolean {
    const record = this.parts.view.directoryRecord(job.serverId);
    if (!record) return false;
    if (record.state !== 'enabled' && record.generation >= job.generation) return true;
    return record.generation > job.generation && !job.isFallback;
  }

  private async load(job: LoadJob, key: RouteKey, abandoned: AbortSignal): Promise<void> {
    const { parts } = this;
    const startedAt = parts.clock.now();
    const loader = parts.loaders.get(job.loaderType);
    if (!loader) throw new LoadFailed('no_capacity', `This worker has no "${job.loaderType}" loader.`, 'Check worker.loaders.');
    const spec = job.specHash === undefined ? undefined : await parts.exchange.get(job.specHash);
    if (job.specHash !== undefined && !spec) {
      await parts.queue.report({ kind: 'blob_missing', ...key, hash: job.specHash });
      return;
    }
    const entry = parts.revealEntry(job.entry);
    const deadline = AbortSignal.any([abandoned, AbortSignal.timeout(this.options.timeoutMs)]);
    const loading = loader.load(
      { entry, generation: job.generation, ...(spec ? { spec } : {}) },
      {
        signal: deadline,
        log: (stream, text) => {
          parts.log.debug('server.output', { ...key, stream, length: text.length });
        },
      },
    );
    const backend = await this.untilDeadline(loading, deadline).catch((error: unknown) => {
      // One that comes up too late belongs to nobody.
      void loading.then(
        (late) => late.close(),
        () => undefined,
      );
      throw error;
    });
    try {
      const description = await this.untilDeadline(backend.describe(deadline), deadline);
      const capabilitiesHash = await parts.exchange.put(
        new TextEncoder().encode(JSON.stringify(description)),
        exchangeTtlMs,
      );
      await this.serve(job, key, backend, entry, capabilitiesHash);
      parts.log.info('server.loaded', {
        ...key,
        loader: job.loaderType,
        tools: description.tools.length,
        durationMs: parts.clock.now() - startedAt,
      });
    } catch (error) {
      await backend.close();
      throw error;
    }
  }

  private async serve(
    job: LoadJob,
    key: RouteKey,
    backend: McpBackend,
    entry: ServerEntry,
    capabilitiesHash: string,
  ): Promise<void> {
    const { hosted, queue, makeEndpoint } = this.parts;
    backend.onExit((reason) => void this.handleExit(job, key, backend, reason));
    const endpoint = makeEndpoint(key, entry, backend);
    const stored: StoredEntry = { entry: job.entry, ...(job.specHash ? { specHash: job.specHash } : {}) };
    if (!(await hosted.add({ key, stored, backend, endpoint }))) return;
    await queue.report({
      kind: 'replica',
      stored,
      report: { ...this.reportBase(job), outcome: 'healthy', failures: 0, capabilitiesHash },
    });
  }

  /** A server that ended by itself is out of service; the reconciler loads it again from `nextRetryAt` on. */
  private async handleExit(job: LoadJob, key: RouteKey, backend: McpBackend, reason: Error): Promise<void> {
    try {
      if (!(await this.parts.hosted.drop(key, backend))) return;
      const failure = reason instanceof LoadFailed ? reason : crashed(reason);
      this.parts.log.warn('server.ended', { ...key, code: failure.code, reason: failure.message });
      await this.reportFailure(job, failure);
    } catch (error) {
      this.parts.log.error('server.exit_not_reported', { ...key, error });
    }
  }

  private async reportFailure(job: LoadJob, failure: LoadFailed): Promise<void> {
    const failures = job.priorFailures + 1;
    const now = this.parts.clock.now();
    const waitMs = Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs);
    await this.parts.queue.report({
      kind: 'replica',
      stored: { entry: job.entry, ...(job.specHash ? { specHash: job.specHash } : {}) },
      report: {
        ...this.reportBase(job),
        outcome: 'failed',
        failures,
        failure: {
          code: failure.code,
          message: failure.message,
          remedy: failure.remedy,
          since: new Date(now).toISOString(),
          stage: 'loading',
          ...(failure.isTransient ? { nextRetryAt: new Date(now + waitMs).toISOString() } : {}),
        },
      },
    });
  }

  private reportBase(job: LoadJob): Pick<
    ReplicaReport,
    'serverId' | 'generation' | 'replica' | 'sequence' | 'worker' | 'at'
  > {
    const now = this.parts.clock.now();
    this.lastSequence = Math.max(now, this.lastSequence + 1, job.afterSequence + 1);
    return {
      serverId: job.serverId,
      generation: job.generation,
      replica: job.replica,
      sequence: this.lastSequence,
      worker: this.options.incarnation,
      at: new Date(now).toISOString(),
    };
  }

  /** Loaders are told of the deadline by the signal; one that does not listen is left behind. */
  private async untilDeadline<T>(work: Promise<T>, deadline: AbortSignal): Promise<T> {
    let onAbort: (() => void) | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      onAbort = (): void => {
        const seconds = this.options.timeoutMs / 1000;
        reject(
          new LoadFailed(
            'start_timeout',
            `The server was not ready within ${seconds} s.`,
            'See whether it starts by hand; a slow one needs a larger loader.timeout.',
          ),
        );
      };
      if (deadline.aborted) onAbort();
      else deadline.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      if (onAbort) deadline.removeEventListener('abort', onAbort);
    }
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

function asLoadFailed(error: unknown): LoadFailed {
  if (error instanceof LoadFailed) return error;
  if (error instanceof SecretUnreadable) {
    return new LoadFailed('secret_unreadable', error.message, 'See secrets.key.', { cause: error });
  }
  if (error instanceof HubError && error.kind === 'unavailable') {
    return new LoadFailed('install_failed', error.message, 'The hub tries again by itself.', { cause: error });
  }
  return crashed(error);
}

function crashed(error: unknown): LoadFailed {
  const reason = error instanceof Error ? error.message : String(error);
  return new LoadFailed('crashed', `The server ended: ${reason}`, 'See the server’s log for what it printed last.', {
    cause: error,
  });
}
