import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export interface HostPolicy {
  /** Host names (without port) that clients may use; empty: any, or loopback names only where bound to loopback. */
  allowedHosts: readonly string[];
  /** Further names of this hub, accepted beside whatever `allowedHosts` says. */
  ownHosts: readonly string[];
  /** Origins of browsers that may call; `*` for any. Without any, only same-host origins. */
  allowedOrigins: readonly string[];
  isBoundToLoopback: boolean;
  /** A page gains nothing by a name that was made to point here, where it needs a token besides. */
  needsToken: boolean;
}

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Refuses requests that a foreign web page, or a name rebound to this host, may have caused (gateway.md, "Host and
 * Origin checks"). @returns what is wrong, or undefined
 */
export function foreignReason(req: IncomingMessage, policy: HostPolicy): string | undefined {
  const host = hostName(req.headers.host);
  if (host === undefined) return 'The Host header is missing or malformed.';
  const own = new Set([...policy.allowedHosts, ...policy.ownHosts].map((name) => name.toLowerCase()));
  const isOwn = own.has(host) || loopbackNames.has(host);
  if (!isOwn && (policy.isBoundToLoopback || policy.allowedHosts.length > 0)) {
    return 'This Host is not served here. Name it in gateway.allowed_hosts.';
  }
  const { origin } = req.headers;
  if (origin === undefined || policy.allowedOrigins.includes('*') || policy.allowedOrigins.includes(origin)) {
    return undefined;
  }
  const canVouch = policy.needsToken || isOwn || isAddress(host);
  if (canVouch && hostName(originHost(origin)) === host) return undefined;
  return 'Requests from this Origin are refused. Name it in gateway.allowed_origins.';
}

function isAddress(host: string): boolean {
  return isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0;
}

function originHost(origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/.exec(origin)?.[1];
}

/** Without the port, in lower case. */
function hostName(host: string | undefined): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[^:\s/]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1]?.toLowerCase();
}
