import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NodeStreamableHTTPServerTransport, toNodeHandler, toWebRequest } from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest, type McpServer as McpServerV2 } from '@modelcontextprotocol/server';
import type { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { featureServer, type FeatureServer, type SdkVersion } from './feature-servers.js';

type NodeRequest = Parameters<typeof toWebRequest>[0];
type Body = Record<string, unknown> | undefined;

/** A request that a server got, and whether its connection was closed before it was answered. */
export interface SeenRequest {
  method: string;
  headers: IncomingMessage['headers'];
  body: Body;
  isCutOff: boolean;
}

/** A real server of an SDK on a free port, with the features of `featureServer`. */
export interface RemoteServer {
  url: string;
  seen: SeenRequest[];
  /** The latest that was made, for whichever session or request. */
  features(): FeatureServer;
  /** Forgets its sessions, as a restart does. */
  forgetSessions(): void;
  /** Breaks every connection that is open. */
  cut(): void;
  /** Stops to listen; `resume` listens again at the same port, with its sessions forgotten. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

interface Served {
  handle(req: IncomingMessage, res: ServerResponse, body: Body): Promise<void>;
  features(): FeatureServer;
  forget(): void;
}

/** `sdk`'s Streamable HTTP of the legacy era, with sessions and events that are kept. */
export function legacyServer(sdk: SdkVersion, path = '/mcp'): Promise<RemoteServer> {
  return listen(sdk === 'v1' ? sessionsOfV1() : sessionsOfV2(), path);
}

/** HTTP+SSE of SDK v1. */
export function sseServer(): Promise<RemoteServer> {
  return listen(sseOfV1(), '/sse');
}

/** SDK v2, for 2026-07-28 only. */
export function modernServer(): Promise<RemoteServer> {
  return listen(modernOfV2('reject'), '/mcp');
}

/** SDK v2 at its defaults: 2026-07-28, and the legacy era without sessions. */
export function statelessServer(): Promise<RemoteServer> {
  return listen(modernOfV2('stateless'), '/mcp');
}

/** SDK v2 for both eras, the legacy one with sessions; `features` are of that one. */
export function twoEraServer(): Promise<RemoteServer> {
  const modern = modernOfV2('reject');
  const legacy = sessionsOfV2();
  return listen(
    {
      handle: async (req, res, body) => {
        const isLegacy = await isLegacyRequest(await toWebRequest(req as NodeRequest, body), body);
        await (isLegacy ? legacy : modern).handle(req, res, body);
      },
      features: () => legacy.features(),
      forget: () => {
        legacy.forget();
      },
    },
    '/mcp',
  );
}

/** Events of all sessions, to be sent again to a client that comes back for them. */
class KeptEvents<T> {
  readonly #events: { stream: string; message: T }[] = [];

  async storeEvent(stream: string, message: T): Promise<string> {
    this.#events.push({ stream, message });
    return String(this.#events.length);
  }

  async replayEventsAfter(
    lastId: string,
    { send }: { send: (id: string, message: T) => Promise<void> },
  ): Promise<string> {
    const stream = this.#events[Number(lastId) - 1]?.stream;
    for (const [index, event] of this.#events.entries()) {
      const isReal = typeof event.message === 'object' && event.message !== null && 'jsonrpc' in event.message;
      if (index >= Number(lastId) && event.stream === stream && isReal) await send(String(index + 1), event.message);
    }
    return stream ?? '';
  }
}

interface SessionTransport {
  handleRequest(req: IncomingMessage, res: ServerResponse, body: unknown): Promise<void>;
}

function sessions(
  open: (
    onInitialized: (id: string, transport: SessionTransport) => void,
    onClosed: (id: string) => void,
  ) => Promise<{
    transport: SessionTransport;
    features: FeatureServer;
  }>,
): Served {
  const known = new Map<string, SessionTransport>();
  let latest: FeatureServer | undefined;
  return {
    handle: async (req, res, body) => {
      const id = req.headers['mcp-session-id'];
      const transport = typeof id === 'string' ? known.get(id) : undefined;
      if (transport) await transport.handleRequest(req, res, body);
      else if (body?.['method'] === 'initialize') {
        const opened = await open(
          (newId, newTransport) => known.set(newId, newTransport),
          (oldId) => known.delete(oldId),
        );
        latest = opened.features;
        await opened.transport.handleRequest(req, res, body);
      } else {
        const [status, code] = id === undefined ? [400, -32000] : [404, -32001];
        res.writeHead(status, { 'content-type': 'application/json' });
        res.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message: 'No such session' } }));
      }
    },
    features: () => latest ?? failed('No session was opened.'),
    forget: () => {
      known.clear();
    },
  };
}

function sessionsOfV1(): Served {
  const eventStore = new KeptEvents<never>();
  return sessions(async (onInitialized, onClosed) => {
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore,
      retryInterval: 100,
      onsessioninitialized: (id) => {
        onInitialized(id, transport);
      },
      onsessionclosed: onClosed,
    });
    const features = featureServer('v1');
    await (features.server as McpServerV1).connect(transport);
    return { transport, features };
  });
}

function sessionsOfV2(): Served {
  const eventStore = new KeptEvents<never>();
  return sessions(async (onInitialized, onClosed) => {
    const transport: NodeStreamableHTTPServerTransport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore,
      retryInterval: 100,
      onsessioninitialized: (id) => {
        onInitialized(id, transport);
      },
      onsessionclosed: (id) => {
        onClosed(id);
      },
    });
    const features = featureServer('v2');
    await (features.server as McpServerV2).connect(transport);
    return { transport, features };
  });
}

function modernOfV2(legacy: 'reject' | 'stateless'): Served {
  let latest: FeatureServer | undefined;
  const handler = createMcpHandler(
    () => {
      latest = featureServer('v2');
      return latest.server as McpServerV2;
    },
    { legacy },
  );
  const serve = toNodeHandler(handler);
  return {
    handle: (req, res, body) => serve(req as NodeRequest, res, body),
    features: () => {
      const features = latest ?? failed('There was no request yet.');
      return {
        ...features,
        addTool: () => {
          handler.notify.toolsChanged();
        },
      };
    },
    forget: () => undefined,
  };
}

function sseOfV1(): Served {
  const known = new Map<string, SSEServerTransport>();
  let latest: FeatureServer | undefined;
  return {
    handle: async (req, res, body) => {
      if (req.method === 'GET') {
        const transport = new SSEServerTransport('/messages', res);
        known.set(transport.sessionId, transport);
        latest = featureServer('v1');
        await (latest.server as McpServerV1).connect(transport);
        return;
      }
      const id = new URL(req.url ?? '', 'http://localhost').searchParams.get('sessionId') ?? '';
      const transport = known.get(id);
      if (transport) await transport.handlePostMessage(req, res, body);
      else res.writeHead(404).end();
    },
    features: () => latest ?? failed('No session was opened.'),
    forget: () => {
      known.clear();
    },
  };
}

function failed(message: string): never {
  throw new Error(message);
}

async function listen(served: Served, path: string): Promise<RemoteServer> {
  const seen: SeenRequest[] = [];
  const onRequest = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const body = await bodyOf(req);
    const record: SeenRequest = { method: req.method ?? '', headers: req.headers, body, isCutOff: false };
    seen.push(record);
    res.once('close', () => (record.isCutOff = !res.writableEnded));
    await served.handle(req, res, body);
  };
  let http = await listening(onRequest, 0);
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    seen,
    features: () => served.features(),
    forgetSessions: () => {
      served.forget();
    },
    cut: () => {
      http.closeAllConnections();
    },
    pause: () => stopped(http),
    resume: async () => {
      served.forget();
      http = await listening(onRequest, port);
    },
    close: () => stopped(http),
  };
}

async function listening(
  handle: (req: IncomingMessage, res: ServerResponse) => Promise<void>,
  port: number,
): Promise<Server> {
  const onRequest: RequestListener = (req, res) => {
    handle(req, res).catch((error: unknown) => res.destroy(error as Error));
  };
  const http = createServer(onRequest);
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, '127.0.0.1', resolve);
  });
  return http;
}

function stopped(http: Server): Promise<void> {
  return new Promise((resolve) => {
    http.close(() => {
      resolve();
    });
    http.closeAllConnections();
  });
}

async function bodyOf(req: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? undefined : (JSON.parse(Buffer.concat(chunks).toString()) as Body);
}
