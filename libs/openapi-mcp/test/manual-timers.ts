import type { CallTimers } from '../src/index.js';

/** Time that passes when the test says so; whatever waits is told by `waits`. */
export class ManualTimers implements CallTimers {
  readonly #pending = new Set<{ at: number; run: () => void }>();
  #now = Date.UTC(2026, 0, 1);

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#pending.add(timer);
    return () => this.#pending.delete(timer);
  }

  /** How many ms each of what waits has left. */
  get waits(): number[] {
    return [...this.#pending].map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#pending].filter(({ at }) => at <= this.#now)) {
      this.#pending.delete(timer);
      timer.run();
    }
  }
}
