import { fileURLToPath } from 'node:url';

export const token = 'e2e-token-with-all-rights';
export const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
export const workspaceRoot = fileURLToPath(new URL('../../..', import.meta.url));

/** A variable that entries may refer to, and one that they may not. */
export const allowedVariable = { name: 'E2E_UPSTREAM_TOKEN', value: 'upstream-secret-of-the-environment' };
export const refusedVariable = { name: 'PRIVATE_TO_THE_OPERATOR', value: 'never-to-be-seen' };

/** Failed loads are tried so often, so soon after one another. */
export const retries = { attempts: 2, delaySeconds: 0.2 };

/** The settings of the hub under test; what is left out has its default. */
export function hubEnvironment(): Record<string, string> {
  return {
    ...cleanEnvironment(),
    MCP_REGISTRY_API_HOST: '127.0.0.1',
    MCP_REGISTRY_GATEWAY_HOST: '127.0.0.1',
    MCP_REGISTRY_API_AUTH_TOKENS: token,
    MCP_REGISTRY_LOADER_MODULE_ROOTS: fixtures,
    MCP_REGISTRY_LOADER_TIMEOUT: '20',
    MCP_REGISTRY_LOADER_RETRY_ATTEMPTS: String(retries.attempts),
    MCP_REGISTRY_LOADER_RETRY_DELAY: String(retries.delaySeconds),
    MCP_REGISTRY_SEED_IMPORT_ON_STARTUP: 'false',
    MCP_REGISTRY_EGRESS_ALLOW_LOOPBACK: 'true',
    MCP_REGISTRY_SECRETS_ALLOW_ENV: 'E2E_*',
    MCP_REGISTRY_LOG_LEVEL: process.env['HUB_E2E_LOG_LEVEL'] ?? 'error',
    [allowedVariable.name]: allowedVariable.value,
    [refusedVariable.name]: refusedVariable.value,
  };
}

/** Without settings that the person who runs the tests may have. */
function cleanEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    const isSetting = name.startsWith('MCP_REGISTRY_') || name === 'DATABASE_URL' || name === 'AUTH_TOKEN';
    if (value !== undefined && !isSetting && name !== 'NODE_OPTIONS' && !name.startsWith('VITEST')) env[name] = value;
  }
  return env;
}
