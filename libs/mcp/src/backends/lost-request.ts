import type { FailureCode } from '@mcp-hub/domain';
import type { LossReason } from '../call-loss.js';

export interface LossFacts {
  /** Whether the server may have executed it. */
  outcome: 'unknown' | 'not_executed';
  reason: LossReason;
  /** Of the `LoadFailed`, where the server was being loaded or checked; default `upstream_unreachable`. */
  code?: FailureCode;
  /** HTTP's, where there was an answer. */
  status?: number;
  /** Seconds after which another try is worth it, as the server says. */
  retryAfter?: number;
  cause?: unknown;
}

/** Thrown by a transport's `send` where it knows how a request was lost. The message is a sentence for callers. */
export class LostRequest extends Error {
  override readonly name = 'LostRequest';
  readonly outcome: LossFacts['outcome'];
  readonly reason: LossReason;
  readonly code: FailureCode;
  readonly status: number | undefined;
  readonly retryAfter: number | undefined;

  constructor(
    message: string,
    { outcome, reason, code = 'upstream_unreachable', status, retryAfter, cause }: LossFacts,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.outcome = outcome;
    this.reason = reason;
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** The same of a request that waited for what was lost here, and was itself not sent or refused. */
  ofWaiting(): LostRequest {
    const { message, reason, code, status, cause } = this;
    return new LostRequest(message, {
      outcome: 'not_executed',
      reason,
      code,
      cause,
      ...(status !== undefined && { status }),
    });
  }
}
