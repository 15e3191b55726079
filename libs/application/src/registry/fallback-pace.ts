import type { LoadJob } from '../ports/load-queue.port.js';

const firstMs = 5_000;
const longestMs = 600_000;

/**
 * Spaces the loads of older generations. Their failures are not kept (the newest generation's are), so without it one
 * that can't be loaded any more would be tried at every pass.
 */
export class FallbackPace {
  private readonly sent = new Map<string, { generation: number; nextAt: number; waitMs: number }>();

  /** Whether a job may be sent now; any but a fallback may. Counts it as sent. */
  isDue(job: LoadJob, now: number): boolean {
    if (!job.isFallback) return true;
    const key = `${job.serverId} ${job.replica}`;
    const last = this.sent.get(key);
    const isOther = last?.generation !== job.generation || now - last.nextAt > longestMs;
    if (!isOther && now < last.nextAt) return false;
    const waitMs = isOther ? firstMs : Math.min(last.waitMs * 2, longestMs);
    this.sent.set(key, { generation: job.generation, nextAt: now + waitMs, waitMs });
    return true;
  }
}
