import type { BoundArgument, ComponentBase } from '../components/component.js';
import type { FixedCredential } from '../components/security.js';
import type { JsonObject } from '../document/json.js';
import type { Parameter } from '../operations/operation.js';
import { encodeUnreserved } from './percent-encoding.js';
import { encodeBody } from './request-body.js';
import { headersOf, type HeaderSources } from './request-headers.js';
import { requestPath } from './request-path.js';
import { serializeQuery, type EncodedPair } from './serialize-parameter.js';

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
 * @returns every problem where values can't be sent: path segments that would be left, headers with line breaks
 */
export function buildRequest(component: ComponentBase, args: JsonObject, sources: HeaderSources): BuiltRequest {
  const bound: BoundArgument[] = Object.entries(args).flatMap(([key, value]) => {
    const binding = component.bindings.get(key);
    return binding ? [{ binding, value }] : [];
  });
  const path = pathOf(component, bound);
  const headers = headersOf(component, bound, sources);
  const body = encodeBody(component, args);
  const problems = [path, headers, body].flatMap((part) => (part.ok ? [] : part.problems));
  if (!path.ok || !headers.ok || !body.ok) return { ok: false, problems };

  const query = [path.query, ...queryOf(bound, sources.credentials).map(([name, value]) => `${name}=${value}`)]
    .filter((part) => part !== '')
    .join('&');
  const url = `${component.serverUrl}${path.path}${query === '' ? '' : `?${query}`}`;
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
  return requestPath(component.operation.path, parameters, values, keys);
}

function queryOf(bound: readonly BoundArgument[], allCredentials: readonly FixedCredential[]): EncodedPair[] {
  const pairs = bound.flatMap(({ binding, value }) =>
    binding.place === 'parameter' && binding.parameter.place === 'query'
      ? serializeQuery(binding.parameter, value)
      : [],
  );
  const credentials = allCredentials
    .filter(({ place }) => place === 'query')
    .map(({ name, value }): EncodedPair => [encodeUnreserved(name), encodeUnreserved(value)]);
  return [...pairs, ...credentials];
}

/** The last check, on what a URL parser makes of it. */
function isBelow(url: string, base: string): boolean {
  const target = new URL(url);
  const root = new URL(base);
  const rootPath = root.pathname.endsWith('/') ? root.pathname : `${root.pathname}/`;
  return target.origin === root.origin && target.pathname.startsWith(rootPath);
}
