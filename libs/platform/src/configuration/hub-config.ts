import type { ConfiguredToken } from '../auth/token-auth.js';

/** `standalone`: all in one process. `split`: one of the three services. */
export type Form = 'standalone' | 'split';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A group of servers served as one (gateway.md, `/groups/{group}/mcp`). */
export interface GroupConfig {
  tags: string[];
  servers: string[];
  allow: string[];
  rename: Record<string, string>;
}

/** The effective configuration (hub-api.md, section 3). Paths are absolute, durations in milliseconds. */
export interface HubConfig {
  form: Form;
  name: string;
  version?: string;
  description?: string;
  environment: string;
  /** Where generated keys and caches go: the folder of the SQLite file, else `.hub` in the working directory. */
  dataDir: string;
  database: {
    type: 'sqlite' | 'memory' | 'mongodb';
    /** `file:/absolute/path` for sqlite, `mongodb://…`; empty for memory. */
    url: string;
    databaseName: string;
    collectionName: string;
  };
  queue: {
    type: 'memory' | 'redis';
    /** Empty for memory. */
    url: string;
  };
  api: {
    host: string;
    port: number;
    authEnabled: boolean;
    authReads: boolean;
    authTokens: ConfiguredToken[];
    corsOrigins: string[];
    logLevel: LogLevel;
  };
  gateway: {
    host: string;
    port: number;
    publicUrl?: string;
    authEnabled: boolean;
    allowedHosts: string[];
    allowedOrigins: string[];
    maxSessions: number;
    maxBodyBytes: number;
  };
  worker: {
    name: string;
    host: string;
    port: number;
    advertiseUrl?: string;
    capacity: number;
    loaders: string[];
  };
  loader: {
    timeoutMs: number;
    retryAttempts: number;
    retryDelayMs: number;
    cacheDir: string;
    moduleRoots: string[];
    mountRoots: string[];
    plugins: string[];
    packageRegistries: string[];
    allowInstallScripts: boolean;
    minReleaseAgeMs: number;
  };
  limits: {
    maxConcurrency: number;
    callTimeoutMs: number;
    callDeadlineMs: number;
    idleTimeoutMs: number;
    memoryMb: number;
  };
  egress: {
    allowPrivateNetworks: boolean;
    allowLoopback: boolean;
    allowHosts: string[];
    denyHosts: string[];
  };
  groups: Record<string, GroupConfig>;
  seed: { importOnStartup: boolean; filePath: string };
  registry: { namespace: string; anonymousAuth: boolean };
  secrets: {
    /** 32 bytes each: the first seals, all open. Empty where none is configured: see `withKeyFiles`. */
    keys: Uint8Array[];
    /** Globs of the variables that entries may refer to. */
    allowEnv: string[];
    /** Variables that hold the hub's own settings: refused to entries whatever `allowEnv` says. */
    hubVariables: string[];
  };
  cluster: {
    /** 32 bytes each: the first signs, all are accepted. Empty where none is configured: see `withKeyFiles`. */
    secrets: Uint8Array[];
  };
  telemetry: { metrics: boolean; otlpEndpoint?: string };
}
