import type { Timers } from '../../wire/timers.js';

export interface BreakerLimits {
  /** Calls in a row that the server failed to answer. */
  threshold: number;
  /** From opening to the first probe; doubled for each probe that fails. */
  firstDelayMs: number;
  maxDelayMs: number;
  /** For the server to answer a check. */
  checkMs: number;
  /** Half open and nobody calls: after so long it is closed on probation. */
  idleMs: number;
}

export const breakerLimits: BreakerLimits = {
  threshold: 5,
  firstDelayMs: 2_000,
  maxDelayMs: 60_000,
  checkMs: 5_000,
  idleMs: 60_000,
};

/** What an open breaker tells of its server. Times are in ms since the Unix epoch. */
export interface BreakerReport {
  /** What is wrong, for a person. */
  message: string;
  /** The first of the failures. */
  since: number;
  nextTryAt: number;
  /** False where other operations than those that failed still go through. */
  isWhole: boolean;
}

export interface CircuitBreakerOptions {
  limits: BreakerLimits;
  timers: Timers;
  now: () => number;
  /** Rejects where the server does not answer at all. */
  check: (signal: AbortSignal) => Promise<void>;
  /** Told when it opens, when a report of an open one changes, and, without a report, when it closes. */
  onChange?: (report: BreakerReport | undefined) => void;
}

/** What a call was to do; failures are counted over all of them, but may be of one alone. */
export interface Operation {
  method: string;
  /** Of the tool, prompt or resource. */
  name?: unknown;
}

/** `silent`: no answer in time, or none that is one. `unreachable`: the server is gone. `untold`: it says nothing about the server. */
export type Verdict = 'answered' | 'silent' | 'unreachable' | 'untold';

export type Admission =
  { kind: 'admitted'; isProbe: boolean } | { kind: 'refused'; message: string; retryAfter: number };

interface Streak {
  count: number;
  since: number;
  /** The operations that failed. */
  operations: Set<string>;
  isUnreachable: boolean;
}

interface Opening {
  delayMs: number;
  nextTryAt: number;
  isWhole: boolean;
  state: 'open' | 'half_open' | 'probing';
  stopTimer: () => void;
}

const admitted: Admission = { kind: 'admitted', isProbe: false };
const probe: Admission = { kind: 'admitted', isProbe: true };
/** A server that fails to answer so many different operations answers none. */
const wholeFrom = 3;
/** Their answers tell that the server works; a list is often answered from memory by a server that hangs. */
const executing: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read', 'completion/complete']);

/**
 * Spares callers the wait for a server that does not answer (gateway.md, "One bad server never affects another"). It
 * opens after several calls in a row that nobody answered, with none that succeeded in between, and refuses calls at
 * once until one probe succeeds. Where the server itself still answers a check, only what failed is refused: one tool
 * that hangs does not cut off the others. The server's own errors are answers.
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  readonly #closing = new AbortController();
  #streak: Streak | undefined;
  #opening: Opening | undefined;
  /** Of the last opening, while the server has not answered a call since. */
  #lastDelayMs = 0;

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#opening !== undefined;
  }

  /** To be asked before each call; what is admitted is to be told of by `settled`. */
  admit(operation: Operation): Admission {
    const opening = this.#opening;
    if (!opening) return admitted;
    if (!opening.isWhole && this.#streak?.operations.has(nameOf(operation)) !== true) return admitted;
    if (opening.state === 'half_open') {
      opening.stopTimer();
      opening.state = 'probing';
      return probe;
    }
    const retryAfter = Math.max(1, Math.ceil((opening.nextTryAt - this.#options.now()) / 1_000));
    const message = `${this.#whatFailed()} It is not called for now; try again in ${retryAfter} s.`;
    return { kind: 'refused', message, retryAfter };
  }

  /** How a call that was admitted ended. */
  settled(operation: Operation, verdict: Verdict, isProbe: boolean): void {
    if (this.#closing.signal.aborted) return;
    switch (verdict) {
      case 'answered':
        if (this.#streak) this.#succeeded(operation);
        return;
      case 'silent':
      case 'unreachable':
        this.#failed(operation, verdict === 'unreachable', isProbe);
        return;
      case 'untold':
        if (isProbe && this.#opening?.state === 'probing') this.#halfOpen(this.#opening);
    }
  }

  close(): void {
    this.#closing.abort();
    this.#opening?.stopTimer();
    this.#opening = undefined;
  }

  #succeeded(operation: Operation): void {
    const { operations } = this.#streak ?? { operations: new Set<string>() };
    operations.delete(nameOf(operation));
    const isProof = this.#opening?.isWhole === true || executing.has(operation.method) || operations.size === 0;
    if (!isProof) return;
    this.#streak = undefined;
    this.#lastDelayMs = 0;
    this.#endOpening();
  }

  #failed(operation: Operation, isUnreachable: boolean, isProbe: boolean): void {
    const { now, limits } = this.#options;
    this.#streak ??= { count: 0, since: now(), operations: new Set(), isUnreachable: false };
    const streak = this.#streak;
    streak.count += 1;
    streak.isUnreachable ||= isUnreachable;
    if (streak.operations.size < wholeFrom) streak.operations.add(nameOf(operation));
    const opening = this.#opening;
    if (opening) {
      if (isProbe) this.#open();
      else if (!opening.isWhole && this.#isWhole(streak)) this.#foundWhole(opening);
    } else if (streak.count >= limits.threshold) this.#open();
  }

  #isWhole({ isUnreachable, operations }: Streak): boolean {
    return isUnreachable || operations.size >= wholeFrom;
  }

  #open(): void {
    const { limits, timers, now } = this.#options;
    this.#opening?.stopTimer();
    const delayMs = Math.min(limits.maxDelayMs, this.#lastDelayMs === 0 ? limits.firstDelayMs : this.#lastDelayMs * 2);
    this.#lastDelayMs = delayMs;
    const opening: Opening = {
      delayMs,
      nextTryAt: now() + delayMs,
      isWhole: this.#opening?.isWhole === true || (this.#streak !== undefined && this.#isWhole(this.#streak)),
      state: 'open',
      stopTimer: timers.after(delayMs, () => {
        this.#tryAgain(opening);
      }),
    };
    this.#opening = opening;
    this.#tell();
    if (!opening.isWhole)
      void this.#check().then((doesAnswer) => {
        if (!doesAnswer && this.#opening === opening && !opening.isWhole) this.#foundWhole(opening);
      });
  }

  #foundWhole(opening: Opening): void {
    opening.isWhole = true;
    this.#tell();
    if (opening.state === 'half_open') this.#tryAgain(opening);
  }

  /** The next call is the probe; a server that answers nothing at all is asked without one. */
  #tryAgain(opening: Opening): void {
    opening.stopTimer();
    if (!opening.isWhole) {
      this.#halfOpen(opening);
      return;
    }
    opening.state = 'probing';
    void this.#check().then((doesAnswer) => {
      if (this.#opening !== opening) return;
      if (doesAnswer) this.#onProbation();
      else this.#open();
    });
  }

  #halfOpen(opening: Opening): void {
    opening.state = 'half_open';
    opening.stopTimer = this.#options.timers.after(this.#options.limits.idleMs, () => {
      this.#onProbation();
    });
  }

  /** Closed, but the next failure opens it again, for longer. */
  #onProbation(): void {
    this.#streak = {
      count: this.#options.limits.threshold - 1,
      since: this.#options.now(),
      operations: new Set(),
      isUnreachable: false,
    };
    this.#endOpening();
  }

  #endOpening(): void {
    if (!this.#opening) return;
    this.#opening.stopTimer();
    this.#opening = undefined;
    this.#options.onChange?.(undefined);
  }

  async #check(): Promise<boolean> {
    const { check, limits, timers } = this.#options;
    const deadline = new AbortController();
    const stopTimer = timers.after(limits.checkMs, () => {
      deadline.abort(new Error('The server did not answer the check in time.'));
    });
    const signal = AbortSignal.any([deadline.signal, this.#closing.signal]);
    const over = new Promise<false>((resolve) => {
      signal.addEventListener(
        'abort',
        () => {
          resolve(false);
        },
        { once: true },
      );
    });
    const answer = check(signal).then(
      () => true,
      () => false,
    );
    const doesAnswer = await Promise.race([answer, over]);
    stopTimer();
    return doesAnswer;
  }

  #tell(): void {
    const opening = this.#opening;
    if (!opening) return;
    const { nextTryAt, isWhole } = opening;
    const since = this.#streak?.since ?? this.#options.now();
    this.#options.onChange?.({ message: this.#whatFailed(), since, nextTryAt, isWhole });
  }

  #whatFailed(): string {
    const { count = 0, operations = new Set<string>(), isUnreachable = false } = this.#streak ?? {};
    if (this.#opening?.isWhole !== true)
      return `${count} calls in a row got no valid answer (${[...operations].join(', ')}).`;
    const what = isUnreachable ? "The server can't be reached" : 'The server does not answer';
    return `${what}: ${count} calls in a row failed.`;
  }
}

/** Cut: a client may call anything. */
function nameOf({ method, name }: Operation): string {
  return typeof name === 'string' ? `${method} ${JSON.stringify(name.slice(0, 80))}` : method;
}
