import { Module, type DynamicModule } from '@nestjs/common';
import {
  BlobExchange,
  BlobStore,
  Clock,
  Ids,
  LoadQueue,
  Log,
  RegistryStore,
  RouteTable,
  RouteView,
} from '@mcp-hub/application';
import { RecordingLog } from '@mcp-hub/application/testing';
import {
  createHttpApp,
  loadConfig,
  RandomIds,
  Readiness,
  SystemClock,
  TokenAuth,
  type RunningHttpApp,
} from '@mcp-hub/platform';
import { openSqlite, SqliteBlobStore, SqliteRegistryStore } from '@mcp-hub/store-sqlite';
import { RegistryModule } from '../src/registry.module.js';
import { RegistryRuntime } from '../src/registry-runtime.js';
import { ForgetfulServer, Loss, LossyBlobExchange, LossyLoadQueue, LossyRouteTable } from './lossy-adapters.js';
import { TestWorker } from './test-worker.js';

const leaseMs = 300;

@Module({})
class TestAdapters {}

export interface JsonAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** The registry's REST API on a free port, over SQLite in memory and in-process adapters. */
export class RegistryUnderTest {
  readonly clock = new SystemClock();
  readonly log = new RecordingLog();
  readonly readiness = new Readiness();
  readonly loss = new Loss();
  readonly queue = new LossyLoadQueue(this.loss);
  readonly exchange = new LossyBlobExchange(this.clock, this.loss);
  readonly store: SqliteRegistryStore;
  readonly blobs: SqliteBlobStore;
  private readonly server = new ForgetfulServer(this.clock);
  private readonly workers: TestWorker[] = [];
  private http: RunningHttpApp | undefined;
  private runtime: RegistryRuntime | undefined;

  constructor() {
    const database = openSqlite({ url: ':memory:' });
    this.store = new SqliteRegistryStore(database);
    this.blobs = new SqliteBlobStore(database, this.clock);
  }

  /** @param overrides by setting key */
  async start(overrides: Record<string, unknown> = {}): Promise<void> {
    const loaded = loadConfig({
      form: 'standalone',
      env: {},
      cwd: '/nonexistent',
      overrides: {
        'database.type': 'memory',
        'secrets.key': Buffer.alloc(32, 3).toString('base64'),
        'cluster.secret': Buffer.alloc(32, 5).toString('base64'),
        'seed.import_on_startup': false,
        'loader.timeout': 2,
        'loader.retry_attempts': 1,
        'egress.allow_loopback': true,
        ...overrides,
      },
    });
    if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
    const { config } = loaded;
    const module = RegistryModule.forRoot({
      config,
      version: '1.2.3',
      adapters: this.adapters(),
      endpointOf: (id) => `/servers/${id}/mcp`,
    });
    this.http = await createHttpApp(module, {
      log: this.log,
      host: '127.0.0.1',
      port: 0,
      auth: {
        isEnabled: config.api.authEnabled,
        protectsReads: config.api.authReads,
        tokens: new TokenAuth(config.api.authTokens),
      },
      corsOrigins: config.api.corsOrigins,
      readiness: this.readiness,
    });
    const runtime = this.http.app.get(RegistryRuntime);
    this.runtime = runtime;
    runtime.registerReadiness(this.readiness);
    await runtime.start();
  }

  get url(): string {
    return this.http?.url ?? '';
  }

  async joinWorker(incarnation = 'worker-1'): Promise<TestWorker> {
    const { queue, exchange, clock } = this;
    const routes = new LossyRouteTable(this.server, this.loss);
    const worker = new TestWorker(incarnation, { routes, queue, exchange, clock }, leaseMs);
    this.workers.push(worker);
    await worker.start();
    return worker;
  }

  async request(
    method: string,
    path: string,
    options: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<JsonAnswer> {
    const { body, headers } = options;
    const isText = typeof body === 'string';
    const response = await fetch(this.url + path, {
      method,
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      headers: { ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }), ...headers },
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text },
    };
  }

  get(path: string, headers: Record<string, string> = {}): Promise<JsonAnswer> {
    return this.request('GET', path, { headers });
  }
  publish(body: unknown, headers: Record<string, string> = {}): Promise<JsonAnswer> {
    return this.request('POST', '/v0/publish', { body, headers });
  }

  /** The database does not answer until the returned function is called. */
  async takeDatabaseAway(): Promise<() => Promise<void>> {
    await Promise.all([this.store.close(), this.blobs.close()]);
    return async () => {
      await Promise.all([this.store.start(), this.blobs.start()]);
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
    await this.runtime?.close();
    await this.http?.close();
    await this.queue.close();
    await Promise.all([this.store.close(), this.blobs.close()]);
  }

  private adapters(): DynamicModule {
    const routes = new LossyRouteTable(this.server, this.loss);
    return {
      module: TestAdapters,
      providers: [
        { provide: Clock, useValue: this.clock },
        { provide: Ids, useClass: RandomIds },
        { provide: Log, useValue: this.log },
        { provide: RegistryStore, useValue: this.store },
        { provide: BlobStore, useValue: this.blobs },
        { provide: LoadQueue, useValue: this.queue },
        { provide: BlobExchange, useValue: this.exchange },
        { provide: RouteTable, useValue: routes },
        { provide: RouteView, useValue: new RouteView(routes, this.clock, { leaseMs, resyncMs: 30_000 }) },
      ],
      exports: [Clock, Ids, Log, RegistryStore, BlobStore, LoadQueue, BlobExchange, RouteTable, RouteView],
    };
  }
}
