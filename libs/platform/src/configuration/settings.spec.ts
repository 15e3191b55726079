import { expect, it } from 'vitest';
import { describeConfig } from './describe-config.js';
import { loadConfig } from './load-config.js';
import { settingsMarkdown } from './settings-markdown.js';
import { environmentNames, isHubVariable, settings } from './settings.js';

it('stays within the 60 settings that a person can survey', () => {
  expect(settings.length).toBeLessThanOrEqual(60);
});

it('has one meaning for every key and name', () => {
  const names = settings.flatMap((setting) => [setting.key, ...(setting.aliases ?? []), ...environmentNames(setting)]);
  expect(new Set(names).size).toBe(names.length);
});

it('has a default, or says how it is derived, for every setting', () => {
  const without = settings.filter((setting) => setting.default === undefined && !setting.defaults && !setting.derived);
  expect(without).toEqual([]);
});

it('has every key of the specification', () => {
  const specified = `name environment database.type database.url database.database_name database.collection_name queue.type
    queue.url api.host api.port api.auth_enabled api.auth_reads api.auth_tokens api.cors_origins api.log_level gateway.host
    gateway.port gateway.public_url gateway.auth_enabled gateway.allowed_hosts gateway.allowed_origins gateway.max_sessions
    gateway.max_body_mb worker.host worker.port worker.advertise_url worker.capacity worker.loaders loader.timeout
    loader.retry_attempts loader.retry_delay loader.cache_dir loader.module_roots loader.mount_roots loader.plugins
    loader.package_registries loader.allow_install_scripts loader.min_release_age limits.max_concurrency limits.call_timeout
    limits.call_deadline limits.idle_timeout limits.memory_mb egress.allow_private_networks egress.allow_loopback
    egress.allow_hosts egress.deny_hosts groups seed.import_on_startup seed.file_path registry.namespace
    registry.anonymous_auth secrets.key secrets.allow_env cluster.secret telemetry.metrics telemetry.otlp_endpoint`;
  const known = new Set(settings.map(({ key }) => key));
  expect(specified.split(/\s+/).filter((key) => !known.has(key))).toEqual([]);
});

it('documents every setting in one row', () => {
  const rows = settingsMarkdown()
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(rows).toHaveLength(settings.length);
  expect(rows.find((row) => row.startsWith('| `database.url`'))).toContain(
    '`MCP_REGISTRY_DATABASE_URL`, `DATABASE_URL`',
  );
});

it('knows the variables that are the hub’s own', () => {
  expect(['MCP_REGISTRY_ANYTHING', 'DATABASE_URL', 'AUTH_TOKEN', 'GITHUB_TOKEN'].map(isHubVariable)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

it('describes the configuration with origins and without secrets', () => {
  const loaded = loadConfig({
    form: 'split',
    cwd: '/nowhere',
    env: {
      DATABASE_URL: 'mongodb://user:hunter2@db/hub',
      MCP_REGISTRY_QUEUE_URL: 'redis://:hunter2@queue',
      AUTH_TOKEN: 'hunter2',
      MCP_REGISTRY_CLUSTER_SECRET: Buffer.alloc(32, 1).toString('base64'),
    },
  });
  if (!loaded.ok) throw new Error(loaded.problems.join());
  const described = describeConfig(loaded);
  const text = JSON.stringify(described);
  expect(text).not.toMatch(/hunter2|AQEBAQ|f52fbd32b2b3b86ff88ef6c490628285f482af15ddcb29541f94bcf526a3f6c7/);
  expect(described.find(({ key }) => key === 'database.url')).toEqual({
    key: 'database.url',
    value: 'mongodb://user:***@db/hub',
    origin: 'environment: DATABASE_URL',
  });
  expect(described.find(({ key }) => key === 'api.port')).toEqual({
    key: 'api.port',
    value: 8080,
    origin: 'default',
  });
});
