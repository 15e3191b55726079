import type { Era } from '../../../src/protocol-matrix/matrix.js';
import type { Json, RpcFault } from '../servers/script.js';

/** What a client says to a request of the server. `undefined`: nothing at all. */
export type Answer = { result: Json } | { error: RpcFault } | undefined;

export interface Input {
  method: string;
  params: Json;
}

export interface RequestOptions {
  /** Of the request's `_meta`. */
  meta?: Json;
  /** From which level on log messages are wanted: of the request, or of the session (2025-11-25). */
  logLevel?: string;
  answer?: (input: Input) => Answer | Promise<Answer>;
  headers?: Record<string, string | undefined>;
  signal?: AbortSignal;
  /** Hears what comes before the result. */
  onTold?: (message: Json) => void;
}

/** A request, from its first message to its last, whatever it took. */
export interface Exchange {
  status: number;
  /** What was said before the result. */
  told: Json[];
  asked: Input[];
  /** Of the requests of the server (2025-11-25). */
  askedIds: unknown[];
  /** Results `input_required` on the way, as they came (2026-07-28). */
  legs: Json[];
  result?: Json;
  error?: RpcFault;
}

/** A client of one era, that says exactly what it is told to and shows all that it gets. */
export interface MatrixClient {
  readonly era: Era;
  /** The result of the handshake, or of `server/discover`. */
  readonly hello: Json;
  /** Notifications that belong to no request. */
  readonly events: Json[];
  request(method: string, params?: Json, options?: RequestOptions): Promise<Exchange>;
  /** @returns the HTTP status */
  notify(method: string, params?: Json): Promise<number>;
  /** Hears of changes of this resource from now on. */
  subscribe(uri: string): Promise<Exchange | undefined>;
  unsubscribe(uri: string): Promise<void>;
  close(): Promise<void>;
}
