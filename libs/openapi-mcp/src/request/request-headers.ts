import type { BoundArgument, ComponentBase } from '../components/component.js';
import type { FixedCredential } from '../components/security.js';
import { isJsonType } from '../operations/read-request-body.js';
import { isOmitted, serializeCookie, serializeHeader } from './serialize-parameter.js';

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
  /^(authorization|cookie|mcp-.*|host|connection|content-.*|transfer-encoding|upgrade|te|trailer|keep-alive|proxy-.*|expect|accept-encoding)$/;

/** What HTTP allows in a value: no CR, LF or NUL, nothing beyond Latin-1. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The headers of a request, in rising precedence: defaults, configured ones, forwarded ones, arguments, credentials.
 * Cookies add up instead (openapi-to-mcp.md, section 5).
 */
export function headersOf(
  component: ComponentBase,
  bound: readonly BoundArgument[],
  sources: HeaderSources,
): RequestHeaders {
  const headers: Record<string, string> = {
    accept: acceptOf(component.operation.responseTypes),
  };
  const cookies: string[] = [];
  const problems: string[] = [];
  for (const [name, value] of Object.entries(sources.configured)) {
    if (name.toLowerCase() === 'cookie') cookies.push(value);
    else headers[name.toLowerCase()] = value;
  }
  for (const [name, value] of Object.entries(sources.forwarded)) {
    if (!neverForwarded.test(name.toLowerCase())) headers[name.toLowerCase()] = value;
  }
  for (const { binding, value } of bound) {
    if (binding.place !== 'parameter' || isOmitted(value)) continue;
    const { parameter, key } = binding;
    if (parameter.place === 'cookie') cookies.push(`${parameter.name}=${serializeCookie(parameter, value)}`);
    if (parameter.place !== 'header') continue;
    const text = serializeHeader(parameter, value);
    if (fieldValue.test(text)) headers[parameter.name.toLowerCase()] = text;
    else problems.push(`${key}: has characters that a header can't carry (line breaks, or beyond Latin-1)`);
  }
  for (const { place, name, value } of sources.credentials) {
    if (place === 'header') headers[name.toLowerCase()] = value;
    if (place === 'cookie') cookies.push(`${name}=${value}`);
  }
  if (cookies.length > 0) headers.cookie = cookies.join('; ');
  for (const [name, value] of Object.entries(headers)) {
    if (!fieldValue.test(value))
      problems.push(`The configured header "${name}" has characters that a header can't carry.`);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, headers };
}

function acceptOf(responseTypes: readonly string[]): string {
  const json = responseTypes.filter(isJsonType);
  return [...new Set([...json, 'application/json']), '*/*;q=0.8'].join(', ');
}
