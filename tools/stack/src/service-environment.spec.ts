import { expect, it } from 'vitest';
import { ownEnvironment, sharedEnvironment } from './service-environment.js';

const servers = {
  redisUrl: 'redis://127.0.0.1:15001',
  mongoUrl: 'mongodb://127.0.0.1:15002',
  databaseName: 'stack_1',
  publicUrl: 'http://127.0.0.1:15003',
};

it('decides hosts, database, queue and public URL itself, whatever the environment says', () => {
  const env = sharedEnvironment(
    {
      DATABASE_URL: 'mongodb://production',
      MCP_REGISTRY_DATABASE_URL: 'mongodb://production',
      MCP_REGISTRY_DATABASE_TYPE: 'sqlite',
      MCP_REGISTRY_DATABASE_DATABASE_NAME: 'production',
      MCP_REGISTRY_QUEUE_TYPE: 'memory',
      MCP_REGISTRY_QUEUE_URL: 'redis://production',
      MCP_REGISTRY_GATEWAY_PUBLIC_URL: 'https://production',
      MCP_REGISTRY_API_HOST: '0.0.0.0',
      MCP_REGISTRY_GATEWAY_HOST: '0.0.0.0',
      MCP_REGISTRY_WORKER_HOST: '0.0.0.0',
    },
    servers,
  );
  expect(env).toMatchObject({
    MCP_REGISTRY_DATABASE_TYPE: 'mongodb',
    MCP_REGISTRY_DATABASE_URL: servers.mongoUrl,
    MCP_REGISTRY_DATABASE_DATABASE_NAME: 'stack_1',
    MCP_REGISTRY_QUEUE_TYPE: 'redis',
    MCP_REGISTRY_QUEUE_URL: servers.redisUrl,
    MCP_REGISTRY_GATEWAY_PUBLIC_URL: servers.publicUrl,
    MCP_REGISTRY_API_HOST: '127.0.0.1',
    MCP_REGISTRY_GATEWAY_HOST: '127.0.0.1',
    MCP_REGISTRY_WORKER_HOST: '127.0.0.1',
  });
  expect(JSON.stringify(env)).not.toMatch(/production|0\.0\.0\.0/);
});

it('hands on everything else: other settings, and what entries may refer to', () => {
  const given = { MCP_REGISTRY_API_AUTH_TOKENS: 'abc', MCP_REGISTRY_LOG_LEVEL: 'debug', GITHUB_TOKEN: 'x', EMPTY: '' };
  expect(sharedEnvironment({ ...given, UNSET: undefined }, servers)).toMatchObject(given);
});

it('makes secrets of 32 bytes, new ones each time, where none are given', () => {
  const [one, other] = [sharedEnvironment({}, servers), sharedEnvironment({ MCP_REGISTRY_SECRETS_KEY: '' }, servers)];
  const secrets = [one, other].flatMap((env) => [env['MCP_REGISTRY_CLUSTER_SECRET'], env['MCP_REGISTRY_SECRETS_KEY']]);
  expect(secrets.map((secret) => Buffer.from(secret ?? '', 'base64').length)).toEqual([32, 32, 32, 32]);
  expect(new Set(secrets).size).toBe(4);
});

it('keeps the secrets that are given', () => {
  const given = { MCP_REGISTRY_CLUSTER_SECRET: 'c', MCP_REGISTRY_SECRETS_KEY: 's' };
  expect(sharedEnvironment(given, servers)).toMatchObject(given);
});

it('logs warnings only, unless a level is given by either name', () => {
  const levelOf = (given: Record<string, string>) => sharedEnvironment(given, servers)['MCP_REGISTRY_LOG_LEVEL'];
  expect(levelOf({})).toBe('warn');
  expect(levelOf({ MCP_REGISTRY_LOG_LEVEL: 'info' })).toBe('info');
  expect(levelOf({ MCP_REGISTRY_API_LOG_LEVEL: 'info' })).toBeUndefined();
});

it('gives each service its port, and a worker the name and address that others know it by', () => {
  expect(ownEnvironment({ kind: 'api', id: 'api-1', port: 1 })).toEqual({ MCP_REGISTRY_API_PORT: '1' });
  expect(ownEnvironment({ kind: 'gateway', id: 'gateway-1', port: 2 })).toEqual({ MCP_REGISTRY_GATEWAY_PORT: '2' });
  expect(ownEnvironment({ kind: 'worker', id: 'worker-1', port: 3 })).toEqual({
    MCP_REGISTRY_WORKER_PORT: '3',
    MCP_REGISTRY_WORKER_NAME: 'worker-1',
    MCP_REGISTRY_WORKER_ADVERTISE_URL: 'http://127.0.0.1:3',
  });
});
