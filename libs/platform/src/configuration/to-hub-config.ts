import type { ConfiguredToken } from '../auth/token-auth.js';
import type { Form, GroupConfig, HubConfig, LogLevel } from './hub-config.js';

const second = 1_000;
const day = 24 * 60 * 60 * second;
const mebibyte = 1024 * 1024;

/** The typed form of effective settings, whose values `parseSetting` has checked. */
export function toHubConfig(
  values: Readonly<Record<string, unknown>>,
  facts: { form: Form; dataDir: string; hubVariables: readonly string[] },
): HubConfig {
  const text = (key: string): string => values[key] as string;
  const number = (key: string): number => values[key] as number;
  const boolean = (key: string): boolean => values[key] as boolean;
  const texts = (key: string): string[] => values[key] as string[];
  const keys = (key: string): Uint8Array[] => (values[key] ?? []) as Uint8Array[];
  const optional = <Name extends string>(name: Name, key: string): { [name in Name]?: string } =>
    (key in values ? { [name]: text(key) } : {}) as { [name in Name]?: string };

  return {
    form: facts.form,
    name: text('name'),
    ...optional('version', 'version'),
    ...optional('description', 'description'),
    environment: text('environment'),
    dataDir: facts.dataDir,
    database: {
      type: values['database.type'] as HubConfig['database']['type'],
      url: (values['database.url'] ?? '') as string,
      databaseName: text('database.database_name'),
      collectionName: text('database.collection_name'),
    },
    queue: {
      type: values['queue.type'] as HubConfig['queue']['type'],
      url: (values['queue.url'] ?? '') as string,
    },
    api: {
      host: text('api.host'),
      port: number('api.port'),
      authEnabled: boolean('api.auth_enabled'),
      authReads: boolean('api.auth_reads'),
      authTokens: values['api.auth_tokens'] as ConfiguredToken[],
      corsOrigins: texts('api.cors_origins'),
      logLevel: values['api.log_level'] as LogLevel,
    },
    gateway: {
      host: text('gateway.host'),
      port: number('gateway.port'),
      ...optional('publicUrl', 'gateway.public_url'),
      authEnabled: boolean('gateway.auth_enabled'),
      allowedHosts: texts('gateway.allowed_hosts'),
      allowedOrigins: texts('gateway.allowed_origins'),
      maxSessions: number('gateway.max_sessions'),
      maxBodyBytes: number('gateway.max_body_mb') * mebibyte,
    },
    worker: {
      name: text('worker.name'),
      host: text('worker.host'),
      port: number('worker.port'),
      ...optional('advertiseUrl', 'worker.advertise_url'),
      capacity: number('worker.capacity'),
      loaders: texts('worker.loaders'),
    },
    loader: {
      timeoutMs: number('loader.timeout') * second,
      retryAttempts: number('loader.retry_attempts'),
      retryDelayMs: number('loader.retry_delay') * second,
      cacheDir: text('loader.cache_dir'),
      moduleRoots: texts('loader.module_roots'),
      mountRoots: texts('loader.mount_roots'),
      plugins: texts('loader.plugins'),
      packageRegistries: texts('loader.package_registries'),
      allowInstallScripts: boolean('loader.allow_install_scripts'),
      minReleaseAgeMs: number('loader.min_release_age') * day,
    },
    limits: {
      maxConcurrency: number('limits.max_concurrency'),
      callTimeoutMs: number('limits.call_timeout') * second,
      callDeadlineMs: number('limits.call_deadline') * second,
      idleTimeoutMs: number('limits.idle_timeout') * second,
      memoryMb: number('limits.memory_mb'),
    },
    egress: {
      allowPrivateNetworks: boolean('egress.allow_private_networks'),
      allowLoopback: boolean('egress.allow_loopback'),
      allowHosts: texts('egress.allow_hosts'),
      denyHosts: texts('egress.deny_hosts'),
    },
    groups: values['groups'] as Record<string, GroupConfig>,
    seed: {
      importOnStartup: boolean('seed.import_on_startup'),
      filePath: text('seed.file_path'),
    },
    registry: {
      namespace: text('registry.namespace'),
      anonymousAuth: boolean('registry.anonymous_auth'),
    },
    secrets: {
      keys: keys('secrets.key'),
      allowEnv: texts('secrets.allow_env'),
      hubVariables: [...facts.hubVariables],
    },
    cluster: { secrets: keys('cluster.secret') },
    telemetry: {
      metrics: boolean('telemetry.metrics'),
      ...optional('otlpEndpoint', 'telemetry.otlp_endpoint'),
    },
  };
}
