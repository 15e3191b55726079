import type { InputRequest, JsonObject, McpCall, McpCallContext, McpCaller, McpOutcome } from '@mcp-hub/application';
import { InputRefusal } from '../input-refusal.js';
import { CallerNames } from './caller-names.js';
import { missingCapabilities, requiredCapabilities } from '../wire/client-capabilities.js';
import { isObject, type RpcErrorObject, type RpcRequest } from '../wire/json-rpc.js';
import { errorCode, inputMethods } from '../wire/protocol.js';
import { closedCall, lostCall } from './lost-call.js';
import { relatedTaskOf, type OwnedTasks } from './owned-tasks.js';
import { ParkedCalls, type ParkedCallsOptions } from './parked-calls.js';
import type { RawMessageExtra } from './raw-transport.js';
import type { RpcConnection, RpcReply } from './rpc-connection.js';
import { isSameCaller } from './same-caller.js';
import type { Timers } from '../wire/timers.js';
import { UpstreamCall } from './upstream-call.js';
import { isModernCall, progressTokenOf, upstreamParams } from './upstream-params.js';
import { urlElicitationOutcome, urlElicitationsIn } from './url-elicitation.js';

/** How long more questions of a server are waited for after its first. Nobody who is asked notices. */
const askTogetherMs = 20;

/**
 * The calls in flight at a legacy server: their legs, what the server asks of their clients, and who gets what the
 * server says without saying to whom.
 */
export class UpstreamCalls {
  readonly #connection: RpcConnection;
  readonly #parked: ParkedCalls;
  readonly #timers: Timers;
  readonly #byId = new Map<number, UpstreamCall>();

  readonly #declared: JsonObject;
  readonly #tasks: OwnedTasks;
  /** Who was sent to a URL. */
  readonly elicitations = new CallerNames();

  /** @param declared what the server was told that its client can do */
  constructor(
    connection: RpcConnection,
    parked: Omit<ParkedCallsOptions, 'onExpiry'>,
    { declared, tasks }: { declared: JsonObject; tasks: OwnedTasks },
  ) {
    this.#connection = connection;
    this.#declared = declared;
    this.#tasks = tasks;
    this.#timers = parked.timers;
    this.#parked = new ParkedCalls({
      ...parked,
      onExpiry: (call) => {
        this.#cancel(call, 'Nobody answered what the server asked.');
      },
    });
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: unknown): UpstreamCall | undefined {
    return this.#byId.get(Number(id));
  }

  run(call: McpCall, context: McpCallContext): Promise<McpOutcome> {
    const { requestState, inputResponses } = call.params;
    if (typeof requestState === 'string') return this.#resume(requestState, call, context);
    // Without a state it is the retry of a call that ended with -32042: the server starts it anew.
    if (isObject(inputResponses) && !isAccepted(inputResponses)) {
      return Promise.resolve(
        lostCall('not_executed', 'input_refused', 'The user did not accept what the server asked.'),
      );
    }
    if (this.#connection.isClosed) {
      return Promise.resolve(lostCall('not_executed', 'server_gone', 'The server is not running.'));
    }
    if (context.signal.aborted)
      return Promise.resolve(lostCall('not_executed', 'cancelled', 'The call was cancelled.'));
    const id = this.#connection.nextId();
    const upstream = new UpstreamCall(id, call.method, isModernCall(call.params), call.params['taskId'], context);
    this.#byId.set(id, upstream);
    const outcome = this.#begin(upstream, call.params, context);
    const onReply = (reply: RpcReply): void => {
      this.#settle(upstream, reply);
    };
    const extra = {
      headers: context.forwardedHeaders,
      ...(context.closeStream && { closeSSEStream: () => upstream.context.closeStream?.() }),
    };
    this.#connection.request(id, call.method, upstreamParams(call.params, id), onReply, extra);
    return outcome;
  }

  /**
   * The call that a message of the server belongs to: the one it names, or that waits for its task, else the only one in flight. Of several it is
   * the latest where all are of one caller, and none otherwise: one user's data must never reach another.
   */
  attribute(extra: RawMessageExtra | undefined, params: JsonObject): UpstreamCall | undefined {
    if (extra?.relatedRequestId !== undefined) return this.get(extra.relatedRequestId);
    const taskId = relatedTaskOf(params);
    if (taskId !== undefined) return [...this.#byId.values()].findLast((call) => call.taskId === taskId);
    let found: UpstreamCall | undefined;
    for (const call of this.#byId.values()) {
      if (found && !isSameCaller(found.context, call.context)) return undefined;
      if (!found || !call.isParked) found = call;
    }
    return found;
  }

  /** A request of the server that only a client can answer. */
  ask(request: RpcRequest, extra: RawMessageExtra | undefined): void {
    const input: InputRequest = { method: request.method, params: request.params ?? {} };
    const call = this.attribute(extra, input.params);
    const required = requiredCapabilities(input);
    const refusal = required ? this.#refusalOf(call, required) : this.#refusalOfUnknown(call);
    if (refusal || !call) {
      this.#connection.refuse(request.id, refusal ?? ambiguous);
      return;
    }
    this.#learnElicitation(input.params, call);
    call.expect({ requestId: request.id, request: input });
    if (!call.isParked) this.#scheduleAsking(call);
  }

  /** The server gave up on a request of its own. */
  withdraw(requestId: unknown): void {
    for (const call of this.#byId.values()) {
      for (const [key, input] of call.pending) if (input.requestId === requestId) call.withdraw(key);
    }
  }

  /** Whether this caller was asked something under this progress token, and the server still waits for the answer. */
  hasAsked(progressToken: unknown, { id, session }: McpCaller): boolean {
    return [...this.#byId.values()].some(({ context: { caller }, pending }) => {
      const isTheirs = session !== undefined && caller.session === session && caller.id === id;
      return isTheirs && [...pending.values()].some(({ request }) => progressTokenOf(request.params) === progressToken);
    });
  }

  /** What was parked is gone; without this, it still tells its client how it ended. */
  clear(): void {
    this.#parked.clear();
    this.#byId.clear();
  }

  async #begin(upstream: UpstreamCall, params: JsonObject, context: McpCallContext): Promise<McpOutcome> {
    const onAbort = (): void => {
      this.#cancel(upstream, 'The call was cancelled.');
    };
    context.signal.addEventListener('abort', onAbort, { once: true });
    const outcome = await upstream.begin(params, context);
    // The signal belongs to this leg: it may well fire when the answer has been sent, with the call parked.
    context.signal.removeEventListener('abort', onAbort);
    return outcome;
  }

  #resume(state: string, { params }: McpCall, context: McpCallContext): Promise<McpOutcome> {
    const upstream = this.#parked.take(state);
    if (!upstream) {
      const data = { reason: 'invalid_request_state' };
      const message = 'requestState names no call that waits for input: it was answered, cancelled, or has expired.';
      return Promise.resolve({ kind: 'error', code: errorCode.invalidParams, message, data });
    }
    if (context.signal.aborted) {
      this.#cancel(upstream, 'The call was cancelled.');
      return Promise.resolve(lostCall('unknown', 'cancelled', 'The call was cancelled.'));
    }
    const outcome = this.#begin(upstream, params, context);
    const responses = isObject(params['inputResponses']) ? params['inputResponses'] : {};
    for (const [key, response] of Object.entries(responses)) {
      const input = upstream.pending.get(key);
      if (!input) continue;
      upstream.pending.delete(key);
      if (response instanceof InputRefusal) this.#connection.refuse(input.requestId, response.error);
      else if (isObject(response)) this.#connection.answer(input.requestId, response);
      else this.#connection.refuse(input.requestId, { code: errorCode.invalidParams, message: 'No valid response.' });
    }
    if (upstream.pending.size > 0) this.#scheduleAsking(upstream);
    return outcome;
  }

  #refusalOf(call: UpstreamCall | undefined, required: JsonObject): RpcErrorObject | undefined {
    const undeclared = missingCapabilities(required, this.#declared);
    if (undeclared) {
      const names = Object.keys(undeclared).join(', ');
      return { code: errorCode.methodNotFound, message: `The server was not told of a client that has ${names}.` };
    }
    if (!call) return ambiguous;
    const { clientCapabilities } = call.context;
    const missing = missingCapabilities(required, clientCapabilities);
    if (missing) {
      const names = Object.keys(missing).join(', ');
      if (call.isModern) {
        const message = `The call needs a client with: ${names}.`;
        this.#cancel(call, message, {
          kind: 'error',
          code: errorCode.missingClientCapability,
          message,
          data: { requiredCapabilities: missing },
        });
      }
      // 2025-11-25, "Elicitation": a client that has another mode says that the params are invalid.
      const isOfMode = missing['elicitation'] !== undefined && isObject(clientCapabilities['elicitation']);
      const code = isOfMode ? errorCode.invalidParams : errorCode.methodNotFound;
      return { code, message: `The client does not support this: ${names}.` };
    }
    if (call.isModern && !inputMethods.has(call.method)) {
      return { code: errorCode.methodNotFound, message: `The client can't be asked for input during ${call.method}.` };
    }
    if (call.pending.size >= maxPending) return tooMany;
    return this.#refusalOfFull(call);
  }

  /** A request that only an extension defines: a client with a session answers for itself, others can't be asked it. */
  #refusalOfUnknown(call: UpstreamCall | undefined): RpcErrorObject | undefined {
    if (!call || call.isModern) return { code: errorCode.methodNotFound, message: 'Method not found' };
    return this.#refusalOfFull(call);
  }

  #refusalOfFull(call: UpstreamCall): RpcErrorObject | undefined {
    return this.#parked.isFull && !call.isParked
      ? { code: errorCode.hub, message: 'Too many calls wait for input of their clients.' }
      : undefined;
  }

  /** By its id the server tells later that the elicitation is complete (2025-11-25). */
  #learnElicitation({ elicitationId }: JsonObject, { context }: UpstreamCall): void {
    if (typeof elicitationId === 'string') this.elicitations.learn(elicitationId, context.caller);
  }

  #scheduleAsking(call: UpstreamCall): void {
    if (call.isAskScheduled) return;
    call.isAskScheduled = true;
    // A server may ask several things at once, each in a write of its own: they go out together.
    this.#timers.after(askTogetherMs, () => {
      call.isAskScheduled = false;
      if (call.isParked || call.isSettled || call.pending.size === 0) return;
      const inputRequests = Object.fromEntries([...call.pending].map(([key, { request }]) => [key, request]));
      const requestState = this.#parked.park(call);
      call.end({ kind: 'inputRequired', inputRequests, requestState });
    });
  }

  #settle(call: UpstreamCall, reply: RpcReply): void {
    this.#byId.delete(call.id);
    call.withdrawAll();
    const required = reply.kind === 'error' ? urlElicitationsIn(reply.error) : undefined;
    for (const params of required ?? []) this.#learnElicitation(params, call);
    if (reply.kind === 'result' && isObject(reply.result['task']) && call.progressToken !== undefined) {
      this.#tasks.progressTokens.learn(String(call.id), call.context.caller, call.progressToken);
    }
    call.settle(outcomeOf(reply, call));
  }

  #cancel(call: UpstreamCall, reason: string, outcome = lostCall('unknown', 'cancelled', reason)): void {
    if (!this.#byId.delete(call.id)) return;
    this.#connection.forget(call.id);
    this.#connection.notify('notifications/cancelled', { requestId: call.id, reason });
    for (const { requestId } of call.pending.values()) {
      this.#connection.refuse(requestId, { code: errorCode.hub, message: reason });
    }
    call.withdrawAll();
    this.#parked.drop(call);
    call.settle(outcome);
  }
}

/** Requests of the server that wait for the client of one call. */
const maxPending = 64;
const tooMany: RpcErrorObject = { code: errorCode.hub, message: 'Too many requests wait for the client of this call.' };

const ambiguous: RpcErrorObject = {
  code: errorCode.hub,
  message:
    'The server is shared, and there is not exactly one caller in flight whom this could be for. ' +
    'Set "isolation: session" in its entry to give each caller a server of its own.',
};

function isAccepted(inputResponses: JsonObject): boolean {
  return Object.values(inputResponses).every((response) => isObject(response) && response['action'] === 'accept');
}

function outcomeOf(reply: RpcReply, call: UpstreamCall): McpOutcome {
  switch (reply.kind) {
    case 'result':
      return { kind: 'complete', result: reply.result };
    case 'closed':
      return closedCall(reply);
    case 'error':
      return (
        (call.isModern ? urlElicitationOutcome(reply.error, call) : undefined) ?? { kind: 'error', ...reply.error }
      );
  }
}
