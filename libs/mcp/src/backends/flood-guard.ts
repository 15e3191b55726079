import type { Timers } from '../wire/timers.js';

export interface FloodLimits {
  windowMs: number;
  maxBytes: number;
  /** Of what nobody asked for: notifications, log lines, what is no message. */
  maxUnasked: number;
  /** So much more for each answer that comes beside it, for as many answers as are counted. */
  unaskedPerAnswer: number;
  maxAnswers: number;
}

/** Far above what any server has to say, far below what would keep a worker from serving others. */
export const floodLimits: FloodLimits = {
  windowMs: 100,
  maxBytes: 16 * 1024 * 1024,
  maxUnasked: 200,
  unaskedPerAnswer: 20,
  maxAnswers: 100,
};

/**
 * Reads no more for a moment from a server that says too much: the pipe fills, and the server waits, not the others on
 * the same worker (gateway.md, "One bad server never affects another"). Nothing is lost.
 */
export class FloodGuard {
  readonly #source: { pause(): unknown; resume(): unknown };
  readonly #timers: Timers;
  readonly #limits: FloodLimits;
  #isWindowOpen = false;
  #isPaused = false;
  #bytes = 0;
  #unasked = 0;
  #answers = 0;

  constructor(source: { pause(): unknown; resume(): unknown }, timers: Timers, limits: FloodLimits = floodLimits) {
    this.#source = source;
    this.#timers = timers;
    this.#limits = limits;
  }

  /** So many bytes came. */
  came(bytes: number): void {
    this.#bytes += bytes;
    this.#look();
  }

  answered(): void {
    if (this.#answers < this.#limits.maxAnswers) this.#answers += 1;
  }

  /** Something came that nobody asked for. */
  unasked(): void {
    this.#unasked += 1;
    this.#look();
  }

  #look(): void {
    const { windowMs, maxBytes, maxUnasked, unaskedPerAnswer } = this.#limits;
    if (!this.#isWindowOpen) {
      this.#isWindowOpen = true;
      this.#timers.after(windowMs, () => {
        this.#endWindow();
      });
    }
    const isTooMuch = this.#bytes > maxBytes || this.#unasked > maxUnasked + this.#answers * unaskedPerAnswer;
    if (!isTooMuch || this.#isPaused) return;
    this.#isPaused = true;
    this.#source.pause();
  }

  #endWindow(): void {
    this.#isWindowOpen = false;
    this.#bytes = 0;
    this.#unasked = 0;
    this.#answers = 0;
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#source.resume();
  }
}
