import { LoadFailed } from '@mcp-hub/domain';
import { inMemoryTransportPair } from './in-memory-transport.js';
import { ModernBackend } from './modern-backend.js';
import type { RawTransport } from './raw-transport.js';

/** What is asked of a `Server` of SDK v2 here; it may come from another copy of the SDK than the hub's. */
interface ServerOfSdkV2 {
  transport: unknown;
  getNegotiatedProtocolVersion(): string | undefined;
}

type ServeStdio = (
  factory: () => ServerOfSdkV2,
  options: { transport: RawTransport; legacy: 'reject'; onerror: (error: Error) => void },
) => { close(): Promise<void> };

/** The `Server` in a server object of SDK v2, which can serve the modern era. @returns undefined for any other object */
export function serverOfSdkV2(server: unknown): ServerOfSdkV2 | undefined {
  if (typeof server !== 'object' || server === null) return undefined;
  const inner = 'server' in server && typeof server.server === 'object' ? server.server : server;
  const isV2 =
    inner !== null &&
    'getNegotiatedProtocolVersion' in inner &&
    typeof inner.getNegotiatedProtocolVersion === 'function';
  return isV2 ? (inner as ServerOfSdkV2) : undefined;
}

/**
 * Hosts a server object of SDK v2 within the process, in the modern era. An object serves one era all its life, so it
 * must not have been connected before.
 *
 * @throws LoadFailed `module_error` where it is no such object, or does not answer
 */
export async function serveInModernEra(server: unknown, signal: AbortSignal): Promise<ModernBackend> {
  const inner = serverOfSdkV2(server);
  if (!inner || inner.transport !== undefined) {
    throw new LoadFailed(
      'module_error',
      'The module gave no new server object of SDK v2 for clients of 2026-07-28.',
      'Return a new McpServer each time that the function is called.',
    );
  }
  const [clientSide, serverSide] = inMemoryTransportPair();
  // The SDK's own way to serve many requests of this era on one connection, whatever the connection is. Loaded when a
  // module first needs it: it brings the whole SDK with it.
  const { serveStdio } = (await import('@modelcontextprotocol/server/stdio')) as unknown as { serveStdio: ServeStdio };
  serveStdio(() => inner, {
    transport: serverSide,
    legacy: 'reject',
    onerror: (error) => clientSide.onerror?.(error),
  });
  const backend = new ModernBackend({ transport: clientSide, failureCode: 'module_error' });
  await backend.start(signal);
  return backend;
}
