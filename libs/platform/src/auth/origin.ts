import { isIP } from 'node:net';

export interface OriginRules {
  /** Names besides `localhost` and IP addresses under which this hub is known: from `api.host`, `gateway.public_url`. */
  ownHosts: readonly string[];
  /** With tokens required, a page gains nothing by a name that points here, so any `Host` may vouch for its own pages. */
  authEnabled: boolean;
}

/**
 * Whether a web page of that origin may write: only the hub's own pages may (hub-api.md, section 2).
 *
 * The origin must be the host that the request was sent to. Where no token is needed that alone does not do, since a
 * name can be made to point to this machine (DNS rebinding): then the host must also be an address, `localhost`, or a
 * name of this hub.
 *
 * @param origin the `Origin` header; undefined where no web page is involved
 * @param host the `Host` header
 */
export function mayWriteFrom(origin: string | undefined, host: string | undefined, rules: OriginRules): boolean {
  if (origin === undefined) return true;
  if (!/^https?:\/\//i.test(origin) || !host || !URL.canParse(origin)) return false;
  const page = new URL(origin);
  const targetUrl = `${page.protocol}//${host}`;
  if (!URL.canParse(targetUrl)) return false;
  const target = new URL(targetUrl);
  if (target.username || target.pathname !== '/' || target.port !== page.port) return false;
  if (isLoopbackName(target.hostname) && isLoopbackName(page.hostname)) return true;
  if (target.hostname !== page.hostname) return false;
  return rules.authEnabled || isAddress(target.hostname) || rules.ownHosts.includes(target.hostname);
}

/** @param name as in a URL: an IPv6 address is in brackets */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '::1' || name === '[::1]' || (isIP(name) === 4 && name.startsWith('127.'));
}

function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
