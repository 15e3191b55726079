import { randomBytes } from 'node:crypto';

export type ServiceKind = 'api' | 'gateway' | 'worker';

export interface ServicePlace {
  kind: ServiceKind;
  /** `api-1`, `worker-2`, …: the name by which answers of the hub call it. */
  id: string;
  port: number;
}

export interface SharedServers {
  redisUrl: string;
  mongoUrl: string;
  databaseName: string;
  /** Of the first gateway. */
  publicUrl: string;
}

const host = '127.0.0.1';

export function urlOf(port: number): string {
  return `http://${host}:${port}`;
}

/**
 * The environment of all services: the given one (entries may refer to its variables), with secrets made where none are
 * given, and what the stack decides itself (hosts, database, queue, URLs) above it. A setting given as empty text counts
 * as not given.
 */
export function sharedEnvironment(
  given: Readonly<Record<string, string | undefined>>,
  servers: SharedServers,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const isNoValue = value === '' && name.startsWith('MCP_REGISTRY_');
    if (value !== undefined && !isNoValue && name !== 'DATABASE_URL') env[name] = value;
  }
  const defaults = {
    MCP_REGISTRY_CLUSTER_SECRET: randomBytes(32).toString('base64'),
    MCP_REGISTRY_SECRETS_KEY: randomBytes(32).toString('base64'),
    MCP_REGISTRY_EGRESS_ALLOW_LOOPBACK: 'true',
    ...(env['MCP_REGISTRY_API_LOG_LEVEL'] === undefined ? { MCP_REGISTRY_LOG_LEVEL: 'warn' } : {}),
  };
  return {
    ...defaults,
    ...env,
    MCP_REGISTRY_DATABASE_TYPE: 'mongodb',
    MCP_REGISTRY_DATABASE_URL: servers.mongoUrl,
    MCP_REGISTRY_DATABASE_DATABASE_NAME: servers.databaseName,
    MCP_REGISTRY_QUEUE_TYPE: 'redis',
    MCP_REGISTRY_QUEUE_URL: servers.redisUrl,
    MCP_REGISTRY_GATEWAY_PUBLIC_URL: servers.publicUrl,
    MCP_REGISTRY_API_HOST: host,
    MCP_REGISTRY_GATEWAY_HOST: host,
    MCP_REGISTRY_WORKER_HOST: host,
  };
}

/** What is one service's own. */
export function ownEnvironment({ kind, id, port }: ServicePlace): Record<string, string> {
  switch (kind) {
    case 'api':
      return { MCP_REGISTRY_API_PORT: String(port) };
    case 'gateway':
      return { MCP_REGISTRY_GATEWAY_PORT: String(port) };
    case 'worker':
      return {
        MCP_REGISTRY_WORKER_PORT: String(port),
        MCP_REGISTRY_WORKER_NAME: id,
        MCP_REGISTRY_WORKER_ADVERTISE_URL: urlOf(port),
      };
  }
}
