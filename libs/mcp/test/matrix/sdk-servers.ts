import type { McpBackend } from '@mcp-hub/application';
import { ClientBackend } from '../../src/backends/client-backend.js';
import { connectInMemoryServer } from '../../src/backends/connect-in-memory-server.js';
import { ModernHttpTransport } from '../../src/backends/http/modern-http-transport.js';
import { SseTransport } from '../../src/backends/http/sse-transport.js';
import { StreamableHttpTransport } from '../../src/backends/http/streamable-http-transport.js';
import { ModernBackend } from '../../src/backends/modern-backend.js';
import { serveInModernEra } from '../../src/backends/serve-in-modern-era.js';
import type { Era, MatrixTransport } from '../../src/protocol-matrix/matrix.js';
import { featureServer, type SdkVersion } from '../support/feature-servers.js';
import { CountingIds } from '../support/fixtures.js';
import { nodeHttpSend } from '../support/node-http-send.js';
import { legacyServer, modernServer, sseServer, type RemoteServer } from '../support/remote-servers.js';
import { inAProcess, type Connection } from './servers/in-a-process.js';

export interface SdkServer {
  sdk: SdkVersion;
  era: Era;
  transport: MatrixTransport;
}

/** All that servers of the SDKs can be: v1 knows the legacy era only, and only it still has HTTP+SSE. */
export const sdkServers: readonly SdkServer[] = (['memory', 'stdio', 'http'] as const)
  .flatMap((transport): SdkServer[] => [
    { sdk: 'v1', era: 'legacy', transport },
    { sdk: 'v2', era: 'legacy', transport },
    { sdk: 'v2', era: 'modern', transport },
  ])
  .concat({ sdk: 'v1', era: 'legacy', transport: 'sse' });

/** Starts a server of an SDK with every feature that it has, and connects the hub's backend to it. */
export async function connectSdkServer(server: SdkServer): Promise<{ backend: McpBackend; close(): Promise<void> }> {
  const signal = AbortSignal.timeout(10_000);
  const ids = new CountingIds('parked');
  if (server.transport === 'memory') {
    const { server: object } = featureServer(server.sdk);
    const hosted =
      server.era === 'legacy' ? connectInMemoryServer(object, { ids, signal }) : serveInModernEra(object, signal);
    const backend = await hosted;
    return { backend, close: () => backend.close() };
  }
  const { transport, end } = await connectionTo(server);
  const backend = server.era === 'legacy' ? new ClientBackend({ transport, ids }) : new ModernBackend({ transport });
  await backend.start(signal);
  return {
    backend,
    close: async () => {
      await backend.close();
      await end();
    },
  };
}

async function connectionTo({ sdk, era, transport }: SdkServer): Promise<Connection> {
  if (transport === 'stdio') return inAProcess('matrix/servers/sdk-main.ts', sdk);
  if (transport === 'sse') return remote(await sseServer(), (options) => new SseTransport(options));
  return era === 'legacy'
    ? remote(await legacyServer(sdk), (options) => new StreamableHttpTransport(options))
    : remote(await modernServer(), (options) => new ModernHttpTransport(options));
}

function remote(
  { url, close }: RemoteServer,
  transportTo: (options: { url: string; send: typeof nodeHttpSend }) => Connection['transport'],
): Connection {
  return { transport: transportTo({ url, send: nodeHttpSend }), end: close };
}
