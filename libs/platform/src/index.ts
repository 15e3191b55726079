export {
  loadConfig,
  type LoadConfigOptions,
  type LoadConfigResult,
  type LoadedConfig,
  type Origins,
} from './configuration/load-config.js';
export { logLevels, type Form, type GroupConfig, type HubConfig, type LogLevel } from './configuration/hub-config.js';
export { describeConfig, type DescribedSetting } from './configuration/describe-config.js';
export { settingsMarkdown } from './configuration/settings-markdown.js';
export { ensureKeyFile, withKeyFiles } from './configuration/key-files.js';
export { isHubVariable, settings, type Setting } from './configuration/settings.js';
export { type Service } from './configuration/effective-settings.js';
export { workerUrl } from './configuration/worker-url.js';
export {
  anonymousOwner,
  anonymousReader,
  hasScope,
  matchesGlob,
  mayCallServer,
  mayWriteName,
  scopes,
  type Principal,
  type Scope,
} from './auth/principal.js';
export { TokenAuth, sha256Hex, type AuthOutcome, type ConfiguredToken } from './auth/token-auth.js';
export { CurrentPrincipal, OpenToAll, RequiresScope } from './auth/route-access.js';
export { isLoopbackName, mayWriteFrom, type OriginRules } from './auth/origin.js';
export {
  frameworkProblems,
  HttpProblem,
  httpStatusOfKind,
  toProblem,
  type Problem,
  type ProblemBody,
} from './http/problem.js';
export {
  BodyTooLarge,
  ForeignOrigin,
  InvalidBody,
  InvalidParameters,
  MalformedBody,
  OutsideTokenReach,
  ScopeMissing,
  Unauthenticated,
  UnsupportedMedia,
} from './http/http.errors.js';
export { type ListenSection } from './http/listen-refusal.js';
export { createHttpApp, type HttpAppOptions, type RawHandler, type RunningHttpApp } from './http/create-http-app.js';
export { type HttpAuth } from './http/request-gate.js';
export { EntryPipe, ReportsIssues, WholeBody } from './http/entry-pipe.js';
export { parseYaml, renderYaml } from './http/yaml-text.js';
export { Readiness, type PartStatus, type ReadinessPart, type ReadinessStatus } from './health/readiness.js';
export { healthHandler } from './health/health-handler.js';
export { createLogger, type LoggerOptions } from './logging/create-logger.js';
export { NestLogger } from './logging/nest-logger.js';
export { redact } from './logging/redact.js';
export { retryUntil, type RetryOptions } from './lifecycle/retry-until.js';
export { runService, type ProcessPort, type ServiceParts } from './lifecycle/run-service.js';
export { configOrExit, type ConfigProcess } from './configuration/config-or-exit.js';
export { untilAborted } from './lifecycle/until-aborted.js';
export { RandomIds } from './system/random-ids.js';
export { SystemClock } from './system/system-clock.js';
