import type { InputRequest, JsonObject, McpCallContext, McpOutcome } from '@mcp-hub/application';
import { isLogged } from '../wire/log-levels.js';
import type { RpcId } from '../wire/json-rpc.js';
import { progressTokenOf } from './upstream-params.js';

/** A request of the server that waits for the client's answer. */
export interface PendingInput {
  requestId: RpcId;
  request: InputRequest;
}

interface Leg {
  context: McpCallContext;
  progressToken: unknown;
  end(outcome: McpOutcome): void;
}

const keptLogs = 64;

/**
 * One request at a legacy server, which lives through as many legs (calls of `McpBackend.call`) as the server asks for
 * input. Between the legs it is parked: there is no caller to tell anything.
 */
export class UpstreamCall {
  /** Requests of the server by the key that the client sees. */
  readonly pending = new Map<string, PendingInput>();
  /** Names the parked call in `requestState`. */
  state: string | undefined;
  /** Of the leg at hand, or of the last one. */
  context: McpCallContext;
  /** Ends the time that the call may be parked. */
  stopExpiry: (() => void) | undefined;
  isAskScheduled = false;
  /** The caller's own, of the leg at hand or of the last one. */
  progressToken: unknown;
  #leg: Leg | undefined;
  #settled: McpOutcome | undefined;
  #askedCount = 0;
  #unheardLogs: JsonObject[] = [];

  constructor(
    readonly id: number,
    readonly method: string,
    readonly isModern: boolean,
    /** Whose result it waits for. */
    readonly taskId: unknown,
    context: McpCallContext,
  ) {
    this.context = context;
  }

  get isParked(): boolean {
    return this.#leg === undefined;
  }

  get isSettled(): boolean {
    return this.#settled !== undefined;
  }

  /** Begins a leg; resolves with its outcome. What was settled or logged while the call was parked is told at once. */
  begin(params: JsonObject, context: McpCallContext): Promise<McpOutcome> {
    this.context = context;
    this.progressToken = progressTokenOf(params);
    return new Promise((resolve) => {
      this.#leg = { context, progressToken: this.progressToken, end: resolve };
      for (const log of this.#unheardLogs.splice(0)) this.log(log);
      if (this.#settled) this.end(this.#settled);
    });
  }

  /** Ends the leg at hand, if there is one. */
  end(outcome: McpOutcome): void {
    const leg = this.#leg;
    this.#leg = undefined;
    leg?.end(outcome);
  }

  /** The server is done with the request: told now, or to the leg to come. */
  settle(outcome: McpOutcome): void {
    this.#settled = outcome;
    this.end(outcome);
  }

  expect(input: PendingInput): void {
    this.#askedCount += 1;
    this.pending.set(`input-${this.#askedCount}`, input);
  }

  /** The server waits no longer for the answer to this one; a caller who was asked is told, if that can be. */
  withdraw(key: string): void {
    if (this.pending.delete(key) && this.isParked) this.context.onWithdrawn?.(key);
  }

  /** The same for all that it waits for. */
  withdrawAll(): void {
    for (const key of [...this.pending.keys()]) this.withdraw(key);
  }

  progress(params: JsonObject): void {
    if (this.#leg?.progressToken === undefined) return;
    const { context, progressToken } = this.#leg;
    context.onNotification('notifications/progress', { ...params, progressToken });
  }

  log(params: JsonObject): void {
    if (!this.#leg) {
      if (this.#unheardLogs.length < keptLogs) this.#unheardLogs.push(params);
      return;
    }
    const { context } = this.#leg;
    if (isLogged(params['level'], context.logLevel)) context.onNotification('notifications/message', params);
  }

  notify(method: string, params: JsonObject): void {
    this.#leg?.context.onNotification(method, params);
  }
}
