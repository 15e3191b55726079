import { LoadFailed } from '@mcp-hub/domain';
import { ClientBackend, type ClientBackendOptions } from './client-backend.js';
import { inMemoryTransportPair } from './in-memory-transport.js';
import type { RawTransport } from './raw-transport.js';

export interface InMemoryServerOptions extends Omit<ClientBackendOptions, 'transport'> {
  /** The deadline of the handshake. */
  signal: AbortSignal;
}

interface ConnectableServer {
  connect(transport: RawTransport): Promise<void>;
}

/**
 * Hosts a server object within the process: `Server` and `McpServer` of SDK v1 (`@modelcontextprotocol/sdk`) and v2
 * (`@modelcontextprotocol/server`), from whichever copy of the SDK.
 *
 * @throws LoadFailed where it is no such object, or it does not answer the handshake
 */
export async function connectInMemoryServer(
  server: unknown,
  { signal, ...options }: InMemoryServerOptions,
): Promise<ClientBackend> {
  if (!isConnectable(server)) {
    throw new LoadFailed(
      'module_error',
      'The module gave no MCP server: it has no connect method.',
      'Export or return a Server or McpServer of @modelcontextprotocol/sdk or @modelcontextprotocol/server.',
    );
  }
  const [clientSide, serverSide] = inMemoryTransportPair();
  try {
    await server.connect(serverSide);
  } catch (error) {
    const message = `The server object refused to connect: ${error instanceof Error ? error.message : String(error)}`;
    throw new LoadFailed('module_error', message, 'Return a new server object each time.', { cause: error });
  }
  const backend = new ClientBackend({ failureCode: 'module_error', ...options, transport: clientSide });
  await backend.start(signal);
  return backend;
}

function isConnectable(server: unknown): server is ConnectableServer {
  return typeof server === 'object' && server !== null && 'connect' in server && typeof server.connect === 'function';
}
