import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

/** With all rights; for the hubs of this run. */
export const token = randomBytes(16).toString('hex');
/** Module servers that are measured. */
export const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** What every hub of a bench is told; all else has its default. */
export const hubSettings: Readonly<Record<string, string>> = {
  MCP_REGISTRY_API_HOST: '127.0.0.1',
  MCP_REGISTRY_GATEWAY_HOST: '127.0.0.1',
  MCP_REGISTRY_API_AUTH_TOKENS: token,
  MCP_REGISTRY_LOADER_MODULE_ROOTS: fixtures,
  MCP_REGISTRY_WORKER_CAPACITY: '1000',
  MCP_REGISTRY_SEED_IMPORT_ON_STARTUP: 'false',
  MCP_REGISTRY_LOG_LEVEL: 'warn',
};
