import type { BoundArgument, ComponentBase } from '../components/component.js';
import type { FixedCredential } from '../components/security.js';
import { isJsonType } from '../operations/read-request-body.js';
import { headerProblem, isFieldValue, serializeCookie, serializeHeader } from './header-style.js';
import { encodeCookieOctets } from './percent-encoding.js';
import { isOmitted } from './value-text.js';

/** Headers beside those of arguments and credentials. */
export interface HeaderSources {
  /** `openapi_config.headers`. */
  configured: Readonly<Record<string, string>>;
  /** Of the client's own request, where the entry names them. */
  forwarded: Readonly<Record<string, string>>;
  /** The component's, tokens fetched. */
  credentials: readonly FixedCredential[];
}

export type RequestHeaders = { ok: true; headers: Record<string, string> } | { ok: false; problems: string[] };

/** Never taken from the client's request, whatever an entry names. */
const neverForwarded =
  /^(?:authorization|cookie2?|mcp-.*|host|connection|content-.*|transfer-encoding|upgrade|te|trailers?|keep-alive|proxy-.*|expect|accept-encoding|http2-settings)$/;

/** The sender's own: they follow from the body and the connection. */
const neverConfigured = /^(?:content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect)$/;

/**
 * The headers of a request, in rising precedence: defaults, configured ones, forwarded ones, arguments, credentials.
 * Cookies add up instead (openapi-to-mcp.md, section 5).
 */
export function headersOf(
  component: ComponentBase,
  bound: readonly BoundArgument[],
  sources: HeaderSources,
): RequestHeaders {
  const headers = new Map([['accept', acceptOf(component.operation.responseTypes)]]);
  const cookies: string[] = [];
  const problems = new Set<string>();
  for (const [name, value] of Object.entries(sources.configured)) {
    if (!isFieldValue(value)) problems.add(`The configured header "${name}" ${headerProblem}.`);
    if (isCookie(name)) cookies.push(value);
    else if (!neverConfigured.test(name.toLowerCase())) headers.set(name.toLowerCase(), value);
  }
  for (const [name, value] of Object.entries(sources.forwarded)) {
    if (neverForwarded.test(name.toLowerCase())) continue;
    if (!isFieldValue(value)) problems.add(`The forwarded header "${name}" ${headerProblem}.`);
    headers.set(name.toLowerCase(), value);
  }
  const supplied = cookieNames(sources.credentials);
  for (const { binding, value } of bound) {
    if (binding.place !== 'parameter') continue;
    const { parameter, key } = binding;
    const report = (problem: string) => problems.add(`${key}: ${problem}`);
    const addCookie = (name: string, pair: string) => {
      if (supplied.includes(name)) report(`must not set the cookie "${name}", which is a credential`);
      cookies.push(pair);
    };
    if (parameter.place === 'cookie') {
      for (const [name, text] of serializeCookie(parameter, value, report)) addCookie(name, `${name}=${text}`);
    }
    if (parameter.place !== 'header' || value === null || (!parameter.content && isOmitted(value))) continue;
    const text = serializeHeader(parameter, value, report);
    if (!isCookie(parameter.name)) headers.set(parameter.name.toLowerCase(), text);
    else for (const pair of cookiePairs(text)) addCookie(nameIn(pair), pair);
  }
  for (const { place, name, value } of sources.credentials) {
    if (place !== 'query' && /[\r\n\0]|[^\0-\xff]/.test(value))
      problems.add(`The credential "${name}" ${headerProblem}.`);
    if (place === 'header' && isCookie(name)) cookies.push(value);
    else if (place === 'header') headers.set(name.toLowerCase(), value);
    if (place === 'cookie') cookies.push(`${name}=${encodeCookieOctets(value)}`);
  }
  if (cookies.length > 0) headers.set('cookie', cookies.join('; '));
  return problems.size > 0
    ? { ok: false, problems: [...problems] }
    : { ok: true, headers: Object.fromEntries(headers) };
}

function isCookie(header: string): boolean {
  return header.toLowerCase() === 'cookie';
}

/** Of the cookies that are credentials. */
function cookieNames(credentials: readonly FixedCredential[]): string[] {
  return credentials.flatMap(({ place, name, value }) => {
    if (place === 'cookie') return [name];
    return place === 'header' && isCookie(name) ? cookiePairs(value).map(nameIn) : [];
  });
}

function nameIn(pair: string): string {
  return pair.split('=')[0]?.trim() ?? '';
}

/** Of a parameter or a credential that is the whole header. */
function cookiePairs(header: string): string[] {
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '');
}

function acceptOf(responseTypes: readonly string[]): string {
  const json = responseTypes.filter((type) => isJsonType(type) && isFieldValue(type));
  return [...new Set([...json, 'application/json']), '*/*;q=0.8'].join(', ');
}
