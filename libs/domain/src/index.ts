export { HubError, errorKinds, type ErrorKind, type Issue } from './hub-error.js';
export {
  BlobMissing,
  DependencyUnavailable,
  DuplicateServer,
  GenerationConflict,
  InvalidEntry,
  ServerNotFound,
} from './registry.errors.js';
export { LoadFailed } from './load.errors.js';
export {
  desiredStates,
  failureCodes,
  isTransientFailure,
  runtimeStatuses,
  type DesiredState,
  type FailureCode,
  type RuntimeStatus,
  type ServerFailure,
} from './server-status.js';
export { loaderTypeOf } from './loader-type.js';
export {
  componentTypes,
  loaderTypes,
  type AuthConfig,
  type ComponentType,
  type EnvironmentVariable,
  type KeyValueInput,
  type Limits,
  type LoaderType,
  type ModuleConfig,
  type OAuth2Config,
  type OpenApiConfig,
  type PackageArgument,
  type Remote,
  type Repository,
  type RouteMap,
  type RouteRule,
  type ServerEntry,
  type ServerPackage,
  type VersionDetail,
} from './server-entry.js';
export { InvalidKey, SecretUnreadable } from './secrets.errors.js';
export { parseServerEntry, type ParsedEntry, type ParseOptions } from './entry/parse-server-entry.js';
export { migrateEntry, type MigratedEntry } from './entry/migrate-entry.js';
export { mergeEntryUpdate, parseEntryUpdate, type UpdateOptions } from './entry/entry-update.js';
export { readOnlyFields } from './entry/entry-schema.js';
export { isReverseDnsName, isSlug, slugFromName } from './entry/slug.js';
export { patternRefusal } from './pattern/pattern-refusal.js';
export {
  mapSecretLiterals,
  mapSecrets,
  maskEntry,
  maskedSecretIssues,
  mergeMasked,
  secretMask,
} from './secrets/entry-secrets.js';
export { referencesIn, resolveReferences, type ResolvedEntry } from './secrets/entry-references.js';
export { variableFilter } from './secrets/variable-filter.js';
export {
  classifyAddress,
  refusedAddressReason,
  refusedUrlReason,
  type AddressClass,
  type EgressPolicy,
} from './egress-address.js';
