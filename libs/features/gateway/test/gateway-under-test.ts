import type { Server } from 'node:http';
import { Module, type DynamicModule } from '@nestjs/common';
import {
  ClusterKeys,
  Clock,
  Ids,
  Log,
  RouteTable,
  RouteView,
  type DirectoryRecord,
  type RouteRecord,
} from '@mcp-hub/application';
import { aDirectoryRecord, aRouteRecord, aWorkerRecord, RecordingLog } from '@mcp-hub/application/testing';
import { InProcessRouteTable } from '@mcp-hub/in-process';
import { SessionIds } from '@mcp-hub/mcp/session-ids';
import {
  createHttpApp,
  loadConfig,
  RandomIds,
  SystemClock,
  type HubConfig,
  type RunningHttpApp,
} from '@mcp-hub/platform';
import { GatewayModule, type GatewayModuleOptions } from '../src/gateway.module.js';
import { GatewayRuntime } from '../src/gateway-runtime.js';
import type { StubWorker } from './stub-worker.js';

@Module({})
class TestAdapters {}

export const keys = new ClusterKeys([Buffer.alloc(32, 5)]);
export const sessionIds = new SessionIds(keys.sessionSigning);

/** The configuration of a gateway with nothing set but what the test sets, by setting key. */
export function gatewayConfig(overrides: Record<string, unknown> = {}): HubConfig {
  const loaded = loadConfig({
    form: 'split',
    service: 'runtime-gateway',
    env: {},
    cwd: '/nonexistent',
    overrides: {
      'queue.url': 'redis://127.0.0.1:1',
      'cluster.secret': Buffer.alloc(32, 5).toString('base64'),
      'gateway.auth_enabled': false,
      'loader.timeout': 5,
      ...overrides,
    },
  });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

/** A real gateway on a free port, over an in-process route table. */
export class GatewayUnderTest {
  readonly log = new RecordingLog();
  readonly clock = new SystemClock();
  readonly view: RouteView;
  private http: RunningHttpApp | undefined;
  private runtime: GatewayRuntime | undefined;

  constructor(readonly table = new InProcessRouteTable({ clock: new SystemClock() })) {
    this.view = new RouteView(table, this.clock, { leaseMs: 3_000, resyncMs: 30_000 });
  }

  async start(
    overrides: Record<string, unknown> = {},
    options: Partial<Pick<GatewayModuleOptions, 'local' | 'isBoundToLoopback'>> = {},
    { hasDirectory = true } = {},
  ): Promise<void> {
    if (hasDirectory) await this.table.rewriteDirectory([], 'epoch-1');
    const module = GatewayModule.forRoot({
      config: gatewayConfig(overrides),
      adapters: this.adapters(),
      keys,
      isBoundToLoopback: true,
      ...options,
    });
    this.http = await createHttpApp(module, {
      log: this.log,
      host: '127.0.0.1',
      port: 0,
      rawHandlers: [(req, res) => this.runtime?.handle(req, res) ?? false],
    });
    const runtime = this.http.app.get(GatewayRuntime);
    this.runtime = runtime;
    await runtime.start();
  }

  get url(): string {
    return this.http?.url ?? '';
  }
  /** As a gateway that is told to stop. */
  drain(deadlineMs: number): void {
    this.runtime?.drain(deadlineMs);
  }

  /** Requests that are not answered so far. */
  get exchanges(): number {
    return this.runtime?.openExchanges ?? 0;
  }

  get server(): Server {
    if (!this.http) throw new Error('The gateway was not started.');
    return this.http.server;
  }

  /** A worker joins that serves `weather`, or what the route says. */
  async join(worker: StubWorker, route: Partial<RouteRecord> = {}): Promise<void> {
    await this.table.announceWorker(aWorkerRecord({ incarnation: worker.name, url: worker.url }), 3_600_000);
    await this.serve(worker, route);
  }

  async serve(worker: StubWorker, route: Partial<RouteRecord> = {}): Promise<void> {
    await this.table.putRoute(
      aRouteRecord({ worker: worker.name, target: { kind: 'http', url: worker.url }, ...route }),
    );
    await this.settled();
  }

  async direct(record: Partial<DirectoryRecord> = {}): Promise<void> {
    await this.table.putDirectory(aDirectoryRecord(record));
    await this.settled();
  }

  /** Posts a JSON-RPC request to `weather`, or whatever `init` and `serverId` say. */
  async post(
    message: unknown,
    init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string>; serverId?: string } = {},
  ): Promise<Response> {
    const { serverId = 'weather', headers, ...rest } = init;
    return fetch(`${this.url}/servers/${serverId}/mcp`, {
      method: 'POST',
      body: typeof message === 'string' ? message : JSON.stringify(message),
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      ...rest,
    });
  }

  session(worker: string, overrides: { serverId?: string; caller?: string; random?: string } = {}): string {
    return sessionIds.issue({
      serverId: 'weather',
      caller: 'anonymous',
      incarnation: worker,
      random: 'r'.repeat(22),
      ...overrides,
    });
  }

  async close(): Promise<void> {
    await this.runtime?.close();
    await this.http?.close();
    await this.table.close();
  }

  /** The view learns of changes a moment after they are made. */
  private async settled(): Promise<void> {
    await this.view.refresh();
  }

  private adapters(): DynamicModule {
    return {
      module: TestAdapters,
      providers: [
        { provide: Clock, useValue: this.clock },
        { provide: Ids, useClass: RandomIds },
        { provide: Log, useValue: this.log },
        { provide: RouteTable, useValue: this.table },
        { provide: RouteView, useValue: this.view },
      ],
      exports: [Clock, Ids, Log, RouteTable, RouteView],
    };
  }
}

export const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
export const toolCall = { jsonrpc: '2.0', id: 'call-7', method: 'tools/call', params: { name: 'now', arguments: {} } };
