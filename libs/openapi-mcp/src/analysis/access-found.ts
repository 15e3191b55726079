import { isObject, own, ownArray, ownObject, ownString, type JsonObject } from '../document/json.js';
import type { References } from '../document/references.js';
import { serverUrl } from '../components/server-url.js';
import type { DocumentDefaults, Operation } from '../operations/operation.js';

/** A security scheme of the document. */
export interface SchemeFound {
  name: string;
  /** `apiKey in header X-Key`, `http bearer`, `oauth2` */
  kind: string;
  /** Operations that name it in an alternative of their security. */
  operations: number;
  /** What `auth_config` could be; none where the hub can't do it. Its `${…}` are names to choose. */
  auth_config?: JsonObject;
}

/** A server of the document as a whole. */
export interface ServerFound {
  url: string;
  description?: string;
  variables: { name: string; default?: string; values?: string[] }[];
  /** Why it can't be called as it is, and what to set. */
  problem?: string;
}

export function schemesFound(
  defaults: DocumentDefaults,
  operations: readonly Operation[],
  references: References,
): SchemeFound[] {
  const uses = new Map<string, number>();
  for (const { security } of operations) {
    const names = (security ?? defaults.security ?? []).filter(isObject).flatMap((one) => Object.keys(one));
    for (const name of new Set(names)) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  return Object.entries(defaults.securitySchemes).flatMap(([name, node]) => {
    const scheme = references.followObject(node, '/components/securitySchemes')?.value;
    if (!scheme) return [];
    const auth_config = authConfigFor(scheme);
    return [{ name, kind: kindOf(scheme), operations: uses.get(name) ?? 0, ...(auth_config && { auth_config }) }];
  });
}

function kindOf(scheme: JsonObject): string {
  const parts = ['type', 'scheme', 'in', 'name'].map((key) => ownString(scheme, key));
  const [type = 'unknown', httpScheme, place, name] = parts;
  if (type === 'apiKey') return `apiKey in ${place ?? '?'} ${name ?? '?'}`;
  return type === 'http' ? `http ${httpScheme?.toLowerCase() ?? '?'}` : type;
}

function authConfigFor(scheme: JsonObject): JsonObject | undefined {
  switch (own(scheme, 'type')) {
    case 'apiKey':
      return apiKeyFor(ownString(scheme, 'in'), ownString(scheme, 'name'));
    case 'http':
      return httpFor(ownString(scheme, 'scheme')?.toLowerCase());
    case 'oauth2':
      return oauth2For(ownObject(ownObject(scheme, 'flows'), 'clientCredentials'));
    case 'openIdConnect':
      return { type: 'bearer', token: '${API_TOKEN}' };
    default:
      return undefined;
  }
}

function apiKeyFor(place: string | undefined, name: string | undefined): JsonObject | undefined {
  if (name === undefined || (place !== 'header' && place !== 'query' && place !== 'cookie')) return undefined;
  return { type: 'api_key', [`${place}_name`]: name, api_key: '${API_KEY}' };
}

function httpFor(scheme: string | undefined): JsonObject | undefined {
  if (scheme === 'bearer') return { type: 'bearer', token: '${API_TOKEN}' };
  return scheme === 'basic' ? { type: 'basic', username: '${API_USERNAME}', password: '${API_PASSWORD}' } : undefined;
}

/** Client credentials where the API offers them; a token that somebody got otherwise where it doesn't. */
function oauth2For(flow: JsonObject): JsonObject {
  const token_url = ownString(flow, 'tokenUrl');
  if (token_url === undefined) return { type: 'bearer', token: '${API_TOKEN}' };
  return {
    type: 'oauth2',
    oauth2_config: {
      token_url,
      client_id: '${API_CLIENT_ID}',
      client_secret: '${API_CLIENT_SECRET}',
      scopes: Object.keys(ownObject(flow, 'scopes')),
    },
  };
}

export function serversFound(
  defaults: DocumentDefaults,
  options: { documentUrl?: string; variables: Readonly<Record<string, string>> },
): ServerFound[] {
  return defaults.servers.filter(isObject).map((server) => {
    const description = ownString(server, 'description');
    const resolved = serverUrl([server], options);
    return {
      url: ownString(server, 'url') ?? '/',
      ...(description === undefined ? {} : { description }),
      variables: Object.entries(ownObject(server, 'variables')).map(([name, variable]) =>
        variableFound(name, variable),
      ),
      ...(resolved.ok ? {} : { problem: resolved.message }),
    };
  });
}

function variableFound(name: string, variable: unknown): ServerFound['variables'][number] {
  const declared = isObject(variable) ? variable : {};
  const fallback = own(declared, 'default');
  const values = ownArray(declared, 'enum').map(String);
  return {
    name,
    ...(typeof fallback === 'string' || typeof fallback === 'number' ? { default: String(fallback) } : {}),
    ...(values.length > 0 ? { values } : {}),
  };
}
