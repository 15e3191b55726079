import type { AuthConfig, OAuth2Config } from '@mcp-hub/domain';
import type { Diagnostics } from '../document/diagnostics.js';
import { isObject, own, ownString, pointerTo, type JsonObject } from '../document/json.js';
import type { DocumentDefaults, Operation } from '../operations/operation.js';
import type { References } from '../document/references.js';

/** What proves to the API who calls. The value is a secret. */
export interface FixedCredential {
  place: 'header' | 'query' | 'cookie';
  name: string;
  value: string;
}

/** A bearer token that has to be asked for (client credentials) before the request is built. */
export interface TokenCredential {
  place: 'header';
  name: 'Authorization';
  oauth2: OAuth2Config;
}

export type Credential = FixedCredential | TokenCredential;

/**
 * The credentials that an operation is sent with (openapi-to-mcp.md, section 5): those of the first non-empty
 * alternative of its security requirements that is configured as a whole; none where it says `security: []`; as
 * configured where the document demands nothing, or nothing that matches.
 */
export function credentialsFor(
  operation: Operation,
  defaults: DocumentDefaults,
  auth: AuthConfig | undefined,
  references: References,
  diagnostics: Diagnostics,
): Credential[] {
  const requirements = operation.security ?? defaults.security;
  if (requirements?.length === 0) return [];
  const alternatives = (requirements ?? []).filter(isObject).filter((one) => Object.keys(one).length > 0);
  const schemes = (name: string) =>
    references.followObject(own(defaults.securitySchemes, name), pointerTo('', 'components', 'securitySchemes', name))
      ?.value;

  for (const alternative of alternatives) {
    const found = Object.keys(alternative).map((name) => credentialFor(schemes(name), configuredFor(auth, name)));
    if (found.every((credential) => credential !== undefined)) return found;
  }
  if (alternatives.length > 0 && (auth === undefined || auth.type === 'schemes')) {
    const names = [...new Set(alternatives.flatMap((alternative) => Object.keys(alternative)))].join(', ');
    diagnostics.add(
      'info',
      pointerTo(operation.pointer, 'security'),
      'security_not_configured',
      `Not configured: ${names}.`,
    );
  }
  if (auth === undefined || auth.type === 'schemes') return [];
  const asConfigured = credentialFor(firstApiKeyScheme(defaults, schemes, auth), auth) ?? configured(auth);
  return asConfigured ? [asConfigured] : [];
}

function configuredFor(auth: AuthConfig | undefined, name: string): AuthConfig | undefined {
  return auth?.type === 'schemes' ? (Object.hasOwn(auth.schemes, name) ? auth.schemes[name] : undefined) : auth;
}

/** @returns undefined where the scheme is unknown, or is not of the kind that is configured */
function credentialFor(scheme: JsonObject | undefined, auth: AuthConfig | undefined): Credential | undefined {
  if (!scheme || !auth) return undefined;
  const type = own(scheme, 'type');
  if (type === 'apiKey' && auth.type === 'api_key') {
    const place = own(scheme, 'in');
    const name = ownString(scheme, 'name');
    if (name === undefined || (place !== 'header' && place !== 'query' && place !== 'cookie')) return undefined;
    return placedApiKey(auth) ?? { place, name, value: auth.api_key };
  }
  const isBearer = type === 'oauth2' || type === 'openIdConnect' || (type === 'http' && isScheme(scheme, 'bearer'));
  if (isBearer && auth.type === 'bearer') return configured(auth);
  if (type === 'http' && isScheme(scheme, 'basic') && auth.type === 'basic') return configured(auth);
  return undefined;
}

function configured(auth: AuthConfig): Credential | undefined {
  switch (auth.type) {
    case 'bearer':
      return {
        place: 'header',
        name: 'Authorization',
        value: `Bearer ${auth.token}`,
      };
    case 'basic':
      return {
        place: 'header',
        name: 'Authorization',
        value: `Basic ${Buffer.from(`${auth.username}:${auth.password}`, 'utf8').toString('base64')}`,
      };
    case 'api_key':
      return (
        placedApiKey(auth) ?? {
          place: 'header',
          name: 'X-API-Key',
          value: auth.api_key,
        }
      );
    case 'oauth2':
    case 'schemes':
      return undefined;
  }
}

/** The place that the entry names wins over the document's. */
function placedApiKey(auth: AuthConfig & { type: 'api_key' }): Credential | undefined {
  const { api_key: value, header_name, query_name, cookie_name } = auth;
  if (query_name !== undefined) return { place: 'query', name: query_name, value };
  if (cookie_name !== undefined) return { place: 'cookie', name: cookie_name, value };
  return header_name === undefined ? undefined : { place: 'header', name: header_name, value };
}

function firstApiKeyScheme(
  defaults: DocumentDefaults,
  schemes: (name: string) => JsonObject | undefined,
  auth: AuthConfig,
): JsonObject | undefined {
  if (auth.type !== 'api_key') return undefined;
  return Object.keys(defaults.securitySchemes)
    .map(schemes)
    .find((scheme) => scheme && own(scheme, 'type') === 'apiKey');
}

function isScheme(scheme: JsonObject, name: string): boolean {
  return ownString(scheme, 'scheme')?.toLowerCase() === name;
}
