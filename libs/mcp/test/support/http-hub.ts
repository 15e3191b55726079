import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { McpBackend } from '@mcp-hub/application';
import { FakeSessionStore, SetClock } from '@mcp-hub/application/testing';
import { connectInMemoryServer } from '../../src/backends/connect-in-memory-server.js';
import type { EndpointRequest, HttpSseRequest, McpEndpointOptions } from '../../src/frontends/endpoint-options.js';
import { McpEndpoint } from '../../src/frontends/mcp-endpoint.js';
import { SessionIds } from '../../src/session-ids.js';
import { StateSeal } from '../../src/state-seal.js';
import { featureServer, type FeatureServer, type SdkVersion } from './feature-servers.js';
import { CountingIds } from './fixtures.js';

export type EndpointOverrides = Partial<Omit<McpEndpointOptions, 'limits'>> & {
  limits?: Partial<McpEndpointOptions['limits']>;
};

/** What all workers of a hub have in common. */
export class SharedHub {
  readonly clock = new SetClock(Date.UTC(2026, 10, 1));
  readonly sessions = new FakeSessionStore(this.clock);
  readonly sessionIds = new SessionIds([Buffer.alloc(32, 1)]);
  readonly ids = new CountingIds('hub');
  readonly seal = new StateSeal({ keys: [Buffer.alloc(32, 2)], clock: this.clock, ids: this.ids });
  readonly #open: Worker[] = [];

  /** A worker with one server, on a port of its own. What it hears of the gateway can be set by `gateway`. */
  async worker(incarnation: string, backend: McpBackend, over: EndpointOverrides = {}): Promise<Worker> {
    const { limits, ...rest } = over;
    const endpoint = new McpEndpoint({
      serverId: 'features',
      serverName: 'Features',
      backend,
      sessions: this.sessions,
      sessionIds: this.sessionIds,
      seal: this.seal,
      clock: this.clock,
      ids: this.ids,
      incarnation,
      sessionRecovery: 'transparent',
      limits: {
        maxBodyBytes: 1_000_000,
        sessionIdleMs: 600_000,
        maxSessions: 100,
        callTimeoutMs: 20_000,
        callDeadlineMs: 60_000,
        heartbeatMs: 15_000,
        parkedMax: 10,
        maxConcurrency: 64,
        ...limits,
      },
      ...rest,
    });
    const worker = await Worker.listen(endpoint, backend);
    this.#open.push(worker);
    return worker;
  }

  /** A worker with a server of an SDK, hosted in memory. */
  async hosting(
    sdk: SdkVersion,
    incarnation = 'w1',
    over: EndpointOverrides = {},
  ): Promise<Worker & { features: FeatureServer }> {
    const features = featureServer(sdk);
    const backend = await connectInMemoryServer(features.server, { ids: this.ids, signal: AbortSignal.timeout(5_000) });
    return Object.assign(await this.worker(incarnation, backend, over), { features });
  }

  async close(): Promise<void> {
    for (const worker of this.#open.splice(0)) await worker.close();
  }
}

export class Worker {
  /** What the gateway says of the requests to come. */
  gateway: Partial<EndpointRequest> = {};
  /** How many came so far. */
  requests = 0;

  private constructor(
    readonly endpoint: McpEndpoint,
    readonly backend: McpBackend,
    private readonly server: Server,
    readonly url: URL,
  ) {}

  static async listen(endpoint: McpEndpoint, backend: McpBackend): Promise<Worker> {
    const server = createServer((req, res) => {
      worker.requests += 1;
      void endpoint.handle(req, res, {
        caller: 'anonymous',
        callId: `call-${worker.requests}`,
        attempt: 1,
        forwardedHeaders: {},
        ...httpSseOf(req.url ?? ''),
        ...worker.gateway,
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const worker = new Worker(endpoint, backend, server, new URL(`http://127.0.0.1:${port}/mcp`));
    return worker;
  }

  /** Breaks off whatever is open; the worker itself lives on. */
  cutConnections(): void {
    this.server.closeAllConnections();
  }

  async close(): Promise<void> {
    await this.endpoint.close();
    await this.backend.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** The paths of the HTTP+SSE transport, as a gateway tells of them. */
function httpSseOf(url: string): { httpSse?: HttpSseRequest } {
  const { pathname, searchParams } = new URL(url, 'http://worker');
  if (pathname === '/sse') return { httpSse: { kind: 'stream', messagesPath: '/messages' } };
  if (pathname !== '/messages') return {};
  return { httpSse: { kind: 'message', sessionId: searchParams.get('sessionId') ?? '' } };
}
