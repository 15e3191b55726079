import type { InputRequest, JsonObject, McpCall, McpCallContext, McpOutcome } from '@mcp-hub/application';
import { isObject } from '../wire/json-rpc.js';
import { isLogged } from '../wire/log-levels.js';
import { lostCall } from './lost-call.js';
import { modernParams, refusalIn } from './modern-params.js';
import type { RawMessageExtra } from './raw-transport.js';
import type { RpcConnection, RpcReply } from './rpc-connection.js';
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
      this.#connection.request(id, method, modernParams(params, id, context), (reply) => {
        end(outcomeOf(reply));
      });
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
    if (extra?.relatedRequestId === undefined) return false;
    const context = this.#byId.get(Number(extra.relatedRequestId))?.context;
    const isWanted = method !== 'notifications/message' || isLogged(params['level'], context?.logLevel);
    if (isWanted) context?.onNotification(method, params);
    return true;
  }
}

function outcomeOf(reply: RpcReply): McpOutcome {
  switch (reply.kind) {
    case 'result':
      return resultOf(reply.result);
    case 'error':
      return { kind: 'error', ...reply.error };
    case 'closed':
      return reply.isSent
        ? lostCall('unknown', 'server_gone', 'The server went away during the call.')
        : lostCall('not_executed', 'server_gone', 'The server is not running.');
  }
}

function resultOf(result: JsonObject): McpOutcome {
  if (result['resultType'] !== 'input_required') return { kind: 'complete', result };
  const { inputRequests, requestState } = result;
  return {
    kind: 'inputRequired',
    ...(isObject(inputRequests) && { inputRequests: inputRequests as Record<string, InputRequest> }),
    ...(typeof requestState === 'string' && { requestState }),
  };
}
