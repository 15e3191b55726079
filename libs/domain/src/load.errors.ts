import { HubError } from './hub-error.js';
import { isTransientFailure, type FailureCode } from './server-status.js';

/**
 * A loader could not bring a server up. `code` says why (hosting.md), `remedy` what a person can do about it;
 * transient causes are retried, the others wait for a new generation.
 */
export class LoadFailed extends HubError {
  readonly kind = 'upstream';
  readonly isTransient: boolean;
  constructor(
    readonly code: FailureCode,
    message: string,
    readonly remedy: string,
    options?: { cause?: unknown; isTransient?: boolean },
  ) {
    super(message, options);
    this.isTransient = options?.isTransient ?? isTransientFailure(code);
  }
}
