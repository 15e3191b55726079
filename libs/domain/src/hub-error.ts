/** What a failure means to a caller; each edge maps kinds in one table (HTTP status, JSON-RPC code, retry, exit code). */
export const errorKinds = [
  'malformed',
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'too_large',
  'unsupported_media',
  'unavailable',
  'timeout',
  'upstream',
  'internal',
] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** One problem of an input: `path` names the field (`openapi_config.route_maps[0].pattern`, '' for the whole). */
export interface Issue {
  path: string;
  message: string;
  code: string;
}

/**
 * The base of every error the hub raises on purpose. The message names the thing and the remedy, and is fit for any
 * reader: it holds no secret, no path of the machine and no internals.
 */
export abstract class HubError extends Error {
  /** Stable, snake_case; clients may decide by it. */
  abstract readonly code: string;
  abstract readonly kind: ErrorKind;
  readonly issues: readonly Issue[] = [];

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}
