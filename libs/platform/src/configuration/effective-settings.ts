import { hostname, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isLoopbackName } from '../auth/origin.js';
import { absoluteFileUrl, databaseTypeOf, folderOfFileUrl, type DatabaseType } from './database-url.js';
import type { Form } from './hub-config.js';
import { isHubVariable, settings } from './settings.js';

/** Which service a configuration is for: in the split form each needs only what it touches. */
export type Service = 'registry-api' | 'loader-worker' | 'runtime-gateway';

export interface Circumstances {
  form: Form;
  service?: Service;
  cwd: string;
  /** The configuration file, if any. */
  file?: string;
  /** What a relative `database.url` counts from. */
  databaseFolder: string;
  /** The names that `.env` sets. */
  dotEnvNames: readonly string[];
  /** The variables that the configuration file refers to. */
  usedVariables: readonly string[];
}

export interface Effective {
  /** By key, in the units of the file; settings without a value are not in it. */
  values: Record<string, unknown>;
  dataDir: string;
  problems: string[];
  warnings: string[];
}

/** Adds the defaults to what was given, and checks what only several settings together can tell. */
export function effectiveSettings(given: Readonly<Record<string, unknown>>, circumstances: Circumstances): Effective {
  const { form, cwd, file } = circumstances;
  const values: Record<string, unknown> = { ...given };
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const setting of settings) {
    if (setting.key in values) continue;
    const constant = setting.defaults ? setting.defaults[form] : setting.default;
    if (constant === undefined) continue;
    const isPath = setting.type.kind === 'path' && typeof constant === 'string';
    values[setting.key] = isPath ? resolve(cwd, constant) : constant;
  }
  const orElse = <T>(key: string, make: () => T): T => (values[key] ??= make()) as T;

  const dataDir = settleDatabase(values, circumstances, problems);
  settleQueue(values, form, problems);

  const hasTokens = (values['api.auth_tokens'] as unknown[]).length > 0;
  const needsToken = orElse('api.auth_enabled', () => hasTokens);
  const apiHost = orElse('api.host', () => (needsToken ? '0.0.0.0' : '127.0.0.1'));
  if (form === 'standalone') {
    values['gateway.host'] = apiHost;
    values['gateway.port'] = values['api.port'];
  }
  const gatewayHost = orElse('gateway.host', () => (hasTokens ? '0.0.0.0' : '127.0.0.1'));
  const callsNeedToken = orElse('gateway.auth_enabled', () => !isLoopbackName(gatewayHost));
  if (!needsToken && !isLoopbackName(apiHost)) {
    warnings.push(`api.auth_enabled is off and api.host is ${apiHost}: everybody who reaches it can publish servers.`);
  }
  if (!hasTokens && values['registry.anonymous_auth'] !== true) {
    if (needsToken) warnings.push('api.auth_enabled is on, but api.auth_tokens is empty: every write will be refused.');
    if (callsNeedToken) {
      warnings.push(
        `gateway.auth_enabled is on (the gateway listens on ${gatewayHost}), but api.auth_tokens is empty: every MCP call will be refused. Set a token, or gateway.auth_enabled: false.`,
      );
    }
  }

  orElse('worker.name', hostname);
  orElse('loader.cache_dir', () =>
    form === 'standalone' ? join(dataDir, 'cache') : join(tmpdir(), 'mcp-hub-registry'),
  );
  orElse('loader.module_roots', () => [file === undefined ? cwd : dirname(file)]);
  orElse(
    'egress.allow_loopback',
    () => values['egress.allow_private_networks'] === true || (form === 'standalone' && isLoopbackName(apiHost)),
  );
  orElse('secrets.allow_env', () =>
    form === 'standalone'
      ? circumstances.dotEnvNames.filter((name) => !isHubVariable(name) && !circumstances.usedVariables.includes(name))
      : [],
  );
  if (form === 'split' && !('cluster.secret' in values)) {
    problems.push(
      'cluster.secret is required in the split form, the same for all services: 32 random bytes in base64 (openssl rand -base64 32), as MCP_REGISTRY_CLUSTER_SECRET',
    );
  }
  return { values, dataDir, problems, warnings };
}

/** @returns the data folder */
function settleDatabase(values: Record<string, unknown>, circumstances: Circumstances, problems: string[]): string {
  const { form, service, cwd, databaseFolder } = circumstances;
  const hiddenDir = join(cwd, '.hub');
  const url = values['database.url'] as string | undefined;
  const typeOfUrl = url === undefined ? undefined : databaseTypeOf(url);
  const type = (values['database.type'] ?? typeOfUrl ?? (form === 'standalone' ? 'sqlite' : 'mongodb')) as DatabaseType;
  values['database.type'] = type;
  if (url !== undefined && typeOfUrl === undefined) {
    problems.push('database.url must be file:PATH or mongodb://…');
    return hiddenDir;
  }
  if (type === 'postgresql') {
    problems.push('database.type postgresql is not there yet; use sqlite, memory or mongodb');
    return hiddenDir;
  }
  if (typeOfUrl !== undefined && typeOfUrl !== type) {
    problems.push(`database.type is ${type}, but database.url is of ${typeOfUrl}`);
    return hiddenDir;
  }
  if (form === 'standalone' && type === 'mongodb') {
    problems.push(
      'database.type mongodb is for the split form; the one-process form keeps its data in sqlite or memory',
    );
  }
  if (form === 'split' && type !== 'mongodb') {
    problems.push(`database.type ${type} is for the one-process form; the split form needs mongodb`);
  }
  if (type === 'mongodb' && url === undefined && (service === undefined || service === 'registry-api')) {
    problems.push('database.url is required for mongodb: mongodb://…, as MCP_REGISTRY_DATABASE_URL or DATABASE_URL');
  }
  if (type !== 'sqlite') return hiddenDir;
  const fileUrl = url === undefined ? `file:${join(hiddenDir, 'hub.db')}` : absoluteFileUrl(url, databaseFolder);
  values['database.url'] = fileUrl;
  return folderOfFileUrl(fileUrl);
}

function settleQueue(values: Record<string, unknown>, form: Form, problems: string[]): void {
  const url = values['queue.url'] as string | undefined;
  if (url !== undefined && !/^rediss?:\/\//.test(url)) problems.push('queue.url must be redis://… or rediss://…');
  if (form === 'standalone' && values['queue.type'] === 'redis') {
    problems.push('queue.type redis is for the split form; the one-process form has its queue in memory');
  }
  if (form === 'split' && values['queue.type'] === 'memory') {
    problems.push('queue.type memory is for the one-process form; the split form needs redis');
  }
  if (form === 'split' && url === undefined) {
    problems.push('queue.url is required in the split form: redis://…, as MCP_REGISTRY_QUEUE_URL');
  }
}
