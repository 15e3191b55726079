import { randomBytes } from 'node:crypto';
import { freePort } from '@mcp-hub/test-servers';
import { Program } from './program.js';

export const serviceNames = ['registry-api', 'loader-worker', 'runtime-gateway'] as const;
export type ServiceName = (typeof serviceNames)[number];

const sections = { 'registry-api': 'api', 'loader-worker': 'worker', 'runtime-gateway': 'gateway' } as const;

/** `MCP_REGISTRY_API_PORT` of registry-api, … */
export function portVariable(name: ServiceName): string {
  return `MCP_REGISTRY_${sections[name].toUpperCase()}_PORT`;
}

/** The setting and the variable, as messages name them. */
export function portSetting(name: ServiceName): string {
  return `${sections[name]}.port (${portVariable(name)})`;
}

/** What all services of one hub are given. */
export function sharedSettings(servers: { redisPort: number; mongoPort: number }): Record<string, string> {
  return {
    MCP_REGISTRY_DATABASE_URL: `mongodb://127.0.0.1:${servers.mongoPort}`,
    MCP_REGISTRY_QUEUE_URL: `redis://127.0.0.1:${servers.redisPort}`,
    MCP_REGISTRY_CLUSTER_SECRET: randomBytes(32).toString('base64'),
    MCP_REGISTRY_WORKER_HOST: '127.0.0.1',
    MCP_REGISTRY_GATEWAY_HOST: '127.0.0.1',
    MCP_REGISTRY_LOG_LEVEL: 'warn',
  };
}

export interface StartedService {
  name: ServiceName;
  url: string;
  program: Program;
}

/** Starts a service on a free port, without waiting for anything. */
export async function startService(name: ServiceName, settings: Record<string, string>): Promise<StartedService> {
  const port = await freePort();
  const program = Program.start(name, { env: { ...settings, [portVariable(name)]: String(port) } });
  return { name, url: `http://127.0.0.1:${port}`, program };
}
