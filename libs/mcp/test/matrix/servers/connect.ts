import type { JsonObject, McpBackend } from '@mcp-hub/application';
import type { Era, MatrixTransport } from '../../../src/protocol-matrix/matrix.js';
import { ClientBackend } from '../../../src/backends/client-backend.js';
import type { HttpTransportOptions } from '../../../src/backends/http/http-wire.js';
import { ModernHttpTransport } from '../../../src/backends/http/modern-http-transport.js';
import { SseTransport } from '../../../src/backends/http/sse-transport.js';
import { StreamableHttpTransport } from '../../../src/backends/http/streamable-http-transport.js';
import { inMemoryTransportPair } from '../../../src/backends/in-memory-transport.js';
import { ModernBackend } from '../../../src/backends/modern-backend.js';
import type { RawTransport } from '../../../src/backends/raw-transport.js';
import type { RpcMessage } from '../../../src/wire/json-rpc.js';
import { aCall, CountingIds } from '../../support/fixtures.js';
import { nodeHttpSend } from '../../support/node-http-send.js';
import { inAProcess, type Connection } from './in-a-process.js';
import { serveLegacyByHttp, serveLegacyBySse, serveModernByHttp, type HttpServer } from './http-server.js';
import { LegacyServer } from './legacy-server.js';
import { ModernServer } from './modern-server.js';
import type { Json, Seen } from './script.js';

/** A scripted server, hosted by the hub as any other, and what a test may ask of it behind the clients' backs. */
export interface ScriptedServer {
  backend: McpBackend;
  /** All messages that it got so far. */
  journal(): Promise<Seen[]>;
  /** Has it send these when nobody asked for anything. */
  emit(...messages: Json[]): Promise<void>;
  /** Lets a script go on that holds there. */
  release(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts a scripted server of the era on the transport, and connects the hub's backend to it. */
export async function connectScriptedServer(era: Era, kind: MatrixTransport): Promise<ScriptedServer> {
  const { transport, end } = await connectionTo(era, kind);
  const backend =
    era === 'legacy'
      ? new ClientBackend({ transport, ids: new CountingIds('parked') })
      : new ModernBackend({ transport });
  await backend.start(AbortSignal.timeout(10_000));
  const probe = async (method: string, params: JsonObject): Promise<JsonObject> => {
    const outcome = await backend.call({ method, params }, aCall({ caller: { id: 'the test' } }).context);
    if (outcome.kind !== 'complete') throw new Error(`${method}: ${JSON.stringify(outcome)}`);
    return outcome.result;
  };
  return {
    backend,
    journal: async () => (await probe('probe/journal', {}))['seen'] as Seen[],
    emit: async (...messages) => {
      await probe('probe/emit', { messages });
    },
    release: async (name) => {
      await probe('probe/release', { name });
    },
    close: async () => {
      await backend.close();
      await end();
    },
  };
}

async function connectionTo(era: Era, kind: MatrixTransport): Promise<Connection> {
  switch (kind) {
    case 'memory':
      return inMemory(era);
    case 'stdio':
      return inAProcess('matrix/servers/stdio-main.ts', era);
    case 'http':
      return era === 'legacy'
        ? byHttp(await serveLegacyByHttp(), (options) => new StreamableHttpTransport(options))
        : byHttp(await serveModernByHttp(), (options) => new ModernHttpTransport(options));
    case 'sse':
      return byHttp(await serveLegacyBySse(), (options) => new SseTransport(options));
  }
}

function byHttp(server: HttpServer, transportTo: (options: HttpTransportOptions) => RawTransport): Connection {
  return { transport: transportTo({ url: server.url.href, send: nodeHttpSend }), end: () => server.close() };
}

async function inMemory(era: Era): Promise<Connection> {
  const [transport, serverSide] = inMemoryTransportPair();
  const send = (message: Json, related?: unknown): void => {
    const extra = related === undefined ? {} : { relatedRequestId: related as number };
    serverSide.send(message as unknown as RpcMessage, extra).catch(() => undefined);
  };
  const server = era === 'legacy' ? new LegacyServer(send) : new ModernServer(send);
  serverSide.onmessage = (message) => {
    server.receive(structuredClone(message) as unknown as Json);
  };
  await serverSide.start();
  return { transport, end: () => serverSide.close() };
}
