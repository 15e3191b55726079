export interface CrashPolicy {
  firstDelayMs: number;
  maxDelayMs: number;
  /** So many crashes within the window are too many. */
  maxCrashes: number;
  windowMs: number;
}

/** hosting.md, "Supervision". */
export const crashPolicy: CrashPolicy = {
  firstDelayMs: 500,
  maxDelayMs: 30_000,
  maxCrashes: 5,
  windowMs: 120_000,
};

/** When to start a crashed server again. After a window without a crash it counts from the beginning. */
export class CrashBudget {
  readonly #policy: CrashPolicy;
  #recent: number[] = [];
  #inARow = 0;

  constructor(policy: CrashPolicy = crashPolicy) {
    this.#policy = policy;
  }

  /** @returns how long to wait, undefined where it has crashed too often; @param now milliseconds of any clock */
  crashed(now: number): number | undefined {
    const { firstDelayMs, maxDelayMs, maxCrashes, windowMs } = this.#policy;
    this.#recent = this.#recent.filter((at) => now - at < windowMs);
    if (this.#recent.length === 0) this.#inARow = 0;
    this.#recent.push(now);
    this.#inARow += 1;
    if (this.#recent.length >= maxCrashes) return undefined;
    return Math.min(firstDelayMs * 2 ** (this.#inARow - 1), maxDelayMs);
  }
}
