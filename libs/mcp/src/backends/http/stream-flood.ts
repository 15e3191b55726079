import { systemTimers, type Timers } from '../../wire/timers.js';
import { FloodGuard } from '../flood-guard.js';
import type { HttpExchange } from './http-send.js';

/** Holds the event streams of one server up for a moment, where it says too much on all of them together. */
export class StreamFlood {
  readonly #guard: FloodGuard;
  readonly #held = new Set<HttpExchange>();
  #isHolding = false;

  constructor(timers: Timers = systemTimers) {
    const streams = {
      pause: () => {
        this.#isHolding = true;
      },
      resume: () => {
        this.#isHolding = false;
        for (const exchange of this.#held) exchange.resume?.();
        this.#held.clear();
      },
    };
    this.#guard = new FloodGuard(streams, timers);
  }

  /** A stream has brought so many bytes; what they were was told before. */
  came(bytes: number, exchange: HttpExchange | undefined): void {
    this.#guard.came(bytes);
    if (!this.#isHolding || !exchange || this.#held.has(exchange)) return;
    this.#held.add(exchange);
    exchange.pause?.();
  }

  told(isAnswer: boolean): void {
    if (isAnswer) this.#guard.answered();
    else this.#guard.unasked();
  }
}
