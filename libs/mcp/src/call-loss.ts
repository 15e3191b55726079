/** Why the hub could not complete a call. */
export type LossReason =
  | 'timeout'
  | 'cancelled'
  | 'server_gone'
  | 'attempt_repeated'
  | 'input_refused'
  | 'overloaded'
  /** The server has not answered for a while, and is not called for now. */
  | 'circuit_open'
  /** What the server answered is no MCP, or the HTTP status of a failure. */
  | 'upstream_error'
  /** The server wants other credentials. */
  | 'upstream_auth'
  | 'result_too_large'
  | 'internal';

/**
 * The `data` of an error outcome that the hub made, not the server: whether the call was executed. Frontends complete
 * it with server, worker and call id; an error of the server itself never carries this class, so it stays untouched.
 */
export class CallLoss {
  constructor(
    readonly outcome: 'unknown' | 'not_executed',
    readonly reason: LossReason,
    /** Seconds after which another try is worth it. */
    readonly retryAfter?: number,
  ) {}
}
