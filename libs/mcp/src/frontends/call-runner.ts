import type { InputRequest, JsonObject, McpCall, McpCallContext, McpOutcome } from '@mcp-hub/application';
import { CallLoss } from '../call-loss.js';
import { errorCode } from '../wire/protocol.js';
import type { Timers } from '../wire/timers.js';
import type { DescribedServer } from './described-server.js';
import type { EndpointRequest, McpEndpointOptions } from './endpoint-options.js';

/** One leg of a call, as a frontend starts it. */
export interface Leg {
  call: McpCall;
  request: EndpointRequest;
  /** Of the legacy era. */
  session?: string;
  clientCapabilities: JsonObject;
  clientInfo?: JsonObject;
  logLevel?: string;
  /** Cancels it. */
  signal: AbortSignal;
  onNotification(method: string, params: JsonObject): void;
  closeStream?: () => void;
}

/** What becomes of a leg, ready for the wire. `isLoss`: the hub, not the server, says so. */
export type LegOutcome =
  | { kind: 'complete'; result: JsonObject }
  | { kind: 'inputRequired'; inputRequests?: Record<string, InputRequest>; requestState?: string }
  | { kind: 'error'; error: { code: number; message: string; data?: unknown }; isLoss: boolean };

/**
 * Runs calls at the backend under the hub's promises: a deadline that progress puts off, no second execution of what
 * must not be executed twice, and an error that tells whether the call was executed where it can't be completed
 * (gateway.md, "Sessions, losses, the in-flight contract").
 */
export class CallRunner {
  readonly #options: McpEndpointOptions;
  readonly #described: DescribedServer;
  readonly #timers: Timers;
  readonly #onIdle: (() => void)[] = [];
  readonly #controllers = new Set<AbortController>();
  #active = 0;

  constructor(options: McpEndpointOptions, described: DescribedServer, timers: Timers) {
    this.#options = options;
    this.#described = described;
    this.#timers = timers;
  }

  get active(): number {
    return this.#active;
  }

  /** Resolves when no call is in flight. */
  idle(): Promise<void> {
    return this.#active === 0 ? Promise.resolve() : new Promise((resolve) => this.#onIdle.push(resolve));
  }

  /** Cancels all that is in flight; it is answered as lost. */
  cancelAll(): void {
    for (const controller of this.#controllers) controller.abort();
  }

  async run(leg: Leg): Promise<LegOutcome> {
    this.#active += 1;
    try {
      if (leg.request.attempt > 1 && leg.call.method === 'tools/call' && !(await this.#isRepeatable(leg.call))) {
        const message = 'The worker that had this call is gone; whether it was executed is unknown.';
        return this.#lost(leg.request, new CallLoss('unknown', 'attempt_repeated'), message);
      }
      return await this.#underDeadline(leg);
    } finally {
      this.#active -= 1;
      if (this.#active === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    }
  }

  /** Gives up a call that waits for input: nobody will come back for it. */
  async abandon(leg: Leg, requestState: string): Promise<void> {
    const call = { method: leg.call.method, params: { ...leg.call.params, requestState } };
    await this.#options.backend.call(
      call,
      this.#contextOf(leg, AbortSignal.abort(), () => undefined),
    );
  }

  #lost(request: EndpointRequest, loss: CallLoss, message: string, code: number = errorCode.hub): LegOutcome {
    return { kind: 'error', error: { code, message, data: this.lossData(request, loss) }, isLoss: true };
  }

  /** `data` of every error that the hub makes about a call (gateway.md). */
  lossData({ callId }: EndpointRequest, { outcome, reason, retryAfter }: CallLoss): JsonObject {
    const { serverId, incarnation } = this.#options;
    const data = { outcome, reason, server: serverId, worker: incarnation, callId };
    return retryAfter === undefined ? data : { ...data, retry_after: retryAfter };
  }

  async #isRepeatable({ params }: McpCall): Promise<boolean> {
    const facts = await this.#described.tool(String(params['name'])).catch(() => undefined);
    return facts?.isRepeatable === true;
  }

  async #underDeadline(leg: Leg): Promise<LegOutcome> {
    const { callTimeoutMs, callDeadlineMs } = this.#options.limits;
    const controller = new AbortController();
    this.#controllers.add(controller);
    let isTimeout = false;
    const onTimeout = (): void => {
      isTimeout = true;
      controller.abort();
    };
    const onCancel = (): void => {
      controller.abort();
    };
    let stopTimeout = this.#timers.after(Math.min(callTimeoutMs, callDeadlineMs), onTimeout);
    const stopDeadline = callDeadlineMs > callTimeoutMs ? this.#timers.after(callDeadlineMs, onTimeout) : undefined;
    if (leg.signal.aborted) onCancel();
    else leg.signal.addEventListener('abort', onCancel, { once: true });
    try {
      const context = this.#contextOf(leg, controller.signal, (method, params) => {
        if (method === 'notifications/progress') {
          stopTimeout();
          stopTimeout = this.#timers.after(callTimeoutMs, onTimeout);
        }
        leg.onNotification(method, params);
      });
      const outcome = await this.#options.backend.call(leg.call, context);
      return this.#outcomeOf(outcome, leg, isTimeout);
    } catch (fault) {
      this.#options.onFault?.(fault);
      return this.#lost(leg.request, new CallLoss('unknown', 'internal'), 'Internal error', errorCode.internal);
    } finally {
      stopTimeout();
      stopDeadline?.();
      this.#controllers.delete(controller);
      leg.signal.removeEventListener('abort', onCancel);
    }
  }

  #outcomeOf(outcome: McpOutcome, { request }: Leg, isTimeout: boolean): LegOutcome {
    if (outcome.kind !== 'error') return outcome;
    const { code, message, data } = outcome;
    if (!(data instanceof CallLoss)) {
      return { kind: 'error', error: data === undefined ? { code, message } : { code, message, data }, isLoss: false };
    }
    return isTimeout
      ? this.#lost(request, new CallLoss(data.outcome, 'timeout'), 'The server did not answer in time.')
      : this.#lost(request, data, message, code);
  }

  #contextOf(leg: Leg, signal: AbortSignal, onNotification: McpCallContext['onNotification']): McpCallContext {
    const { request, session, clientCapabilities, clientInfo, logLevel, closeStream } = leg;
    return {
      callId: request.callId,
      signal,
      caller: session === undefined ? { id: request.caller } : { id: request.caller, session },
      clientCapabilities,
      ...(clientInfo && { clientInfo }),
      ...(logLevel !== undefined && { logLevel }),
      forwardedHeaders: request.forwardedHeaders,
      onNotification,
      ...(closeStream && { closeStream }),
    };
  }
}
