import type { BoundArgument, ComponentBase } from '../components/component.js';
import type { FixedCredential } from '../components/security.js';
import type { JsonObject } from '../document/json.js';
import type { Parameter } from '../operations/operation.js';
import { encodeUnreserved } from './percent-encoding.js';
import { encodeBody } from './request-body.js';
import { headersOf, type HeaderSources } from './request-headers.js';
import { requestPath } from './request-path.js';
import { contentPairs, querystringText } from './content-text.js';
import { serializeQuery, type EncodedPair } from './query-style.js';

export interface UpstreamRequest {
  method: string;
  url: string;
  /** By lower-case name. */
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

export type BuiltRequest = { ok: true; request: UpstreamRequest } | { ok: false; problems: string[] };

/**
 * The HTTP request of a call, from arguments that were validated (openapi-to-mcp.md, section 5).
 *
 * @returns every problem at once where values can't be sent, each naming its argument: path segments that would be
 *   left, headers with line breaks, files that are no base64
 */
export function buildRequest(component: ComponentBase, args: JsonObject, sources: HeaderSources): BuiltRequest {
  const bound: BoundArgument[] = Object.entries(args).flatMap(([key, value]) => {
    const binding = component.bindings.get(key);
    return binding ? [{ binding, value }] : [];
  });
  const path = pathOf(component, bound);
  const headers = headersOf(component, bound, sources);
  const body = encodeBody(component, args);
  const query = queryOf(bound, sources.credentials);
  const problems = [path, query, headers, body].flatMap((part) => (part.ok ? [] : part.problems));
  if (!path.ok || !query.ok || !headers.ok || !body.ok) return { ok: false, problems };

  const search = [path.query, ...query.parts].filter((part) => part !== '').join('&');
  const url = `${component.serverUrl}${path.path}${search === '' ? '' : `?${search}`}`;
  if (!isBelow(url, component.serverUrl)) {
    return {
      ok: false,
      problems: ['The arguments lead out of the API: nothing was sent.'],
    };
  }
  return {
    ok: true,
    request: {
      method: component.operation.method,
      url,
      headers: {
        ...headers.headers,
        ...(body.contentType === undefined ? {} : { 'content-type': body.contentType }),
      },
      ...(body.content === undefined ? {} : { body: body.content }),
    },
  };
}

function pathOf(component: ComponentBase, bound: readonly BoundArgument[]) {
  const parameters = new Map<string, Parameter>();
  const values = new Map<string, unknown>();
  const keys = new Map<string, string>();
  for (const parameter of component.operation.parameters) {
    if (parameter.place === 'path') parameters.set(parameter.name, parameter);
  }
  for (const { binding, value } of bound) {
    if (binding.place !== 'parameter' || binding.parameter.place !== 'path') continue;
    values.set(binding.parameter.name, value);
    keys.set(binding.parameter.name, binding.key);
  }
  return requestPath(component.operation.template ?? component.operation.path, parameters, values, keys);
}

/** An argument with names of its own making (an exploded object) must not speak for a credential. */
function queryOf(
  bound: readonly BoundArgument[],
  allCredentials: readonly FixedCredential[],
): { ok: true; parts: string[] } | { ok: false; problems: string[] } {
  const problems = new Set<string>();
  const credentials = allCredentials
    .filter(({ place }) => place === 'query')
    .map(({ name, value }): EncodedPair => [encodeUnreserved(name), encodeUnreserved(value)]);
  const supplied = new Set(credentials.map(([name]) => name));
  const parts = bound.flatMap(({ binding, value }): string[] => {
    if (binding.place !== 'parameter') return [];
    const { parameter, key } = binding;
    if (parameter.place === 'querystring') return [querystringText(parameter, value)];
    if (parameter.place !== 'query') return [];
    const report = (problem: string) => problems.add(`${key}: ${problem}`);
    const pairs = parameter.content
      ? contentPairs(parameter, parameter.content, value)
      : serializeQuery(parameter, value, report);
    for (const [name] of pairs) {
      if (supplied.has(name)) report(`must not set "${decodeURIComponent(name)}", which is a credential`);
    }
    return pairs.map(([name, text]) => `${name}=${text}`);
  });
  if (problems.size > 0) return { ok: false, problems: [...problems] };
  return { ok: true, parts: [...parts, ...credentials.map(([name, text]) => `${name}=${text}`)] };
}

/** The last check, on what a URL parser makes of it. */
function isBelow(url: string, base: string): boolean {
  const target = new URL(url);
  const root = new URL(base);
  const rootPath = root.pathname.endsWith('/') ? root.pathname : `${root.pathname}/`;
  return target.origin === root.origin && target.pathname.startsWith(rootPath);
}
