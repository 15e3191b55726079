import type { Log } from '../ports/log.port.js';
import type { RouteTable, WorkerRecord } from '../ports/route-table.port.js';
import type { HostedServers } from './hosted-servers.js';

/**
 * Keeps this worker's lease alive. When the table has forgotten it (lost data, a lease that ran out), it announces the
 * worker and its routes again.
 */
export class WorkerPresence {
  private timer: NodeJS.Timeout | undefined;
  private stopWatching: (() => void) | undefined;
  private isRenewing = false;
  private isAnnounced = false;
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
      if (event.kind === 'connected') void this.renew();
    });
    this.timer = setInterval(() => void this.renew(), this.leaseMs / 3);
  }

  /** Whether the table knows of this worker, as far as it can tell. */
  get isPresent(): boolean {
    return this.isAnnounced && this.routes.isConnected();
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
    try {
      await this.routes.retireWorker(this.worker.incarnation);
    } catch (error) {
      this.log.warn('worker.not_retired', { incarnation: this.worker.incarnation, error });
    }
  }

  private async renew(): Promise<void> {
    if (this.isRenewing || this.isGone) return;
    this.isRenewing = true;
    try {
      const isKnown = this.isAnnounced && (await this.routes.renewWorker(this.worker.incarnation, this.leaseMs));
      if (!isKnown) {
        await this.routes.announceWorker(this.worker, this.leaseMs);
        await this.hosted.publishAgain();
        this.isAnnounced = true;
        this.log.info('worker.announced', { incarnation: this.worker.incarnation, name: this.worker.name });
      }
    } catch (error) {
      this.log.warn('worker.lease_not_renewed', { incarnation: this.worker.incarnation, error });
    } finally {
      this.isRenewing = false;
    }
  }
}
