import { LoadFailed, type ModuleConfig } from '@mcp-hub/domain';

/** Looked for in this order where the entry names nothing (hosting.md, "Modules"). */
export const candidateNames = [
  'create_server',
  'createServer',
  'create_mcp_server',
  'createMcpServer',
  'get_server',
  'getServer',
  'main',
  'default',
] as const;

type Exports = Readonly<Record<string, unknown>>;

/**
 * The server object of a module: the export that the entry names, else the first candidate; a function is called with
 * `args` and awaited.
 *
 * @throws LoadFailed `module_error` that lists what the module exports, or tells what its function threw
 */
export async function chooseServer(exports: Exports, config: ModuleConfig): Promise<object> {
  const { name, value } = findExport(exports, config);
  const isFactory = typeof value === 'function';
  if (config.factory !== undefined && !isFactory) {
    throw wrongExport(`The export "${name}" is no function.`, exports);
  }
  const server = isFactory ? await callFactory(name, value as Factory, config) : value;
  if (isServer(server)) return server;
  throw wrongExport(
    isFactory
      ? `"${name}" returned ${describe(server)}, not an MCP server.`
      : `The export "${name}" is ${describe(server)}, neither an MCP server nor a function that returns one.`,
    exports,
  );
}

type Factory = (args: Record<string, unknown>) => unknown;

function findExport(exports: Exports, config: ModuleConfig): { name: string; value: unknown } {
  const wanted = config.factory ?? config.export;
  if (wanted !== undefined) {
    const value = exportNamed(exports, wanted);
    if (value !== undefined) return { name: wanted, value };
    throw wrongExport(`The module has no export "${wanted}".`, exports);
  }
  for (const name of candidateNames) {
    const value = exportNamed(exports, name);
    if (typeof value === 'function' || isServer(value)) return { name, value };
  }
  throw wrongExport(`The module exports no server. Looked for: ${candidateNames.join(', ')}.`, exports);
}

/** Named exports of CommonJS that Node could not tell by reading are members of its default export. */
function exportNamed(exports: Exports, name: string): unknown {
  if (Object.hasOwn(exports, name)) return exports[name];
  const fallback = exports.default;
  return isRecord(fallback) && Object.hasOwn(fallback, name) ? fallback[name] : undefined;
}

async function callFactory(name: string, factory: Factory, config: ModuleConfig): Promise<unknown> {
  try {
    return await factory(config.args ?? {});
  } catch (error) {
    throw new LoadFailed(
      'module_error',
      `"${name}" failed: ${error instanceof Error ? error.message : String(error)}`,
      'Correct the module, or what module_config.args gives it.',
      { cause: error },
    );
  }
}

function wrongExport(message: string, exports: Exports): LoadFailed {
  const names = Object.keys(exports).filter((name) => name !== 'module.exports');
  const listed = names.length > 0 ? `It exports: ${names.join(', ')}.` : 'It exports nothing.';
  return new LoadFailed(
    'module_error',
    `${message} ${listed}`,
    'Export a function that returns a Server or McpServer, or name one by module_config.export or module_config.factory.',
  );
}

function isServer(value: unknown): value is object {
  return isRecord(value) && typeof value.connect === 'function';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return typeof value === 'object' ? 'an object without connect()' : `a ${typeof value}`;
}
