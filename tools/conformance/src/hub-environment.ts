import { fixtureFolder } from './fixtures.js';

/** A token with all rights at the REST API; the MCP endpoints are open, as the suites know no credentials. */
export const token = 'conformance-token-with-all-rights';

/** The settings of the hub; what is left out has its default, whatever the person who runs this has set. */
export function hubEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    const isSetting = name.startsWith('MCP_REGISTRY_') || name === 'DATABASE_URL' || name === 'AUTH_TOKEN';
    if (value !== undefined && !isSetting && name !== 'NODE_OPTIONS' && !name.startsWith('VITEST')) env[name] = value;
  }
  return {
    ...env,
    MCP_REGISTRY_API_HOST: '127.0.0.1',
    MCP_REGISTRY_GATEWAY_HOST: '127.0.0.1',
    MCP_REGISTRY_API_AUTH_TOKENS: token,
    MCP_REGISTRY_LOADER_MODULE_ROOTS: fixtureFolder,
    MCP_REGISTRY_SEED_IMPORT_ON_STARTUP: 'false',
    MCP_REGISTRY_LOG_LEVEL: process.env['CONFORMANCE_LOG_LEVEL'] ?? 'error',
  };
}
