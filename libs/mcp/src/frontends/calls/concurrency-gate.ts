import type { CallSignal } from '@mcp-hub/application';
import type { Timers } from '../../wire/timers.js';

export interface ConcurrencyLimits {
  /** Calls at the server at the same time; as many again may wait. */
  maxConcurrency: number;
  /** How long one may wait. */
  waitMs: number;
}

/** `full`: the queue was, or the wait was too long. `cancelled`: by its client. `closed`: the gate was closed meanwhile. */
export type GateAnswer = 'entered' | 'full' | 'cancelled' | 'closed';

interface Waiter {
  settle(answer: GateAnswer): void;
}

/**
 * Bounds the calls at one server, and those that wait for it (hosting.md, "Supervision", overload), first come, first
 * served. Where there is room entering is a comparison and an increment.
 */
export class ConcurrencyGate {
  readonly #limits: ConcurrencyLimits;
  readonly #timers: Timers;
  readonly #waiting = new Set<Waiter>();
  #inside = 0;

  constructor(limits: ConcurrencyLimits, timers: Timers) {
    this.#limits = limits;
    this.#timers = timers;
  }

  get inside(): number {
    return this.#inside;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Enters at once. @returns false, having done nothing, where there is no room */
  tryEnter(): boolean {
    if (this.#inside >= this.#limits.maxConcurrency) return false;
    this.#inside += 1;
    return true;
  }

  /** For a call that is at the server already, and is only taken up again: it counts, and is never kept out. */
  enterAgain(): void {
    this.#inside += 1;
  }

  /** Waits for room, up to the limits. */
  enter(signal: CallSignal): Promise<GateAnswer> {
    if (signal.aborted) return Promise.resolve('cancelled');
    if (this.tryEnter()) return Promise.resolve('entered');
    const { maxConcurrency, waitMs } = this.#limits;
    if (this.#waiting.size >= maxConcurrency) return Promise.resolve('full');
    return new Promise((resolve) => {
      const onAbort = (): void => {
        waiter.settle('cancelled');
      };
      const stopTimer = this.#timers.after(waitMs, () => {
        waiter.settle('full');
      });
      const waiter: Waiter = {
        settle: (answer) => {
          if (!this.#waiting.delete(waiter)) return;
          stopTimer();
          signal.removeEventListener('abort', onAbort);
          resolve(answer);
        },
      };
      this.#waiting.add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Once for each call that entered. Its room goes to the one that has waited longest. */
  leave(): void {
    this.#inside -= 1;
    if (this.#inside >= this.#limits.maxConcurrency) return;
    const [next] = this.#waiting;
    if (!next) return;
    this.#inside += 1;
    next.settle('entered');
  }

  /** Turns away all who wait. */
  close(): void {
    for (const waiter of [...this.#waiting]) waiter.settle('closed');
  }
}
