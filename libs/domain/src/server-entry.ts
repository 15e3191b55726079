/**
 * The server entry as users write and read it (hub-api.md, section 1): its keys are the API's, in snake_case, so that
 * one shape serves REST, YAML files, stores and jobs. An entry in this shape was accepted by `parseServerEntry`:
 * defaults that belong to the entry are filled in, hub-wide defaults are not.
 */
export interface ServerEntry {
  id: string;
  name: string;
  description: string;
  repository?: Repository;
  version_detail: VersionDetail;
  packages: ServerPackage[];
  remotes: Remote[];
  module_config?: ModuleConfig;
  openapi_config?: OpenApiConfig;
  auth_config?: AuthConfig;
  loader_type?: LoaderType;
  tags: string[];
  enabled: boolean;
  activation: 'eager' | 'on_demand';
  replicas: number;
  session_recovery: 'transparent' | 'strict';
  isolation: 'shared' | 'session';
  forward_headers: string[];
  alias?: string;
  /** Attempts in all, and the delay before the second one in seconds; it doubles, with jitter. */
  retry_attempts?: number;
  retry_delay?: number;
  health_check_enabled?: boolean;
  /** Seconds. */
  health_check_interval?: number;
  health_check_timeout?: number;
  limits?: Limits;
  [extension: `x-${string}`]: unknown;
}

export const loaderTypes = ['openapi', 'npm', 'pypi', 'docker', 'module', 'proxy'] as const;
/** The kinds that the hub brings along; plug-ins may add names of their own. */
export type LoaderType = (typeof loaderTypes)[number];

export interface Repository {
  url: string;
  source: string;
  id?: string;
}

export interface VersionDetail {
  version: string;
  /** RFC 3339. */
  release_date: string;
  is_latest: boolean;
}

export interface KeyValueInput {
  name: string;
  value: string;
  is_secret: boolean;
}

export interface Remote {
  type: 'streamable-http' | 'sse';
  url: string;
  headers: KeyValueInput[];
}

export interface ModuleConfig {
  path: string;
  export?: string;
  factory?: string;
  args?: Record<string, unknown>;
}

export interface PackageArgument {
  description: string;
  is_required: boolean;
  format: string;
  value?: string;
  default?: string;
  type: 'positional' | 'named' | 'flag' | 'environment';
  name?: string;
  value_hint?: string;
}

export interface EnvironmentVariable {
  name: string;
  description: string;
  required: boolean;
  default?: string;
  value?: string;
  is_secret: boolean;
}

export interface ServerPackage {
  registry_name: string;
  name: string;
  version: string;
  transport?: { type: 'stdio' | 'streamable-http' | 'sse'; url?: string };
  runtime_hint?: string;
  package_arguments: PackageArgument[];
  runtime_arguments: PackageArgument[];
  environment_variables: EnvironmentVariable[];
}

export const componentTypes = ['TOOL', 'RESOURCE', 'RESOURCE_TEMPLATE', 'EXCLUDE'] as const;
export type ComponentType = (typeof componentTypes)[number];

export interface RouteMap {
  methods: string[];
  pattern: string;
  tags: string[];
  mcp_type: ComponentType;
  mcp_tags: string[];
}

export interface RouteRule {
  path_contains?: string;
  path_starts_with?: string;
  method?: string;
  has_tag?: string;
  mcp_type: ComponentType;
}

/** The document of an OpenAPI server: exactly one of `url` and `spec`. */
export interface OpenApiConfig {
  url?: string;
  /** The document itself; kept as a blob, and here only while an entry is being written or was asked for. */
  spec?: unknown;
  base_url?: string;
  /** Seconds. */
  timeout: number;
  route_maps: RouteMap[];
  route_map_fn?: { rules: RouteRule[] };
  mcp_names?: Record<string, string>;
  mcp_component_fn?: {
    add_tags?: string[];
    prefix_tools?: string;
    prefix_resources?: string;
    suffix_templates?: string;
  };
  headers: Record<string, string>;
  server_variables: Record<string, string>;
  output_schemas: 'off' | 'lenient' | 'strict';
  schema_refs: 'keep' | 'inline';
  external_refs: boolean;
  exclude_deprecated: boolean;
  max_tools?: number;
  max_result_bytes?: number;
  refresh_interval?: number;
}

export type AuthConfig =
  | { type: 'bearer'; token: string }
  | { type: 'api_key'; api_key: string; header_name?: string; query_name?: string; cookie_name?: string }
  | { type: 'basic'; username: string; password: string }
  | { type: 'oauth2'; oauth2_config: OAuth2Config }
  | { type: 'schemes'; schemes: Record<string, AuthConfig> };

export interface OAuth2Config {
  token_url: string;
  client_id: string;
  client_secret: string;
  scopes: string[];
  audience?: string;
}

export interface Limits {
  max_concurrency?: number;
  /** Seconds. */
  call_timeout?: number;
  call_deadline?: number;
  idle_timeout?: number;
  memory_mb?: number;
}
