import type { InputRequest, JsonObject } from '@mcp-hub/application';
import { InputRefusal } from '../../input-refusal.js';
import type { RpcError, RpcMessage, RpcResult } from '../../wire/json-rpc.js';
import { errorCode } from '../../wire/protocol.js';
import type { ReadyResult } from '../../wire/ready-result.js';
import type { EndpointParts } from '../endpoint-parts.js';
import type { LegacySession } from './legacy-session.js';

/** How a client hears of its requests before and when they are answered, and how it is asked meanwhile. */
export interface ClientExchange {
  /** The client can be told and asked before it has its answer. */
  readonly canAsk: boolean;
  /** Whether a client that loses the stream knows from where to resume it. */
  readonly canResume: boolean;
  /** Ends the connection, not the stream: the client comes back for what is still to be said. */
  closeStream(): void;
  notify(method: string, params: JsonObject): void;
  /** Asks the client; what it refuses, or does not answer before the signal, is an `InputRefusal`. */
  ask(request: InputRequest, signal: AbortSignal): Promise<JsonObject | InputRefusal>;
  /** @param retryAfter the request is refused for so many seconds, which HTTP tells where it can */
  answer(message: RpcMessage | ReadyResult, retryAfter?: number): void;
}

/** Sends a request to the client and waits for its answer, which comes by a POST of its own. */
export function askClient(
  { method, params }: InputRequest,
  signal: AbortSignal,
  { session, parts, send }: { session: LegacySession; parts: EndpointParts; send: (message: RpcMessage) => void },
): Promise<JsonObject | InputRefusal> {
  const id = parts.options.ids.next();
  return new Promise((resolve) => {
    const settle = (answer: JsonObject | InputRefusal): void => {
      session.asked.delete(id);
      signal.removeEventListener('abort', onAbort);
      resolve(answer);
    };
    const onAbort = (): void => {
      const reason = 'The answer is no longer needed.';
      send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason } });
      settle(new InputRefusal({ code: errorCode.hub, message: 'The client did not answer.' }));
    };
    if (signal.aborted) {
      settle(new InputRefusal({ code: errorCode.hub, message: 'The call was cancelled.' }));
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    session.asked.set(id, (reply: RpcResult | RpcError) => {
      settle('result' in reply ? reply.result : new InputRefusal(reply.error));
    });
    send({ jsonrpc: '2.0', id, method, params });
  });
}
