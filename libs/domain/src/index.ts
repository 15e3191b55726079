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
