import { Module, type DynamicModule } from '@nestjs/common';
import {
  BlobExchange,
  Clock,
  ClusterKeys,
  Ids,
  LoadQueue,
  Log,
  RouteTable,
  RouteView,
  SessionStore,
} from '@mcp-hub/application';
import { FakeLoader, RecordingLog } from '@mcp-hub/application/testing';
import {
  InProcessBlobExchange,
  InProcessLoadQueue,
  InProcessRouteTable,
  InProcessSessionStore,
} from '@mcp-hub/in-process';
import {
  createHttpApp,
  loadConfig,
  RandomIds,
  Readiness,
  SystemClock,
  type HubConfig,
  type RunningHttpApp,
} from '@mcp-hub/platform';
import { LoadingModule } from '../src/loading.module.js';
import { WorkerRuntime } from '../src/worker-runtime.js';

@Module({})
class TestAdapters {}

export const keys = new ClusterKeys([Buffer.alloc(32, 5)]);

function workerConfig(overrides: Record<string, unknown>): HubConfig {
  const loaded = loadConfig({
    form: 'split',
    service: 'loader-worker',
    env: {},
    cwd: '/nonexistent',
    overrides: {
      'queue.url': 'redis://127.0.0.1:1',
      'cluster.secret': Buffer.alloc(32, 5).toString('base64'),
      ...overrides,
    },
  });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

/** What the workers of one hub share. */
export class SharedAdapters {
  readonly clock = new SystemClock();
  readonly table = new InProcessRouteTable({ clock: this.clock });
  readonly queue = new InProcessLoadQueue();
  readonly exchange = new InProcessBlobExchange({ clock: this.clock });
  readonly sessions = new InProcessSessionStore({ clock: this.clock });
}

/** A real worker on a free port, with a fake loader of openapi servers. */
export class WorkerUnderTest {
  readonly loader = new FakeLoader('openapi');
  readonly log = new RecordingLog();
  readonly readiness = new Readiness();
  private http: RunningHttpApp | undefined;
  private runtime: WorkerRuntime | undefined;

  constructor(
    private readonly shared: SharedAdapters,
    readonly incarnation: string,
  ) {}

  async start(overrides: Record<string, unknown> = {}): Promise<void> {
    const module = LoadingModule.forRoot({
      config: workerConfig({ 'worker.name': `the ${this.incarnation}`, ...overrides }),
      adapters: this.adapters(),
      keys,
      loaders: [this.loader, new FakeLoader('module')],
      incarnation: this.incarnation,
      variables: {},
      targetOf: () => ({ kind: 'http', url: this.url }),
    });
    const http = await createHttpApp(module, {
      log: this.log,
      host: '127.0.0.1',
      port: 0,
      rawHandlers: [(req, res) => this.runtime?.handle(req, res) ?? false],
    });
    this.http = http;
    const runtime = http.app.get(WorkerRuntime);
    this.runtime = runtime;
    runtime.registerReadiness(this.readiness);
    await runtime.start(http.url);
  }

  get url(): string {
    return this.http?.url ?? '';
  }

  /** Posts a JSON-RPC request as a gateway does. */
  async post(handle: string, message: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const [credential] = keys.internalCredential;
    return fetch(`${this.url}/internal/servers/${handle}/mcp`, {
      method: 'POST',
      body: JSON.stringify(message),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'hub-credential': credential?.toString('base64url') ?? '',
        'hub-call-id': 'call-1',
        ...headers,
      },
    });
  }

  async close(): Promise<void> {
    await this.runtime?.close();
    await this.http?.close();
  }

  private adapters(): DynamicModule {
    const { clock, table, queue, exchange, sessions } = this.shared;
    return {
      module: TestAdapters,
      providers: [
        { provide: Clock, useValue: clock },
        { provide: Ids, useClass: RandomIds },
        { provide: Log, useValue: this.log },
        { provide: RouteTable, useValue: table },
        { provide: LoadQueue, useValue: queue },
        { provide: BlobExchange, useValue: exchange },
        { provide: SessionStore, useValue: sessions },
        { provide: RouteView, useValue: new RouteView(table, clock, { leaseMs: 3_000, resyncMs: 30_000 }) },
      ],
      exports: [Clock, Ids, Log, RouteTable, LoadQueue, BlobExchange, SessionStore, RouteView],
    };
  }
}
