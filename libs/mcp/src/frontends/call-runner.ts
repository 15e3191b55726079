import type { CallSignal, InputRequest, JsonObject, McpCall, McpCallContext, McpOutcome } from '@mcp-hub/application';
import { CallLoss } from '../call-loss.js';
import { errorCode } from '../wire/protocol.js';
import { CallController } from '../wire/call-controller.js';
import type { Timers } from '../wire/timers.js';
import { CircuitBreaker, breakerLimits, type Operation, type Verdict } from './calls/circuit-breaker.js';
import { ConcurrencyGate, type GateAnswer } from './calls/concurrency-gate.js';
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
  signal: CallSignal;
  onNotification(method: string, params: JsonObject): void;
  closeStream?: () => void;
  onWithdrawn?: (key: string) => void;
}

/**
 * What becomes of a leg, ready for the wire. `isLoss`: the hub, not the server, says so. `retryAfter`: it is refused for
 * so many seconds, and no call of a tool: HTTP 503 tells it (hosting.md, "Supervision", overload).
 */
export type LegOutcome =
  | { kind: 'complete'; result: JsonObject; json?: string | Uint8Array }
  | { kind: 'inputRequired'; inputRequests?: Record<string, InputRequest>; requestState?: string; more?: JsonObject }
  | { kind: 'error'; error: { code: number; message: string; data?: unknown }; isLoss: boolean; retryAfter?: number };

/** A call that is taken up, with a state or with answers: it was executed as far as where the server asked. */
function isTakenUp({ params }: McpCall): boolean {
  return params['requestState'] !== undefined || params['inputResponses'] !== undefined;
}

/** How long one may wait for its turn (hosting.md, "Supervision", overload). */
const waitMs = 10_000;
/** Seconds until a queue that is full is worth another try. */
const fullRetryAfter = 2;

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
  readonly #controllers = new Set<CallController>();
  readonly #gate: ConcurrencyGate;
  readonly #breaker: CircuitBreaker;
  #active = 0;

  constructor(options: McpEndpointOptions, described: DescribedServer, timers: Timers) {
    this.#options = options;
    this.#described = described;
    this.#timers = timers;
    const { limits, clock, backend, onBreaker } = options;
    this.#gate = new ConcurrencyGate({ maxConcurrency: limits.maxConcurrency, waitMs }, timers);
    this.#breaker = new CircuitBreaker({
      limits: options.breaker ?? breakerLimits,
      timers,
      now: () => clock.now(),
      check: (signal) => backend.check(signal),
      ...(onBreaker && { onChange: onBreaker }),
    });
  }

  get active(): number {
    return this.#active;
  }

  /** Resolves when no call is in flight. */
  idle(): Promise<void> {
    return this.#active === 0 ? Promise.resolve() : new Promise((resolve) => this.#onIdle.push(resolve));
  }

  /** Cancels all that is in flight or waits for its turn; it is answered as lost. Nothing is to be learnt of the server any more. */
  cancelAll(): void {
    this.#breaker.close();
    this.#gate.close();
    for (const controller of this.#controllers) controller.abort();
  }

  async run(leg: Leg): Promise<LegOutcome> {
    this.#active += 1;
    try {
      if (leg.request.attempt > 1 && leg.call.method === 'tools/call' && !(await this.#isRepeatable(leg.call))) {
        const message = 'The worker that had this call is gone; whether it was executed is unknown.';
        return this.#lost(leg.request, new CallLoss('unknown', 'attempt_repeated'), message);
      }
      return isTakenUp(leg.call) ? await this.#takeUp(leg) : await this.#admit(leg);
    } finally {
      this.#active -= 1;
      if (this.#active === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    }
  }

  /** The server waits for it: it is never kept out. */
  async #takeUp(leg: Leg): Promise<LegOutcome> {
    this.#gate.enterAgain();
    try {
      return await this.#execute(leg, operationOf(leg.call), false);
    } finally {
      this.#gate.leave();
    }
  }

  async #admit(leg: Leg): Promise<LegOutcome> {
    const operation = operationOf(leg.call);
    const admission = this.#breaker.admit(operation);
    if (admission.kind === 'refused') {
      const { message, retryAfter } = admission;
      return this.#refused(leg, new CallLoss('not_executed', 'circuit_open', retryAfter), message);
    }
    const { isProbe } = admission;
    if (!this.#gate.tryEnter()) {
      const answer = await this.#gate.enter(leg.signal);
      if (answer !== 'entered') {
        this.#breaker.settled(operation, 'untold', isProbe);
        return this.#notEntered(leg, answer);
      }
    }
    try {
      return await this.#execute(leg, operation, isProbe);
    } finally {
      this.#gate.leave();
    }
  }

  async #execute(leg: Leg, operation: Operation, isProbe: boolean): Promise<LegOutcome> {
    let verdict: Verdict = 'untold';
    try {
      if (leg.request.execution?.begin() === false) {
        const message = 'The call was given up before it came here, or came here twice.';
        return this.#lost(leg.request, new CallLoss('unknown', 'attempt_repeated'), message);
      }
      const ended = await this.#underDeadline(leg);
      verdict = ended.verdict;
      return ended.outcome;
    } finally {
      this.#breaker.settled(operation, verdict, isProbe);
    }
  }

  #notEntered(leg: Leg, answer: Exclude<GateAnswer, 'entered'>): LegOutcome {
    switch (answer) {
      case 'full': {
        const { maxConcurrency } = this.#options.limits;
        const message = `The server is busy: ${maxConcurrency} calls are running, which is its limit, and others wait.`;
        return this.#refused(leg, new CallLoss('not_executed', 'overloaded', fullRetryAfter), message);
      }
      case 'cancelled':
        return this.#lost(leg.request, new CallLoss('not_executed', 'cancelled'), 'The call was cancelled.');
      case 'closed':
        return this.#lost(leg.request, new CallLoss('not_executed', 'server_gone', 1), 'The server is being stopped.');
    }
  }

  #refused({ request, call }: Leg, loss: CallLoss, message: string): LegOutcome {
    const outcome = this.#lost(request, loss, message);
    const { retryAfter } = loss;
    if (call.method === 'tools/call' || outcome.kind !== 'error' || retryAfter === undefined) return outcome;
    return { ...outcome, retryAfter };
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
  lossData({ callId, attempt }: EndpointRequest, loss: CallLoss): JsonObject {
    const { serverId, incarnation, worker = incarnation } = this.#options;
    // What this worker did not execute an earlier one may have executed.
    const outcome = attempt > 1 ? 'unknown' : loss.outcome;
    const data = { outcome, reason: loss.reason, server: serverId, worker, callId };
    this.#options.onLoss?.(data);
    return loss.retryAfter === undefined ? data : { ...data, retry_after: loss.retryAfter };
  }

  async #isRepeatable({ params }: McpCall): Promise<boolean> {
    const facts = await this.#described.tool(String(params['name'])).catch(() => undefined);
    return facts?.isRepeatable === true;
  }

  async #underDeadline(leg: Leg): Promise<{ outcome: LegOutcome; verdict: Verdict }> {
    const { callTimeoutMs, callDeadlineMs } = this.#options.limits;
    const controller = new CallController();
    this.#controllers.add(controller);
    let isTimeout = false;
    let hasProgressed = false;
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
      const context = this.#contextOf(leg, controller, (method, params) => {
        if (method === 'notifications/progress') {
          hasProgressed = true;
          if (stopDeadline) {
            stopTimeout();
            stopTimeout = this.#timers.after(callTimeoutMs, onTimeout);
          }
        }
        leg.onNotification(method, params);
      });
      const outcome = await this.#options.backend.call(leg.call, context);
      const verdict = verdictOn(outcome, isTimeout, hasProgressed);
      return { outcome: this.#outcomeOf(outcome, leg, isTimeout), verdict };
    } catch (fault) {
      this.#options.onFault?.(fault);
      const loss = new CallLoss('unknown', 'internal');
      return { outcome: this.#lost(leg.request, loss, 'Internal error', errorCode.internal), verdict: 'untold' };
    } finally {
      stopTimeout();
      stopDeadline?.();
      this.#controllers.delete(controller);
      leg.signal.removeEventListener('abort', onCancel);
    }
  }

  #outcomeOf(outcome: McpOutcome, { request, call }: Leg, isTimeout: boolean): LegOutcome {
    if (outcome.kind !== 'error') return outcome;
    const { code, message, data } = outcome;
    if (!(data instanceof CallLoss)) {
      return { kind: 'error', error: data === undefined ? { code, message } : { code, message, data }, isLoss: false };
    }
    if (isTimeout) {
      return this.#lost(request, new CallLoss(data.outcome, 'timeout'), 'The server did not answer in time.');
    }
    const loss =
      isTakenUp(call) && data.reason !== 'input_refused' ? new CallLoss('unknown', data.reason, data.retryAfter) : data;
    return this.#lost(request, loss, message, code);
  }

  #contextOf(leg: Leg, signal: CallSignal, onNotification: McpCallContext['onNotification']): McpCallContext {
    const { request, session, clientCapabilities, clientInfo, logLevel, closeStream, onWithdrawn } = leg;
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
      ...(onWithdrawn && { onWithdrawn }),
    };
  }
}

function operationOf({ method, params }: McpCall): Operation {
  return { method, name: params['name'] ?? params['uri'] };
}

/** What the end of a call tells of the server; what it says itself, errors too, is an answer. */
function verdictOn(outcome: McpOutcome, isTimeout: boolean, hasProgressed: boolean): Verdict {
  if (outcome.kind !== 'error' || !(outcome.data instanceof CallLoss)) return 'answered';
  if (isTimeout) return hasProgressed ? 'untold' : 'silent';
  switch (outcome.data.reason) {
    case 'timeout':
    case 'upstream_error':
      return 'silent';
    case 'server_gone':
      return 'unreachable';
    case 'result_too_large':
      return 'answered';
    default:
      return 'untold';
  }
}
