import type { Timers } from './timers.js';

/** Something that is open for long, and wants to show now and then that it lives. */
export interface Beating {
  beat(): void;
}

/** One timer for all that is open; none where nothing is. */
export class Heartbeat {
  readonly #timers: Timers;
  readonly #intervalMs: number;
  readonly #open = new Set<Beating>();
  #stop: (() => void) | undefined;

  constructor(timers: Timers, intervalMs: number) {
    this.#timers = timers;
    this.#intervalMs = intervalMs;
  }

  add(beating: Beating): void {
    this.#open.add(beating);
    this.#stop ??= this.#timers.every(this.#intervalMs, () => {
      this.#tick();
    });
  }

  remove(beating: Beating): void {
    this.#open.delete(beating);
  }

  close(): void {
    this.#open.clear();
    this.#tick();
  }

  #tick(): void {
    for (const beating of [...this.#open]) beating.beat();
    // Stopped by a tick rather than by the last one to leave: requests come and go all the time.
    if (this.#open.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }
}
