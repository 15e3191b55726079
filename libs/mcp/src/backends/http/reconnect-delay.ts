const shortestMs = 100;
const longestMs = 30_000;
const longestAskedMs = 300_000;

/** How long to wait before a connection is opened again: what the server asks for, doubling while that fails. */
export class ReconnectDelay {
  #askedMs = 1_000;
  #failures = 0;

  /** A server's `retry:` in ms. */
  ask(ms: number): void {
    this.#askedMs = Math.min(Math.max(ms, shortestMs), longestAskedMs);
  }

  get failures(): number {
    return this.#failures;
  }

  failed(): void {
    this.#failures += 1;
  }

  worked(): void {
    this.#failures = 0;
  }

  get ms(): number {
    const grown = this.#askedMs * 2 ** Math.max(0, this.#failures - 1);
    return Math.max(this.#askedMs, Math.min(grown, longestMs));
  }
}
