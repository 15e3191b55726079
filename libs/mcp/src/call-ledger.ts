import type { Clock } from '@mcp-hub/application';

/** One delivery of a client's request to this worker, as the gateway numbers it. */
export interface DeliveredCall {
  /** Of the request, the same at every delivery; '' where nobody gave it one. */
  callId: string;
  /** 2 or more where another worker may have executed it. */
  attempt: number;
  /** 1, 2, … of one call, over all workers. */
  delivery: number;
}

export type CallState =
  /** Nothing of it was executed, and nothing of this delivery will be. */
  | 'not_seen'
  | 'executing'
  | 'finished'
  /** It is not in the ledger, but may have been. */
  | 'forgotten';

export interface CallLedgerLimits {
  /** For how long at least it is known of a call that it is over, if there are not too many; twice as long at most. */
  keepMs: number;
  /** Calls that are over and still known, at most; the older half goes at once. */
  maxFinished: number;
  /** Disowned deliveries that are still refused; with so many no other is disowned. */
  maxDisowned: number;
}

const defaultLimits: CallLedgerLimits = { keepMs: 600_000, maxFinished: 20_000, maxDisowned: 10_000 };
/** The question travels for a while too; whoever asks does not wait for an answer so long. */
const ageMarginMs = 2_000;

interface Run {
  begunAt: number;
  /** Executions of the call at this very moment: a repeatable one may be taken up again before its first is over. */
  count: number;
}

/** Calls that ended one after another. They are forgotten together: taking out the oldest one by one is dear in a Map. */
interface Generation {
  since: number;
  calls: Set<string>;
  /** The latest start among them. */
  begunUntil: number;
}

/**
 * What one worker executes and has executed, by call id (design.md, "Data plane rules"). A gateway that lost its
 * connection asks it whether a request arrived; the answer `not_seen` is a promise: should the request still come, it is
 * refused. In memory only: it ends with its worker, and so does what can be said of its calls.
 */
export class CallLedger {
  readonly #clock: Clock;
  readonly #limits: CallLedgerLimits;
  readonly #running = new Map<string, Run>();
  #finished: Generation;
  #finishedBefore: Generation;
  readonly #disowned = new Map<string, { delivery: number; at: number }>();
  /** The latest start of a call that was forgotten: of what came later, everything is known. */
  #forgottenUntil = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, limits: Partial<CallLedgerLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...defaultLimits, ...limits };
    this.#finished = this.#newGeneration();
    this.#finishedBefore = this.#newGeneration();
  }

  /** How many entries it holds. */
  get size(): number {
    return this.#running.size + this.#finished.calls.size + this.#finishedBefore.calls.size + this.#disowned.size;
  }

  /** For a request that arrived; nothing is noted before its execution begins. */
  receive(call: DeliveredCall): CallExecution {
    return new CallExecution(this, call);
  }

  /**
   * Whether anything of a call was executed; where not, deliveries of it up to this one are refused from now on.
   *
   * @param ageMs since that delivery was begun, by the gateway's clock
   */
  disown(callId: string, delivery: number, ageMs: number): CallState {
    const now = this.#clock.now();
    this.#expireDisowned(now);
    if (this.#running.has(callId)) return 'executing';
    if (this.#hasFinished(callId)) return 'finished';
    if (now - ageMs - ageMarginMs <= this.#forgottenUntil) return 'forgotten';
    const before = this.#disowned.get(callId);
    if (!before && this.#disowned.size >= this.#limits.maxDisowned) return 'forgotten';
    this.#disowned.delete(callId);
    this.#disowned.set(callId, { delivery: Math.max(delivery, before?.delivery ?? 0), at: now });
    return 'not_seen';
  }

  /** Of `CallExecution`. @returns false where the call must not be executed */
  begin({ callId, attempt, delivery }: DeliveredCall): boolean {
    const disowned = this.#disowned.get(callId);
    if (disowned && delivery <= disowned.delivery) return false;
    const running = this.#running.get(callId);
    // A second attempt is told apart from a first one that comes twice: whether it may be repeated was looked at.
    if (attempt < 2 && (running || this.#hasFinished(callId))) return false;
    if (running) running.count += 1;
    else this.#running.set(callId, { begunAt: this.#clock.now(), count: 1 });
    return true;
  }

  /** Of `CallExecution`. */
  end(callId: string): void {
    const running = this.#running.get(callId);
    if (!running) return;
    running.count -= 1;
    if (running.count > 0) return;
    this.#running.delete(callId);
    const { maxFinished, keepMs } = this.#limits;
    const isOver = this.#finished.calls.size >= maxFinished / 2 || this.#clock.now() - this.#finished.since >= keepMs;
    if (isOver) {
      this.#forgottenUntil = Math.max(this.#forgottenUntil, this.#finishedBefore.begunUntil);
      this.#finishedBefore = this.#finished;
      this.#finished = this.#newGeneration();
    }
    this.#finished.calls.add(callId);
    this.#finished.begunUntil = Math.max(this.#finished.begunUntil, running.begunAt);
  }

  #hasFinished(callId: string): boolean {
    return this.#finished.calls.has(callId) || this.#finishedBefore.calls.has(callId);
  }

  #newGeneration(): Generation {
    return { since: this.#clock.now(), calls: new Set(), begunUntil: Number.NEGATIVE_INFINITY };
  }

  #expireDisowned(now: number): void {
    for (const [callId, { at }] of this.#disowned) {
      if (at > now - this.#limits.keepMs) break;
      this.#disowned.delete(callId);
    }
  }
}

/** The executions of one delivered request: of all legs and all members of a batch, which share its call id. */
export class CallExecution {
  readonly #ledger: CallLedger;
  readonly #call: DeliveredCall;
  #state: 'received' | 'begun' | 'refused' | 'ended' = 'received';

  constructor(ledger: CallLedger, call: DeliveredCall) {
    this.#ledger = ledger;
    this.#call = call;
  }

  /** Whether anything of it may have been executed. */
  get hasBegun(): boolean {
    return this.#state === 'begun' || this.#state === 'ended';
  }

  /** To be asked before anything of the request is executed. @returns false where it must not be */
  begin(): boolean {
    if (this.#state !== 'received') return this.#state === 'begun';
    const mayBegin = this.#call.callId === '' || this.#ledger.begin(this.#call);
    this.#state = mayBegin ? 'begun' : 'refused';
    return mayBegin;
  }

  /** Nothing of it is executed any more. Idempotent. */
  end(): void {
    if (this.#state === 'begun') {
      this.#state = 'ended';
      this.#ledger.end(this.#call.callId);
    } else if (this.#state === 'received') this.#state = 'refused';
  }
}
