import { jsonObject, list } from '../schema/collections.js';
import { defaulted, object, optional, required } from '../schema/object.js';
import { itemPath } from '../schema/report.js';
import { checked, mapped, type Schema } from '../schema/schema.js';
import { boolean, choice, number, text } from '../schema/scalars.js';
import { loaderTypes, type Limits, type ModuleConfig, type ServerEntry } from '../server-entry.js';
import { authSchema } from './auth-schema.js';
import { forwardedHeaderRefusal, named, plainText } from './common-schemas.js';
import { openApiSchema } from './openapi-schema.js';
import { packageSchema } from './package-schema.js';
import { entryVersionRefusal } from './package-version.js';
import { remoteSchema } from './remote-schema.js';
import { isSlug } from './slug.js';

/**
 * What answers add to an entry, and `load_immediately`, which belongs to the request: ignored on write, so that what was
 * read can be sent back (hub-api.md, section 1).
 */
export const readOnlyFields = [
  'capabilities',
  'created_at',
  'diagnostics',
  'error',
  'generation',
  'instances',
  'load_immediately',
  'loaded_at',
  'mcp_endpoint',
  'runtime_status',
  'status_detail',
  'tool_tokens',
  'updated_at',
] as const;

const id = checked(text({ min: 1, max: 128 }), (value, path, report) => {
  if (isSlug(value)) return;
  report.issue(
    path,
    'wrong_form',
    'must have 2 to 128 of the characters a-z 0-9 . _ - and begin and end with a letter or digit',
  );
});

const repository = object({
  url: defaulted(
    text({
      max: 2000,
      pattern: /^$|^(https?|git|ssh|git\+https|git\+ssh):\/\/|^git@/i,
      be: 'a URL of a repository, or empty',
    }),
    () => '',
  ),
  source: defaulted(text({ min: 1, max: 100 }), () => 'github'),
  id: optional(text({ max: 500 })),
});

const dateTime = /^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d))?$/;
const releaseDate = mapped(
  checked(text({ max: 64 }), (value, path, report) => {
    if (dateTime.test(value) && !Number.isNaN(Date.parse(value))) return;
    report.issue(path, 'wrong_form', 'must be a date and time of RFC 3339, such as 2025-05-16T18:56:49Z');
  }),
  (value) => (/^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : value),
);

const version = checked(text({ min: 1, max: 255 }), (value, path, report) => {
  const refusal = entryVersionRefusal(value);
  if (refusal !== undefined) report.issue(path, 'wrong_version', refusal);
});

const identifier = optional(
  text({ min: 1, max: 200, pattern: /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u, be: 'the name of an export' }),
);
const moduleConfig: Schema<ModuleConfig> = object({
  path: required(plainText({ min: 1, max: 4096 })),
  export: identifier,
  factory: identifier,
  args: optional(jsonObject),
});

const seconds = (min: number, max: number) => optional(number({ min, max, unit: 'seconds' }));
const DAY = 86_400;
const limits: Schema<Limits> = object({
  max_concurrency: optional(number({ min: 1, max: 100_000, isInteger: true })),
  call_timeout: seconds(0.001, DAY),
  call_deadline: seconds(0.001, DAY),
  idle_timeout: seconds(0.001, 30 * DAY),
  memory_mb: optional(number({ min: 16, max: 1_048_576, isInteger: true, unit: 'MiB' })),
});

const tags = mapped(list(text({ min: 1, max: 200 }), { max: 200 }), (words) => [...new Set(words)]);
const forwardHeaders = checked(list(named(forwardedHeaderRefusal), { max: 100 }), (names, path, report) => {
  const seen = new Set<string>();
  names.forEach((name, index) => {
    if (seen.has(name.toLowerCase()))
      report.issue(itemPath(path, index), 'duplicate', 'is given twice; keep one of them');
    seen.add(name.toLowerCase());
  });
});

export type WrittenEntry = Omit<ServerEntry, 'id'> & { id?: string };

/**
 * The fields of an entry, their defaults and bounds (hub-api.md, section 1), after legacy fields were moved.
 *
 * @param now RFC 3339; the release date where none is given
 */
export function entrySchema(now: string): Schema<WrittenEntry> {
  // Which version is the latest is computed: what a client sends is not looked at.
  const versionDetail = mapped(
    object(
      { version: defaulted(version, () => '1.0.0'), release_date: defaulted(releaseDate, () => now) },
      { ignored: ['is_latest'] },
    ),
    (detail) => ({ ...detail, is_latest: true }),
  );
  return object(
    {
      id: optional(id),
      name: required(text({ min: 1, max: 200 })),
      description: required(text({ max: 100_000, multiline: true })),
      repository: optional(repository),
      version_detail: defaulted(versionDetail, () => ({ version: '1.0.0', release_date: now, is_latest: true })),
      packages: defaulted(list(packageSchema, { max: 100 }), () => []),
      remotes: defaulted(list(remoteSchema, { max: 100 }), () => []),
      module_config: optional(moduleConfig),
      openapi_config: optional(openApiSchema),
      auth_config: optional(authSchema),
      loader_type: optional(choice(loaderTypes)),
      tags: defaulted(tags, () => []),
      enabled: defaulted(boolean, () => true),
      activation: defaulted(choice(['eager', 'on_demand']), () => 'eager' as const),
      replicas: defaulted(number({ min: 1, max: 32, isInteger: true }), () => 1),
      session_recovery: defaulted(choice(['transparent', 'strict']), () => 'transparent' as const),
      isolation: defaulted(choice(['shared', 'session']), () => 'shared' as const),
      forward_headers: defaulted(forwardHeaders, () => []),
      alias: optional(text({ pattern: /^[a-z0-9_]{1,20}$/, be: '1 to 20 of the characters a-z 0-9 _' })),
      retry_attempts: optional(number({ min: 0, max: 100, isInteger: true })),
      retry_delay: seconds(0, 3600),
      health_check_enabled: optional(boolean),
      health_check_interval: seconds(0.1, DAY),
      health_check_timeout: seconds(0.1, 3600),
      limits: optional(limits),
    },
    { ignored: readOnlyFields },
  );
}

/** What a `loader_type` needs to be there. */
export const loaderNeeds: Readonly<
  Record<(typeof loaderTypes)[number], { needs: string; has(entry: WrittenEntry): boolean }>
> = {
  openapi: { needs: 'openapi_config', has: (entry) => entry.openapi_config !== undefined },
  module: { needs: 'module_config', has: (entry) => entry.module_config !== undefined },
  proxy: { needs: 'remotes', has: (entry) => entry.remotes.length > 0 },
  npm: { needs: 'a package with registry_name npm', has: (entry) => hasPackage(entry, ['npm']) },
  pypi: { needs: 'a package with registry_name pypi', has: (entry) => hasPackage(entry, ['pypi']) },
  docker: {
    needs: 'a package with registry_name docker',
    has: (entry) => hasPackage(entry, ['docker', 'oci', 'docker-hub']),
  },
};

function hasPackage(entry: WrittenEntry, registries: readonly string[]): boolean {
  return entry.packages.some((each) => registries.includes(each.registry_name));
}
