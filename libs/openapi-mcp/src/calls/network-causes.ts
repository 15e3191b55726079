import { HubError } from '@mcp-hub/domain';

/** Text by code for what the network reports; messages of other errors may hold a URL with a key in it. */
const networkCauses: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'the host is not reachable',
  ENETUNREACH: 'the network is not reachable',
  ENOTFOUND: 'the host name does not exist',
  EAI_AGAIN: 'the host name could not be resolved just now',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  UND_ERR_SOCKET: 'the connection was closed before the answer was complete',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate could not be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** What another attempt may well not meet again; a name that does not exist, or a bad certificate, stays. */
const passing: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
]);

/** @returns in words why a request got no answer, without anything of the request in them */
export function causeOf(error: unknown): string {
  const found = codedCause(error);
  if (found instanceof HubError) return `${found.message} (${found.code})`;
  return found === undefined ? 'the request failed' : (networkCauses[found] ?? found);
}

/** Says whether a connection failed in a way that another one may not. */
export function isPassingFailure(error: unknown): boolean {
  const found = codedCause(error);
  return typeof found === 'string' && passing.has(found);
}

function codedCause(error: unknown): HubError | string | undefined {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth += 1) {
    if (cause instanceof HubError) return cause;
    const code: unknown = 'code' in cause ? cause.code : undefined;
    if (typeof code === 'string' && /^\w{1,64}$/.test(code)) return code;
    if (cause instanceof AggregateError && cause.errors.length > 0) return codedCause(cause.errors[0]);
  }
  return undefined;
}
