import type { ReconcileDesiredState, RouteView } from '@mcp-hub/application';
import { type Log } from '@mcp-hub/application';

const tickMs = 2_000;
/** Changes come in bursts: one pass a little later covers them all. */
const settleMs = 100;
const collectBlobsEveryMs = 3_600_000;

/**
 * Runs the reconciler every two seconds, and at once when a worker is gone. A pass that fails is logged and repeated at
 * the next tick.
 */
export class ReconcilerLoop {
  private timers: NodeJS.Timeout[] = [];
  private soon: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopListening: (() => void) | undefined;
  private hasFailed = false;

  constructor(
    private readonly reconcile: ReconcileDesiredState,
    private readonly view: RouteView,
    private readonly log: Log,
  ) {}

  start(): void {
    if (this.stopListening) return;
    this.stopListening = this.view.onChange((serverId) => {
      const isLeftAlone = this.view.routesOf(serverId).some((route) => !this.view.isAlive(route.worker));
      if (isLeftAlone) this.runSoon();
    });
    this.timers = [
      setInterval(() => void this.run(), tickMs),
      setInterval(() => void this.collect(), collectBlobsEveryMs),
    ];
    for (const timer of this.timers) timer.unref();
    void this.run();
  }

  async close(): Promise<void> {
    this.stopListening?.();
    for (const timer of this.timers) clearInterval(timer);
    clearTimeout(this.soon);
    await this.running;
  }

  /** Before long, rather than at the next tick. */
  runSoon(): void {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      void this.run();
    }, settleMs);
  }

  private run(): Promise<void> {
    this.running ??= this.pass().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async pass(): Promise<void> {
    try {
      const repairs = await this.reconcile.execute();
      this.hasFailed = false;
      if (repairs.length > 0) {
        const kinds = repairs.map((repair) => repair.kind);
        this.log.debug('reconciler.repaired', { count: repairs.length, kinds: [...new Set(kinds)] });
      }
    } catch (error) {
      if (!this.hasFailed) this.log.warn('reconciler.failed', { error });
      this.hasFailed = true;
    }
  }

  private async collect(): Promise<void> {
    try {
      const count = await this.reconcile.collectBlobs();
      if (count > 0) this.log.info('blobs.collected', { count });
    } catch (error) {
      this.log.warn('blobs.not_collected', { error });
    }
  }
}
