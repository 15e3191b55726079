import type { JsonObject } from '@mcp-hub/application';
import {
  isObject,
  isRpcId,
  kindOf,
  rpcError,
  rpcResult,
  type RpcError,
  type RpcErrorObject,
  type RpcId,
  type RpcMessage,
  type RpcNotification,
  type RpcRequest,
  type RpcResult,
} from '../wire/json-rpc.js';
import { LostRequest } from './lost-request.js';
import { NotSent } from './not-sent.js';
import type { RawMessageExtra, RawTransport } from './raw-transport.js';

/**
 * How a request ended. `closed`: the connection went away; `isSent` is false where the peer can't have seen the request,
 * `loss` is there where the transport knows more.
 */
export type RpcReply =
  | { kind: 'result'; result: JsonObject }
  | { kind: 'error'; error: RpcErrorObject }
  | { kind: 'closed'; isSent: boolean; loss?: LostRequest };

export interface RpcHandlers {
  onRequest(request: RpcRequest, extra: RawMessageExtra | undefined): void;
  onNotification(notification: RpcNotification, extra: RawMessageExtra | undefined): void;
  onClose(): void;
}

/**
 * JSON-RPC over a raw transport. Messages are handed on in the order and in the turn in which they arrive, so that a
 * notification is always seen before the reply that follows it.
 */
export class RpcConnection {
  readonly #transport: RawTransport;
  readonly #handlers: RpcHandlers;
  readonly #waiting = new Map<RpcId, (reply: RpcReply) => void>();
  #lastId = 0;
  #isClosed = false;
  #lastError: Error | undefined;

  constructor(transport: RawTransport, handlers: RpcHandlers) {
    this.#transport = transport;
    this.#handlers = handlers;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** What the transport complained about last: tells why it closed. */
  get lastError(): Error | undefined {
    return this.#lastError;
  }

  async start(): Promise<void> {
    this.#transport.onmessage = (message, extra) => {
      this.#receive(message, extra);
    };
    this.#transport.onclose = () => {
      this.#onClose();
    };
    this.#transport.onerror = (error) => {
      this.#lastError = error;
    };
    await this.#transport.start();
  }

  nextId(): number {
    return (this.#lastId += 1);
  }

  /** Sends a request under an id of `nextId()`; `onReply` is called exactly once, unless the id is forgotten before. */
  request(
    id: number,
    method: string,
    params: JsonObject | undefined,
    onReply: (reply: RpcReply) => void,
    extra?: RawMessageExtra,
  ): void {
    if (this.#isClosed) {
      onReply({ kind: 'closed', isSent: false });
      return;
    }
    this.#waiting.set(id, onReply);
    const message: RpcRequest = params ? { jsonrpc: '2.0', id, method, params } : { jsonrpc: '2.0', id, method };
    this.#transport.send(message, extra).catch((error: unknown) => {
      this.#lastError = error instanceof Error ? error : new Error(String(error));
      if (error instanceof LostRequest) this.#settle(id, { kind: 'closed', isSent: true, loss: error });
      else this.#settle(id, { kind: 'closed', isSent: !(error instanceof NotSent) });
    });
  }

  /** The same, as a promise; an aborted one is cancelled at the peer. @throws the signal's reason */
  ask(method: string, params: JsonObject | undefined, signal: AbortSignal): Promise<RpcReply> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const id = this.nextId();
      const onAbort = (): void => {
        this.forget(id);
        this.notify('notifications/cancelled', { requestId: id });
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.request(id, method, params, (reply) => {
        signal.removeEventListener('abort', onAbort);
        resolve(reply);
      });
    });
  }

  /** A reply that still comes is ignored. */
  forget(id: number): void {
    this.#waiting.delete(id);
  }

  notify(method: string, params?: JsonObject): void {
    this.#post(params ? { jsonrpc: '2.0', method, params } : { jsonrpc: '2.0', method });
  }

  answer(id: RpcId, result: JsonObject): void {
    this.#post(rpcResult(id, result));
  }

  refuse(id: RpcId, { code, message, data }: RpcErrorObject): void {
    this.#post(rpcError(id, code, message, data));
  }

  async close(): Promise<void> {
    await this.#transport.close();
    this.#onClose();
  }

  #post(message: RpcMessage): void {
    if (this.#isClosed) return;
    // Nobody waits for these; a connection that can't carry them closes, which is reported then.
    this.#transport.send(message).catch((error: unknown) => {
      this.#lastError = error instanceof Error ? error : new Error(String(error));
    });
  }

  #receive(message: RpcMessage, extra: RawMessageExtra | undefined): void {
    switch (kindOf(message)) {
      case 'result':
        this.#settle((message as RpcResult).id, { kind: 'result', result: (message as RpcResult).result });
        return;
      case 'error': {
        const { id, error } = message as RpcError;
        if (id !== null) this.#settle(id, { kind: 'error', error });
        return;
      }
      case 'notification':
        this.#handlers.onNotification(message as RpcNotification, extra);
        return;
      case 'request':
        this.#handlers.onRequest(message as RpcRequest, extra);
        return;
      case undefined:
        this.#receiveStrange(message);
    }
  }

  /** What names a request that waits, and is no response: the server won't answer it again. */
  #receiveStrange(message: unknown): void {
    const said = 'The server answered with something that is no JSON-RPC response.';
    this.#lastError = new Error(said);
    if (!isObject(message) || message['method'] !== undefined || !isRpcId(message['id'])) return;
    const loss = new LostRequest(said, { outcome: 'unknown', reason: 'upstream_error' });
    this.#settle(message['id'], { kind: 'closed', isSent: true, loss });
  }

  #settle(id: RpcId, reply: RpcReply): void {
    const onReply = this.#waiting.get(id);
    if (!onReply) return;
    this.#waiting.delete(id);
    onReply(reply);
  }

  #onClose(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const id of [...this.#waiting.keys()]) this.#settle(id, { kind: 'closed', isSent: true });
    this.#handlers.onClose();
  }
}
