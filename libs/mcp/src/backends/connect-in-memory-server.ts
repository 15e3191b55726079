import type { McpBackend } from '@mcp-hub/application';
import { LoadFailed } from '@mcp-hub/domain';
import { ClientBackend, type ClientBackendOptions } from './client-backend.js';
import { inMemoryTransportPair } from './in-memory-transport.js';
import type { RawTransport } from './raw-transport.js';
import { serveInModernEra, serverOfSdkV2 } from './serve-in-modern-era.js';
import { TwoEraBackend } from './two-era-backend.js';

export interface InMemoryServerOptions extends Omit<ClientBackendOptions, 'transport'> {
  /** The deadline of the handshake. */
  signal: AbortSignal;
  /**
   * Gives another server object of the same kind. A server of SDK v2 serves one era: with this, clients of 2026-07-28
   * get an object of their own, and what only that era has.
   */
  another?: () => Promise<unknown>;
  /** Told when that gives no object that serves 2026-07-28; its clients are served by the first one then. */
  onModernFailed?: (error: unknown) => void;
}

/** For a second object, while a client waits. */
const modernStartMs = 20_000;

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
  { signal, another, onModernFailed, ...options }: InMemoryServerOptions,
): Promise<McpBackend> {
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
  if (!another || !serverOfSdkV2(server)) return backend;
  return new TwoEraBackend({
    legacy: backend,
    startModern: (closing) => startAnother(another, AbortSignal.any([closing, AbortSignal.timeout(modernStartMs)])),
    ...(onModernFailed && { onModernFailed }),
  });
}

async function startAnother(another: () => Promise<unknown>, signal: AbortSignal): Promise<McpBackend> {
  const expired = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      const remedy = 'Do less before the server is returned.';
      reject(new LoadFailed('module_error', 'The module gave no second server in time.', remedy));
    });
  });
  const server = await Promise.race([another(), expired]);
  return serveInModernEra(server, signal);
}

function isConnectable(server: unknown): server is ConnectableServer {
  return typeof server === 'object' && server !== null && 'connect' in server && typeof server.connect === 'function';
}
