import type { Clock } from '../ports/clock.port.js';
import type { LoadJob } from '../ports/load-queue.port.js';
import type { Log } from '../ports/log.port.js';
import type { McpBackend } from '../ports/mcp-backend.port.js';
import type { RouteKey } from '../ports/route-table.port.js';
import type { HostedServer } from './hosted-servers.js';
import { startTimeout, untilDeadline } from './load-deadline.js';
import type { ReplicaReports } from './replica-reports.js';

/** Delayed work that keeps no process alive. */
export interface Delay {
  after(ms: number, run: () => void): () => void;
}

export interface RecordChangesParts {
  reports: Pick<ReplicaReports, 'record' | 'healthy'>;
  hosted: { find(key: RouteKey): Pick<HostedServer, 'backend' | 'reportedHash'> | undefined };
  timers: Delay;
  clock: Clock;
  log: Log;
}

/** Changes come in groups: what follows within this time is recorded with the first. */
const gatherMs = 500;
/** A server may change its lists without end; each record is a blob that is kept for a while. */
const spacingMs = 5_000;
/** Before the next attempt, where a record could not be made or reported. */
const retryMs = 30_000;

const allLists = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };

/**
 * Keeps what the registry has recorded of servers equal to what they have: when one tells that its lists have changed,
 * or what it has to say of itself, it is asked again, and reported as healthy with that.
 */
export class RecordChanges {
  constructor(
    private readonly parts: RecordChangesParts,
    private readonly options: { timeoutMs: number },
  ) {}

  /**
   * To be called before the first record is made, so that no change is missed.
   * @returns to be called once the server is in service and reported: records begin
   */
  watch(job: LoadJob, key: RouteKey, backend: McpBackend): () => void {
    const watched = new WatchedServer(this.parts, this.options.timeoutMs, { job, key, backend });
    watched.listen();
    return () => {
      watched.begin();
    };
  }
}

class WatchedServer {
  private isDue = false;
  /** Until it has begun, and while a record is waited for or made. */
  private isBusy = true;
  private lastRecordedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly parts: RecordChangesParts,
    private readonly timeoutMs: number,
    private readonly server: { job: LoadJob; key: RouteKey; backend: McpBackend },
  ) {}

  /** Nothing has to be ended: a backend forgets its listeners when it is closed. */
  listen(): void {
    const { backend } = this.server;
    const changed = (): void => {
      this.isDue = true;
      this.schedule(gatherMs);
    };
    backend.listen(allLists, (method) => {
      if (method.endsWith('/list_changed')) changed();
    });
    backend.onRemarks?.(changed);
  }

  begin(): void {
    this.isBusy = false;
    if (this.isDue) this.schedule(gatherMs);
  }

  private schedule(atLeastMs: number): void {
    if (this.isBusy) return;
    this.isBusy = true;
    const sinceLast = this.parts.clock.now() - this.lastRecordedAt;
    // A clock may be set back.
    const spaceMs = Math.min(spacingMs, spacingMs - sinceLast);
    this.parts.timers.after(Math.max(atLeastMs, spaceMs), () => void this.run());
  }

  private async run(): Promise<void> {
    this.isDue = false;
    let atLeastMs = gatherMs;
    try {
      await this.record();
    } catch (error) {
      this.isDue = true;
      atLeastMs = retryMs;
      if (this.findHosted()) this.parts.log.warn('server.change_not_recorded', { ...this.server.key, error });
    }
    this.isBusy = false;
    if (this.isDue && this.findHosted()) this.schedule(atLeastMs);
  }

  /** undefined once it is out of service. */
  private findHosted() {
    const hosted = this.parts.hosted.find(this.server.key);
    return hosted?.backend === this.server.backend ? hosted : undefined;
  }

  private async record(): Promise<void> {
    if (!this.findHosted()) return;
    const { reports, clock, log } = this.parts;
    const { job, key, backend } = this.server;
    const deadline = AbortSignal.timeout(this.timeoutMs);
    const late = () => startTimeout(this.timeoutMs);
    const { toolCount, capabilitiesHash } = await untilDeadline(reports.record(backend, deadline), deadline, late);
    this.lastRecordedAt = clock.now();
    const hosted = this.findHosted();
    // A server that has ended was reported so meanwhile, which must stay the last word.
    if (!hosted || hosted.reportedHash === capabilitiesHash) return;
    await reports.healthy(job, capabilitiesHash);
    hosted.reportedHash = capabilitiesHash;
    log.info('server.recorded_again', { ...key, tools: toolCount });
  }
}
