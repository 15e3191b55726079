import type { Ids } from '@mcp-hub/application';
import type { Timers } from '../wire/timers.js';
import type { UpstreamCall } from './upstream-call.js';

export interface ParkedCallsOptions {
  ids: Ids;
  timers: Timers;
  max: number;
  expiryMs: number;
  /** Called for a call that nobody came back for. */
  onExpiry(call: UpstreamCall): void;
}

/** Calls that wait for their client's answer, each under a state that is good for one retry. */
export class ParkedCalls {
  readonly #options: ParkedCallsOptions;
  readonly #byState = new Map<string, UpstreamCall>();

  constructor(options: ParkedCallsOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#byState.size >= this.#options.max;
  }

  /** @returns the state to come back with */
  park(call: UpstreamCall): string {
    const { ids, timers, expiryMs } = this.#options;
    const state = ids.next();
    call.state = state;
    call.stopExpiry = timers.after(expiryMs, () => {
      this.drop(call);
      this.#options.onExpiry(call);
    });
    this.#byState.set(state, call);
    return state;
  }

  take(state: string): UpstreamCall | undefined {
    const call = this.#byState.get(state);
    if (call) this.drop(call);
    return call;
  }

  drop(call: UpstreamCall): void {
    call.stopExpiry?.();
    call.stopExpiry = undefined;
    if (call.state !== undefined) this.#byState.delete(call.state);
    call.state = undefined;
  }

  clear(): void {
    for (const call of [...this.#byState.values()]) this.drop(call);
  }
}
