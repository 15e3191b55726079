import type { CallTimers } from './call-timers.js';

/** The time that all attempts and waits of one call share. */
export class CallDeadline {
  readonly #controller = new AbortController();
  readonly #endsAt: number;
  readonly #release: () => void;
  #isOver = false;

  /** @param caller ends the call earlier */
  constructor(
    private readonly timers: CallTimers,
    timeoutMs: number,
    caller: AbortSignal,
  ) {
    this.#endsAt = timers.now() + timeoutMs;
    const callOff = timers.after(timeoutMs, () => {
      this.#isOver = true;
      this.#controller.abort(new Error('The time of the call is over.'));
    });
    const cancel = (): void => {
      this.#controller.abort(caller.reason);
    };
    if (caller.aborted) cancel();
    caller.addEventListener('abort', cancel, { once: true });
    this.#release = () => {
      callOff();
      caller.removeEventListener('abort', cancel);
    };
  }

  /** Aborted once the time is over, or the caller has gone. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether it was the time that ended the call. */
  get isOver(): boolean {
    return this.#isOver;
  }

  leaves(ms: number): boolean {
    return this.timers.now() + ms < this.#endsAt;
  }

  /** @throws the reason of `signal` where that is aborted first */
  async wait(ms: number): Promise<void> {
    const { signal } = this;
    signal.throwIfAborted();
    await new Promise<void>((resolve) => {
      const done = (): void => {
        callOff();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const callOff = this.timers.after(ms, done);
      signal.addEventListener('abort', done, { once: true });
    });
    signal.throwIfAborted();
  }

  /** Frees what it holds; to be called when the call is over. */
  release(): void {
    this.#release();
  }
}
