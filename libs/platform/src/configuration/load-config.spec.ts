import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../auth/token-auth.js';
import { loadConfig, type LoadConfigOptions, type LoadedConfig } from './load-config.js';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'hub-config-'));
});
afterEach(() => {
  rmSync(cwd, { recursive: true });
});

const write = (name: string, text: string): void => writeFileSync(join(cwd, name), text);
const key = Buffer.alloc(32, 7).toString('base64');
const splitEnv = {
  DATABASE_URL: 'mongodb://user:hunter2@db/hub',
  MCP_REGISTRY_QUEUE_URL: 'redis://queue:6379',
  MCP_REGISTRY_CLUSTER_SECRET: key,
};

function load(options: Partial<LoadConfigOptions> = {}): LoadedConfig {
  const result = loadConfig({ form: 'standalone', env: {}, cwd, ...options });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result;
}

function problemsOf(options: Partial<LoadConfigOptions> = {}): string[] {
  const result = loadConfig({ form: 'standalone', env: {}, cwd, ...options });
  return result.ok ? [] : result.problems;
}

describe('defaults', () => {
  it('need nothing in one process', () => {
    const { config, warnings } = load();
    expect(config.database).toMatchObject({
      type: 'sqlite',
      url: `file:${join(cwd, '.hub/hub.db')}`,
    });
    expect(config).toMatchObject({
      dataDir: join(cwd, '.hub'),
      queue: { type: 'memory' },
      api: {
        host: '127.0.0.1',
        port: 8080,
        authEnabled: false,
        logLevel: 'warn',
        corsOrigins: ['*'],
      },
      gateway: { host: '127.0.0.1', port: 8080, authEnabled: false },
      loader: {
        timeoutMs: 30_000,
        retryAttempts: 3,
        retryDelayMs: 2_000,
        moduleRoots: [cwd],
        cacheDir: join(cwd, '.hub/cache'),
      },
      limits: {
        maxConcurrency: 64,
        callTimeoutMs: 60_000,
        callDeadlineMs: 600_000,
        idleTimeoutMs: 300_000,
        memoryMb: 512,
      },
      egress: { allowLoopback: true, allowPrivateNetworks: false },
      seed: { importOnStartup: true, filePath: join(cwd, 'data/servers.yaml') },
      registry: { namespace: 'local.hub' },
    });
    expect(warnings).toEqual([]);
  });
  it('of the split form take what has none from the environment', () => {
    const { config } = load({ form: 'split', env: splitEnv });
    expect(config.database).toMatchObject({
      type: 'mongodb',
      url: splitEnv.DATABASE_URL,
      databaseName: 'mcp-registry',
    });
    expect(config).toMatchObject({
      queue: { type: 'redis' },
      api: { logLevel: 'info' },
      gateway: { port: 8090 },
      seed: { importOnStartup: false },
    });
    expect(config.cluster.secrets).toEqual([new Uint8Array(32).fill(7)]);
    expect(config.egress.allowLoopback).toBe(false);
  });
  it('switch authentication on, and leave loopback, once there is a token', () => {
    const { config } = load({ env: { AUTH_TOKEN: 'one' } });
    expect(config).toMatchObject({
      api: { authEnabled: true, host: '0.0.0.0' },
      gateway: { authEnabled: true },
      egress: { allowLoopback: false },
    });
  });
  it('keep MCP endpoints open on loopback though there is a token', () => {
    const { config } = load({
      env: { AUTH_TOKEN: 'one', MCP_REGISTRY_API_HOST: 'localhost' },
    });
    expect(config).toMatchObject({
      api: { authEnabled: true },
      gateway: { authEnabled: false },
    });
  });
  it('include loopback with private networks unless that is said', () => {
    const allow = {
      MCP_REGISTRY_EGRESS_ALLOW_PRIVATE_NETWORKS: 'true',
      MCP_REGISTRY_API_HOST: '0.0.0.0',
    };
    expect(load({ env: allow }).config.egress.allowLoopback).toBe(true);
    expect(load({ env: { ...allow, MCP_REGISTRY_EGRESS_ALLOW_LOOPBACK: 'false' } }).config.egress.allowLoopback).toBe(
      false,
    );
  });
});

describe('sources', () => {
  it('are stronger in this order: file, .env, environment, command line', () => {
    write('config.yaml', 'name: file\nenvironment: file\napi: { port: 1 }\nregistry: { namespace: file }');
    write('.env', 'MCP_REGISTRY_ENVIRONMENT=dotenv\nMCP_REGISTRY_API_PORT=2\nMCP_REGISTRY_REGISTRY_NAMESPACE=dotenv');
    const { config, origins } = load({
      env: {
        MCP_REGISTRY_API_PORT: '3',
        MCP_REGISTRY_REGISTRY_NAMESPACE: 'env',
      },
      overrides: { 'registry.namespace': 'flag' },
    });
    expect([config.name, config.environment, config.api.port, config.registry.namespace]).toEqual([
      'file',
      'dotenv',
      3,
      'flag',
    ]);
    expect(origins).toMatchObject({
      name: 'config.yaml',
      environment: '.env: MCP_REGISTRY_ENVIRONMENT',
      'api.port': 'environment: MCP_REGISTRY_API_PORT',
      'registry.namespace': 'command line',
      'queue.type': 'default',
    });
  });
  it.each([
    ['config.yaml', 'hub: { name: other }\nloader: { timeout: 1.5, module_roots: [mods] }'],
    ['config.yml', 'name: other\nloader:\n  timeout: 1.5\n  module_roots: [mods]'],
    ['config.toml', 'name = "other"\n[loader]\ntimeout = 1.5\nmodule_roots = ["mods"]'],
  ])('include %s of the working directory', (name, text) => {
    write(name, text);
    const { config } = load();
    expect(config).toMatchObject({
      name: 'other',
      loader: { timeoutMs: 1_500, moduleRoots: [join(cwd, 'mods')] },
    });
  });
  it('include a file that is named, whose folder relative paths count from', () => {
    mkdirSync(join(cwd, 'etc'));
    write('etc/hub.yaml', 'database: { url: "file:data/x.db" }');
    const { config, file } = load({
      env: { MCP_REGISTRY_CONFIG_FILE: 'etc/hub.yaml' },
    });
    expect([config.database.url, config.dataDir, file]).toEqual([
      `file:${join(cwd, 'etc/data/x.db')}`,
      join(cwd, 'etc/data'),
      join(cwd, 'etc/hub.yaml'),
    ]);
    expect(config.loader.moduleRoots).toEqual([join(cwd, 'etc')]);
  });
  it('prefer the file that the command line names', () => {
    write('a.yaml', 'name: a');
    write('b.yaml', 'name: b');
    expect(
      load({
        configFile: 'b.yaml',
        env: { MCP_REGISTRY_CONFIG_FILE: 'a.yaml' },
      }).config.name,
    ).toBe('b');
  });
  it('fill references in the file from the environment and .env', () => {
    write('.env', 'HUB_PORT=8181');
    write(
      'config.yaml',
      'name: "${WHO} of ${WHERE:-here}"\napi: { port: "${HUB_PORT}", auth_enabled: "${AUTH:-false}" }',
    );
    expect(load({ env: { WHO: 'hub' } }).config).toMatchObject({
      name: 'hub of here',
      api: { port: 8181, authEnabled: false },
    });
  });
  it('take lists of the environment by commas', () => {
    const { config } = load({
      env: {
        MCP_REGISTRY_API_AUTH_TOKENS: 'one, two',
        MCP_REGISTRY_WORKER_LOADERS: 'openapi,module',
      },
    });
    expect(config.api.authTokens.map(({ sha256 }) => sha256)).toEqual([sha256Hex('one'), sha256Hex('two')]);
    expect(config.worker.loaders).toEqual(['openapi', 'module']);
  });
  it('count an empty variable as none', () => {
    expect(load({ env: { MCP_REGISTRY_API_PORT: '', DATABASE_URL: '' } }).config.api.port).toBe(8080);
  });
  it('take the long name of a setting rather than its short one', () => {
    const { config } = load({
      env: {
        MCP_REGISTRY_LOG_LEVEL: 'debug',
        MCP_REGISTRY_API_LOG_LEVEL: 'error',
      },
    });
    expect(config.api.logLevel).toBe('error');
  });
  it('take tokens as objects', () => {
    write(
      'config.yaml',
      `api: { auth_tokens: [plain, { token_sha256: "${sha256Hex('x')}", name: ci, scopes: [publish], namespaces: ["io.github.a/*"] }] }`,
    );
    expect(load().config.api.authTokens).toEqual([
      {
        name: 'token-1',
        sha256: sha256Hex('plain'),
        scopes: ['read', 'publish', 'admin', 'call'],
      },
      {
        name: 'ci',
        sha256: sha256Hex('x'),
        scopes: ['publish'],
        namespaces: ['io.github.a/*'],
      },
    ]);
  });
  it('take groups', () => {
    write('config.yaml', 'groups: { dev: { tags: [code], rename: { a: b } } }');
    expect(load().config.groups).toEqual({
      dev: { tags: ['code'], servers: [], allow: [], rename: { a: 'b' } },
    });
  });
});

describe('variables of entries', () => {
  it('are those of .env in one process, without what is the hub’s own', () => {
    write('.env', 'GITHUB_TOKEN=g\nDATABASE_URL=file:x.db\nAUTH_TOKEN=a\nMCP_REGISTRY_NAME=n\nHUB_KEY=k');
    write('config.yaml', 'description: "${HUB_KEY}"');
    const { config, variables } = load({ env: { HOME: '/home' } });
    expect(config.secrets).toMatchObject({
      allowEnv: ['GITHUB_TOKEN'],
      hubVariables: ['HUB_KEY'],
    });
    expect(variables).toMatchObject({ GITHUB_TOKEN: 'g', HOME: '/home' });
  });
  it('are none in the split form', () => {
    write('.env', 'GITHUB_TOKEN=g');
    expect(load({ form: 'split', env: splitEnv }).config.secrets.allowEnv).toEqual([]);
  });
  it('resolve from the environment before .env', () => {
    write('.env', 'A=dotenv');
    expect(load({ env: { A: 'env' } }).variables['A']).toBe('env');
  });
});

describe('problems', () => {
  it('are told all at once, with where they are and the nearest known name', () => {
    write(
      'config.yaml',
      'nmae: x\napi: { prt: 1, port: high, auth_tokens: 5 }\nqueue: fast\ndescription: "${NOT_SET}"\nlimits:',
    );
    write('.env', 'MCP_REGISTRY_API_HOTS=x');
    expect(
      problemsOf({
        env: {
          MCP_REGISTRY_SEED_IMPORT_ON_STARTUP: 'maybe',
          MCP_REGISTRY_TOKEN: 't',
        },
        overrides: { 'api.prot': 1 },
      }),
    ).toEqual([
      'config.yaml: nmae: there is no such setting; did you mean name?',
      'config.yaml: api.prt: there is no such setting; did you mean api.port?',
      'config.yaml: queue: must be a map',
      'config.yaml: description: refers to ${NOT_SET}, which is not set',
      '.env: MCP_REGISTRY_API_HOTS: there is no such setting; did you mean MCP_REGISTRY_API_HOST?',
      'command line: api.prot: there is no such setting; did you mean api.port?',
      'config.yaml: api.port: must be a whole number from 0 to 65535, not "high"',
      'config.yaml: api.auth_tokens: must be a list of tokens',
      'environment: MCP_REGISTRY_SEED_IMPORT_ON_STARTUP: seed.import_on_startup: must be true or false, not "maybe"',
    ]);
  });
  it('do not repeat secrets', () => {
    write('config.yaml', 'api: { auth_tokens: ["hunter2 hunter2", { tokn: hunter2 }] }\nsecrets: { key: hunter2 }');
    const problems = problemsOf();
    expect(problems).toHaveLength(4);
    expect(problems.join()).not.toContain('hunter2');
  });
  it('include a file that is not there', () => {
    expect(problemsOf({ configFile: 'missing.yaml' })).toEqual([
      'missing.yaml: the configuration file is not there, or cannot be read',
    ]);
  });
  it.each([
    ['config.yaml', 'a: [', /not valid YAML \(line 1/],
    ['config.toml', 'a = = 1', /not valid TOML \(line 1/],
    ['config.yaml', '- a', /must be a map of settings/],
  ])('include a %s that cannot be parsed', (name, text, expected) => {
    write(name, text);
    expect(problemsOf()).toEqual([expect.stringMatching(expected)]);
  });
  it('include what the split form requires, but of a worker no database', () => {
    expect(problemsOf({ form: 'split' })).toEqual([
      expect.stringContaining('database.url is required'),
      expect.stringContaining('queue.url is required'),
      expect.stringContaining('cluster.secret is required'),
    ]);
    expect(problemsOf({ form: 'split', service: 'loader-worker' }).join()).not.toContain('database');
  });
  it('do not call a setting required that is given, but wrong', () => {
    expect(
      problemsOf({
        form: 'split',
        env: { ...splitEnv, MCP_REGISTRY_CLUSTER_SECRET: 'short' },
      }),
    ).toEqual([expect.stringMatching(/^environment: MCP_REGISTRY_CLUSTER_SECRET: cluster.secret: must be 32 bytes/)]);
  });
  it.each([
    [{ DATABASE_URL: 'postgresql://x/y' }, 'database.type postgresql is not there yet'],
    [{ DATABASE_URL: 'mongodb://x/y' }, 'database.type mongodb is for the split form'],
    [{ DATABASE_URL: 'mysql://x/y' }, 'database.url must be'],
    [{ DATABASE_URL: 'file:x', MCP_REGISTRY_DATABASE_TYPE: 'memory' }, 'but database.url is of sqlite'],
    [{ MCP_REGISTRY_QUEUE_TYPE: 'redis' }, 'queue.type redis is for the split form'],
  ])('include a database or queue that this form does not have (%j)', (env, expected) => {
    expect(problemsOf({ env })).toEqual([expect.stringContaining(expected)]);
  });
});

describe('warnings', () => {
  it('tell of a hub that is open to all', () => {
    const { config, warnings } = load({
      env: { MCP_REGISTRY_API_HOST: '0.0.0.0' },
    });
    expect(config.gateway.authEnabled).toBe(true);
    expect(warnings).toEqual([
      expect.stringContaining('everybody'),
      expect.stringContaining('every MCP call will be refused'),
    ]);
  });
});
