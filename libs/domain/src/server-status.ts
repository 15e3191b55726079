/** The states that users see (hub-api.md, section 2). `not_loaded` also means asleep, `degraded` that some replicas serve. */
export const runtimeStatuses = ['not_loaded', 'loading', 'healthy', 'degraded', 'failed', 'disabled'] as const;
export type RuntimeStatus = (typeof runtimeStatuses)[number];

/** What the operator wants of a server. `deleted` is kept as a tombstone for 24 h, so that workers learn of it. */
export const desiredStates = ['enabled', 'disabled', 'deleted'] as const;
export type DesiredState = (typeof desiredStates)[number];

/** Causes of a failed load (hosting.md, "Supervision"; `secret_unreadable` is this hub's own). */
export const failureCodes = [
  'document_invalid',
  'document_unreachable',
  'package_not_found',
  'install_failed',
  'start_timeout',
  'crashed',
  'crash_loop',
  'variable_missing',
  'variable_refused',
  'secret_unreadable',
  'egress_refused',
  'policy_refused',
  'image_not_found',
  'module_error',
  'upstream_unreachable',
  'upstream_auth',
  'out_of_memory',
  'no_capacity',
  'nothing_to_load',
  'blob_missing',
] as const;
export type FailureCode = (typeof failureCodes)[number];

/** The codes that may get better by themselves: they are retried now, and again from `next_retry_at` on. */
const transientCodes: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'document_unreachable',
  'install_failed',
  'start_timeout',
  'crashed',
  'crash_loop',
  'upstream_unreachable',
  'out_of_memory',
  'no_capacity',
  'blob_missing',
  'secret_unreadable',
]);

export function isTransientFailure(code: FailureCode): boolean {
  return transientCodes.has(code);
}

/** Why a server does not serve its newest generation. `since` and `nextRetryAt` are RFC 3339. */
export interface ServerFailure {
  code: FailureCode;
  message: string;
  remedy: string;
  since: string;
  /** What was being done: `loading`, `starting`, `health_check`, … */
  stage: string;
  nextRetryAt?: string;
}
