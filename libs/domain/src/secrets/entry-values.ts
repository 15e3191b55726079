import { fieldPath, itemPath } from '../schema/report.js';
import type {
  AuthConfig,
  EnvironmentVariable,
  KeyValueInput,
  PackageArgument,
  ServerEntry,
  ServerPackage,
} from '../server-entry.js';

/** Where a value stands. */
export interface ValuePlace {
  path: string;
  /**
   * The same by names instead of positions, so that a value is found again after its list was reordered; first the
   * most exact one (`remotes{url}`), then one that tolerates a changed owner.
   */
  identities: readonly [exact: string, tolerant: string];
  isSecret: boolean;
}

export type MapValue = (value: string, place: ValuePlace) => string;

interface Scope {
  path: string;
  exact: string;
  tolerant: string;
}

const scopeOf = (path: string): Scope => ({ path, exact: path, tolerant: path });

/**
 * Copies an entry, giving each value of the places that may hold references to `map`: `auth_config`, headers,
 * environment, `server_variables` and `remotes` (hub-api.md, section 1). Secret among them are all values of
 * `auth_config` except those that only say where or how to authenticate (names of headers, `token_url`, `scopes`,
 * `audience`), all header values, and inputs with `is_secret`.
 */
export function mapEntryValues(entry: ServerEntry, map: MapValue): ServerEntry {
  const mapped: ServerEntry = {
    ...entry,
    remotes: entry.remotes.map((remote, index) => {
      const path = itemPath('remotes', index);
      const scope = { path, exact: `remotes{${remote.url}}`, tolerant: path };
      return {
        ...remote,
        url: visit(map, remote.url, inner(scope, 'url'), false),
        headers: remote.headers.map((header, at) => mapHeader(header, at, inner(scope, 'headers'), map)),
      };
    }),
    packages: entry.packages.map((each, index) => mapPackage(each, index, map)),
  };
  if (entry.auth_config) mapped.auth_config = mapAuth(entry.auth_config, scopeOf('auth_config'), map);
  if (entry.openapi_config) {
    const { headers, server_variables } = entry.openapi_config;
    mapped.openapi_config = {
      ...entry.openapi_config,
      headers: mapRecord(headers, scopeOf('openapi_config.headers'), map, true),
      server_variables: mapRecord(server_variables, scopeOf('openapi_config.server_variables'), map, false),
    };
  }
  return mapped;
}

function mapAuth(auth: AuthConfig, scope: Scope, map: MapValue): AuthConfig {
  const secret = (value: string, field: string): string => visit(map, value, inner(scope, field), true);
  switch (auth.type) {
    case 'bearer':
      return { ...auth, token: secret(auth.token, 'token') };
    case 'api_key':
      return { ...auth, api_key: secret(auth.api_key, 'api_key') };
    case 'basic':
      return { ...auth, username: secret(auth.username, 'username'), password: secret(auth.password, 'password') };
    case 'oauth2': {
      const config = auth.oauth2_config;
      const at = inner(scope, 'oauth2_config');
      const plain = (value: string, field: string): string => visit(map, value, inner(at, field), false);
      return {
        ...auth,
        oauth2_config: {
          ...config,
          token_url: plain(config.token_url, 'token_url'),
          client_id: visit(map, config.client_id, inner(at, 'client_id'), true),
          client_secret: visit(map, config.client_secret, inner(at, 'client_secret'), true),
          scopes: config.scopes.map((value, index) =>
            visit(map, value, scopeOf(itemPath(inner(at, 'scopes').path, index)), false),
          ),
          ...(config.audience === undefined ? {} : { audience: plain(config.audience, 'audience') }),
        },
      };
    }
    case 'schemes': {
      const at = inner(scope, 'schemes');
      const schemes = Object.entries(auth.schemes).map(
        ([name, each]) => [name, mapAuth(each, inner(at, name), map)] as const,
      );
      return { ...auth, schemes: Object.fromEntries(schemes) };
    }
  }
}

function mapPackage(each: ServerPackage, index: number, map: MapValue): ServerPackage {
  const path = itemPath('packages', index);
  const scope = { path, exact: `packages{${each.registry_name} ${each.name}}`, tolerant: path };
  const argument = (list: 'package_arguments' | 'runtime_arguments') => (item: PackageArgument, at: number) =>
    item.type === 'environment' ? mapInput(item, scopeOf(itemPath(`${path}.${list}`, at)), map, false) : item;
  return {
    ...each,
    package_arguments: each.package_arguments.map(argument('package_arguments')),
    runtime_arguments: each.runtime_arguments.map(argument('runtime_arguments')),
    environment_variables: each.environment_variables.map((variable, at) =>
      mapInput(variable, named(inner(scope, 'environment_variables'), at, variable.name), map, variable.is_secret),
    ),
  };
}

function mapInput<T extends EnvironmentVariable | PackageArgument>(
  input: T,
  scope: Scope,
  map: MapValue,
  isSecret: boolean,
): T {
  const { value, default: fallback } = input;
  return {
    ...input,
    ...(value === undefined ? {} : { value: visit(map, value, inner(scope, 'value'), isSecret) }),
    ...(fallback === undefined ? {} : { default: visit(map, fallback, inner(scope, 'default'), isSecret) }),
  };
}

function mapHeader(header: KeyValueInput, index: number, scope: Scope, map: MapValue): KeyValueInput {
  return {
    ...header,
    value: visit(map, header.value, inner(named(scope, index, header.name.toLowerCase()), 'value'), true),
  };
}

function mapRecord(
  values: Record<string, string>,
  scope: Scope,
  map: MapValue,
  isSecret: boolean,
): Record<string, string> {
  const mapped = Object.entries(values).map(([name, value]) => {
    const at = inner(scope, name);
    // Header names are the same in any case; a variable's are not, but two that differ in case only do no harm here.
    return [
      name,
      visit(map, value, { ...at, exact: at.exact.toLowerCase(), tolerant: at.tolerant.toLowerCase() }, isSecret),
    ] as const;
  });
  return Object.fromEntries(mapped);
}

function visit(map: MapValue, value: string, scope: Scope, isSecret: boolean): string {
  return map(value, { path: scope.path, identities: [scope.exact, scope.tolerant], isSecret });
}

function inner(scope: Scope, field: string): Scope {
  return {
    path: fieldPath(scope.path, field),
    exact: fieldPath(scope.exact, field),
    tolerant: fieldPath(scope.tolerant, field),
  };
}

/** An item of a list that has a name of its own. */
function named(scope: Scope, index: number, name: string): Scope {
  return {
    path: itemPath(scope.path, index),
    exact: `${scope.exact}{${name}}`,
    tolerant: `${scope.tolerant}{${name}}`,
  };
}
