import type { InputRequest, JsonObject, McpCall, McpCallContext, McpOutcome } from '@mcp-hub/application';
import { isObject } from '../wire/json-rpc.js';
import { isLogged } from '../wire/log-levels.js';
import { metaKey } from '../wire/protocol.js';
import { closedCall, lostCall } from './lost-call.js';
import { modernParams, refusalIn } from './modern-params.js';
import type { RawMessageExtra } from './raw-transport.js';
import type { RpcConnection, RpcReply } from './rpc-connection.js';
import { isSameCaller } from './same-caller.js';
import { isSubscriptionEvent } from './subscriptions.js';
import { progressTokenOf } from './upstream-params.js';

interface OpenCall {
  context: McpCallContext;
  /** The caller's own. */
  progressToken: unknown;
}

/** The calls in flight at a modern server. Each leg is a request of its own: nothing is parked here. */
export class ModernCalls {
  readonly #connection: RpcConnection;
  readonly #byId = new Map<number, OpenCall>();

  constructor(connection: RpcConnection) {
    this.#connection = connection;
  }

  run({ method, params }: McpCall, context: McpCallContext): Promise<McpOutcome> {
    const refusal = refusalIn(params);
    if (refusal) return Promise.resolve({ kind: 'error', ...refusal });
    if (context.signal.aborted) {
      return Promise.resolve(lostCall('not_executed', 'cancelled', 'The call was cancelled.'));
    }
    const id = this.#connection.nextId();
    return new Promise((resolve) => {
      const end = (outcome: McpOutcome): void => {
        this.#byId.delete(id);
        context.signal.removeEventListener('abort', onAbort);
        resolve(outcome);
      };
      const onAbort = (): void => {
        this.#connection.forget(id);
        this.#connection.notify('notifications/cancelled', { requestId: id, reason: 'The call was cancelled.' });
        end(lostCall('unknown', 'cancelled', 'The call was cancelled.'));
      };
      context.signal.addEventListener('abort', onAbort, { once: true });
      this.#byId.set(id, { context, progressToken: progressTokenOf(params) });
      const onReply = (reply: RpcReply): void => {
        end(outcomeOf(reply));
      };
      const extra = { headers: context.forwardedHeaders };
      this.#connection.request(id, method, modernParams(params, id, context), onReply, extra);
    });
  }

  /** Tells a caller what the server says during its call. @returns whether it is of a call at all */
  tell(method: string, params: JsonObject, extra: RawMessageExtra | undefined): boolean {
    if (method === 'notifications/progress') {
      const call = this.#byId.get(Number(params['progressToken']));
      if (call?.progressToken !== undefined) {
        call.context.onNotification(method, { ...params, progressToken: call.progressToken });
      }
      return true;
    }
    if (isOfSubscription(method, params)) return false;
    const context = this.#attribute(extra)?.context;
    const isWanted = method !== 'notifications/message' || isLogged(params['level'], context?.logLevel);
    if (isWanted) context?.onNotification(method, params);
    return true;
  }

  /**
   * The call that a message of the server belongs to: the one that the transport names, else the only one in flight. Of
   * several it is the latest where all are of one caller, and none otherwise: one user's data must never reach another.
   */
  #attribute(extra: RawMessageExtra | undefined): OpenCall | undefined {
    if (extra?.relatedRequestId !== undefined) return this.#byId.get(Number(extra.relatedRequestId));
    let found: OpenCall | undefined;
    for (const call of this.#byId.values()) {
      if (found && !isSameCaller(found.context, call.context)) return undefined;
      found = call;
    }
    return found;
  }
}

function isOfSubscription(method: string, { _meta }: JsonObject): boolean {
  return isSubscriptionEvent(method) || (isObject(_meta) && _meta[metaKey.subscriptionId] !== undefined);
}

function outcomeOf(reply: RpcReply): McpOutcome {
  switch (reply.kind) {
    case 'result':
      return resultOf(reply.result);
    case 'error':
      return { kind: 'error', ...reply.error };
    case 'closed':
      return closedCall(reply);
  }
}

function resultOf(result: JsonObject): McpOutcome {
  if (result['resultType'] !== 'input_required') return { kind: 'complete', result };
  const { inputRequests, requestState, resultType: _, ...more } = result;
  return {
    kind: 'inputRequired',
    ...(isObject(inputRequests) && { inputRequests: inputRequests as Record<string, InputRequest> }),
    ...(typeof requestState === 'string' && { requestState }),
    ...(Object.keys(more).length > 0 && { more }),
  };
}
