import {
  HostedServers,
  hostedKey,
  LoadReplica,
  RouteView,
  WorkerPresence,
  type BlobExchange,
  type Clock,
  type Consumer,
  type LoadQueue,
} from '@mcp-hub/application';
import { FakeEndpoint, FakeLoader, RecordingLog } from '@mcp-hub/application/testing';
import type { LossyRouteTable } from './lossy-adapters.js';

export interface WorkerConnections {
  routes: LossyRouteTable;
  queue: LoadQueue;
  exchange: BlobExchange;
  clock: Clock;
}

/** A worker made of the real use cases, whose servers are fakes. Its lease is short, so that tests are. */
export class TestWorker {
  readonly loader = new FakeLoader('openapi');
  readonly log = new RecordingLog();
  readonly view: RouteView;
  readonly hosted: HostedServers<FakeEndpoint>;
  private readonly presence: WorkerPresence;
  private readonly load: LoadReplica<FakeEndpoint>;
  private consumer: Consumer | undefined;

  constructor(
    readonly incarnation: string,
    private readonly connections: WorkerConnections,
    leaseMs: number,
  ) {
    const { routes, queue, exchange, clock } = connections;
    const { log } = this;
    this.view = new RouteView(routes, clock, { leaseMs, resyncMs: leaseMs });
    this.hosted = new HostedServers<FakeEndpoint>(
      routes,
      this.view,
      { clock, log },
      { incarnation, drainMs: 50, targetOf: (key) => ({ kind: 'local', handle: hostedKey(key) }) },
    );
    this.load = new LoadReplica<FakeEndpoint>(
      {
        routes,
        view: this.view,
        queue,
        exchange,
        hosted: this.hosted,
        loaders: new Map([['openapi', this.loader]]),
        revealEntry: (entry) => entry,
        makeEndpoint: () => new FakeEndpoint(),
        clock,
        timers: { after: () => () => undefined },
        log,
      },
      { incarnation, timeoutMs: 5_000, claimLeaseMs: leaseMs },
    );
    this.presence = new WorkerPresence(
      routes,
      this.hosted,
      log,
      { incarnation, name: incarnation, capacity: 10, loaders: ['openapi'], isDraining: false },
      leaseMs,
    );
  }

  async start(): Promise<void> {
    await this.view.start();
    this.hosted.start();
    await this.presence.start();
    this.consumer = await this.connections.queue.consume('openapi', 4, (job, attempt) =>
      this.load.execute(job, attempt),
    );
  }

  /** What it really runs, by handle. */
  get running(): string[] {
    return this.hosted.all().map(({ key }) => hostedKey(key));
  }

  /** Goes without a word: its lease runs out. */
  async die(): Promise<void> {
    this.connections.routes.isCut = true;
    await this.consumer?.close();
  }

  async stop(): Promise<void> {
    await this.consumer?.close();
    await this.presence.leave();
    await this.hosted.close();
    this.view.close();
  }
}
