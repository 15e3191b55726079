import type { RpcMessage } from '../wire/json-rpc.js';

/** What a transport knows of a message besides the message. */
export interface RawMessageExtra {
  /** The request (of this side) that the message belongs to, where the transport can tell. */
  relatedRequestId?: string | number;
  /** Of a request: ends the connection over which its caller hears of it, for servers within the process. */
  closeSSEStream?: () => void;
  /** Of a request: headers of its caller that an HTTP transport passes on, by lower-case name. */
  headers?: Readonly<Record<string, string>>;
}

/**
 * A connection that carries JSON-RPC messages, in the shape that the transports of both SDKs have. `onmessage`,
 * `onclose` and `onerror` are set before `start` and never changed.
 */
export interface RawTransport {
  onmessage?: ((message: RpcMessage, extra?: RawMessageExtra) => void) | undefined;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  start(): Promise<void>;
  send(message: RpcMessage, extra?: RawMessageExtra): Promise<void>;
  close(): Promise<void>;
  /** Tells an HTTP transport which revision was negotiated. */
  setProtocolVersion?: ((version: string) => void) | undefined;
}
