import type { Log } from '../ports/log.port.js';
import type { RouteTable, WorkerRecord } from '../ports/route-table.port.js';
import type { HostedServers } from './hosted-servers.js';

/**
 * Keeps this worker's lease alive. When the table may have forgotten it (a connection that was lost, lost data, a lease
 * that ran out), it announces the worker and its routes again.
 */
export class WorkerPresence {
  private timer: NodeJS.Timeout | undefined;
  private stopWatching: (() => void) | undefined;
  private renewing: Promise<void> | undefined;
  /** Until the worker and all of its routes were written since the connection was last made. */
  private mustAnnounce = true;
  private isGone = false;

  constructor(
    private readonly routes: RouteTable,
    private readonly hosted: Pick<HostedServers, 'publishAgain'>,
    private readonly log: Log,
    private worker: WorkerRecord,
    private readonly leaseMs: number,
  ) {}

  /** @param url where the internal port is reached; undefined in one process */
  async start(url?: string): Promise<void> {
    if (url !== undefined) this.worker = { ...this.worker, url };
    await this.renew();
    this.stopWatching = this.routes.watch((event) => {
      if (event.kind !== 'connected') return;
      this.mustAnnounce = true;
      void this.renew();
    });
    this.timer = setInterval(() => void this.renew(), this.leaseMs / 3);
  }

  /** Whether the table knows of this worker, as far as it can tell. */
  get isPresent(): boolean {
    return !this.mustAnnounce && this.routes.isConnected();
  }

  /** No new work is meant for this worker from now on. */
  async startDraining(): Promise<void> {
    this.worker = { ...this.worker, isDraining: true };
    await this.routes.announceWorker(this.worker, this.leaseMs);
  }

  /** Gives up the lease and all routes at once, so that nobody waits for it to run out. */
  async leave(): Promise<void> {
    this.isGone = true;
    clearInterval(this.timer);
    this.stopWatching?.();
    // One that comes after would bring the worker back.
    await this.renewing;
    try {
      await this.routes.retireWorker(this.worker.incarnation);
    } catch (error) {
      this.log.warn('worker.not_retired', { incarnation: this.worker.incarnation, error });
    }
  }

  private async renew(): Promise<void> {
    if (this.isGone) return;
    this.renewing ??= this.renewOnce().finally(() => {
      this.renewing = undefined;
    });
    await this.renewing;
  }

  private async renewOnce(): Promise<void> {
    const { incarnation, name } = this.worker;
    try {
      if (!this.mustAnnounce && (await this.routes.renewWorker(incarnation, this.leaseMs))) return;
      this.mustAnnounce = false;
      await this.routes.announceWorker(this.worker, this.leaseMs);
      await this.hosted.publishAgain();
      this.log.info('worker.announced', { incarnation, name });
    } catch (error) {
      // What was written so far may be half of it.
      this.mustAnnounce = true;
      this.log.warn('worker.lease_not_renewed', { incarnation, error });
    }
  }
}
