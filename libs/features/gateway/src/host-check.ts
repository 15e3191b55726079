import type { IncomingMessage } from 'node:http';

export interface HostPolicy {
  /** Host names (without port) that clients may use; empty: any, or loopback names only where bound to loopback. */
  allowedHosts: readonly string[];
  /** Origins of browsers that may call; `*` for any. Without any, only same-host origins. */
  allowedOrigins: readonly string[];
  isBoundToLoopback: boolean;
}

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Refuses requests that a foreign web page, or a name rebound to this host, may have caused (gateway.md, "Host and
 * Origin checks"). @returns what is wrong, or undefined
 */
export function foreignReason(req: IncomingMessage, policy: HostPolicy): string | undefined {
  const host = hostName(req.headers.host);
  if (host === undefined) return 'The Host header is missing or malformed.';
  const allowed = new Set(policy.allowedHosts);
  if (policy.isBoundToLoopback && !loopbackNames.has(host) && !allowed.has(host)) {
    return 'This Host is not served here. Name it in gateway.allowed_hosts.';
  }
  if (allowed.size > 0 && !allowed.has(host) && !loopbackNames.has(host)) {
    return 'This Host is not served here. Name it in gateway.allowed_hosts.';
  }
  const { origin } = req.headers;
  if (origin === undefined || policy.allowedOrigins.includes('*') || policy.allowedOrigins.includes(origin)) {
    return undefined;
  }
  if (hostName(originHost(origin)) === host) return undefined;
  return 'Requests from this Origin are refused. Name it in gateway.allowed_origins.';
}

function originHost(origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/.exec(origin)?.[1];
}

/** Without the port, in lower case. */
function hostName(host: string | undefined): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[^:\s/]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1]?.toLowerCase();
}
