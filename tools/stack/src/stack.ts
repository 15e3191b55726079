import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, startMongo, startRedis, type RunningServer } from '@mcp-hub/test-servers';
import {
  ownEnvironment,
  sharedEnvironment,
  urlOf,
  type ServiceKind,
  type ServicePlace,
} from './service-environment.js';
import { ServiceProcess } from './service-process.js';
import type { StackOptions } from './stack-options.js';
import { StateFile, type ListedService, type StackState } from './stack-state.js';

const workspaceRoot = fileURLToPath(new URL('../../../', import.meta.url));
const mains: Readonly<Record<ServiceKind, string>> = {
  api: 'apps/registry-api/dist/main.js',
  gateway: 'apps/runtime-gateway/dist/main.js',
  worker: 'apps/loader-worker/dist/main.js',
};
/** Between the death of a service and the start of its successor; doubled for each one that dies again at its start. */
const respawnAfterMs = { first: 200, most: 5_000 };

/** The split form on this machine: Redis, a MongoDB server, and any number of each service, on ports of its own. */
export class Stack {
  private services: readonly ServiceProcess[] = [];
  private readonly listed = new Set<ServiceProcess>();
  private readonly state: StateFile;
  private redis: RunningServer | undefined;
  private mongo: RunningServer | undefined;
  private folder: string | undefined;
  /** Once all services were ready; a death before that is a failed start. */
  private isUp = false;
  private isStopping = false;

  constructor(
    private readonly options: StackOptions,
    private readonly env: Readonly<Record<string, string | undefined>>,
    private readonly report: (line: string) => void,
  ) {
    this.state = new StateFile(options.stateFile);
  }

  /** Resolves when every service is ready. @throws Error naming what did not start; what started is left to `stop` */
  async start(): Promise<StackState> {
    await this.state.prepare();
    const servers = await this.startServers();
    const places = await this.places();
    this.folder = await mkdtemp(join(tmpdir(), 'mcp-hub-stack-'));
    this.throwIfStopping();
    this.services = this.plan(places, servers, this.folder);
    await Promise.all(
      this.services.map(async (service) => {
        await service.start();
        this.listed.add(service);
      }),
    );
    this.throwIfStopping();
    const dead = this.services.filter((service) => !this.listed.has(service)).map(({ id }) => id);
    if (dead.length > 0) throw new Error(`${dead.join(', ')} ended while others started: what was said is above.`);
    this.isUp = true;
    const state = this.current();
    await this.state.write(state);
    return state;
  }

  /** What the services need, to be stopped and started by tests of failures. @throws Error before the start */
  get servers(): { redis: RunningServer; mongo: RunningServer } {
    const { redis, mongo } = this;
    if (!redis || !mongo) throw new Error('The stack is not started.');
    return { redis, mongo };
  }

  /** As it is now. */
  snapshot(): StackState {
    return this.current();
  }

  /** Ends the services, then the servers they need. Idempotent. */
  async stop(): Promise<void> {
    if (this.isStopping) return;
    this.isStopping = true;
    await this.keep(this.state.remove());
    await Promise.allSettled(this.services.map((service) => service.stop()));
    await Promise.allSettled([this.redis?.stop(), this.mongo?.stop()]);
    if (this.folder !== undefined) await rm(this.folder, { recursive: true, force: true });
  }

  private async startServers(): Promise<{ redis: RunningServer; mongo: RunningServer }> {
    const [redis, mongo] = await Promise.all([
      startRedis().then((server) => (this.redis = server)),
      startMongo().then((server) => (this.mongo = server)),
    ]);
    if (this.isStopping) await Promise.allSettled([redis.stop(), mongo.stop()]);
    this.throwIfStopping();
    return { redis, mongo };
  }

  private async places(): Promise<ServicePlace[]> {
    const { apis, workers, gateways } = this.options;
    const counts: [ServiceKind, number][] = [
      ['api', apis],
      ['gateway', gateways],
      ['worker', workers],
    ];
    const places: ServicePlace[] = [];
    for (const [kind, count] of counts) {
      for (let number = 1; number <= count; number++) {
        places.push({ kind, id: `${kind}-${number}`, port: await portBesides(places) });
      }
    }
    return places;
  }

  private plan(
    places: readonly ServicePlace[],
    { redis, mongo }: { redis: RunningServer; mongo: RunningServer },
    folder: string,
  ): ServiceProcess[] {
    const shared = sharedEnvironment(this.env, {
      redisUrl: redis.url,
      mongoUrl: mongo.url,
      databaseName: `stack_${process.pid}_${Date.now().toString(36)}`,
      publicUrl: urlOf(places.find(({ kind }) => kind === 'gateway')?.port ?? 0),
    });
    return places.map(
      (place) =>
        new ServiceProcess(
          {
            place,
            main: join(workspaceRoot, mains[place.kind]),
            cwd: workspaceRoot,
            env: {
              MCP_REGISTRY_LOADER_CACHE_DIR: join(folder, 'cache', place.id),
              ...shared,
              ...ownEnvironment(place),
            },
          },
          (service) => this.handleDeath(service),
        ),
    );
  }

  private current(): StackState {
    const list = (kind: ServiceKind): ListedService[] =>
      this.services
        .filter((service) => service.kind === kind && this.listed.has(service))
        .map(({ id, pid, url }) => ({ id, pid, url }));
    const firstUrl = (kind: ServiceKind): string => this.services.find((service) => service.kind === kind)?.url ?? '';
    return {
      api: firstUrl('api'),
      gateway: firstUrl('gateway'),
      apis: list('api'),
      gateways: list('gateway'),
      workers: list('worker'),
      redis: { url: this.redis?.url ?? '', pid: this.redis?.pid ?? 0 },
      mongodb: { url: this.mongo?.url ?? '', pid: this.mongo?.pid ?? 0, kind: this.mongo?.kind ?? '' },
    };
  }

  private handleDeath(service: ServiceProcess): void {
    this.listed.delete(service);
    if (this.isStopping || !this.isUp) return;
    this.report(`${service.id} ended`);
    void this.keep(this.state.write(this.current()));
    if (this.options.respawn) void this.respawn(service);
  }

  private async respawn(service: ServiceProcess): Promise<void> {
    for (let afterMs = respawnAfterMs.first; ; afterMs = Math.min(afterMs * 2, respawnAfterMs.most)) {
      await delay(afterMs, undefined, { ref: false });
      if (this.isStopping) return;
      try {
        await service.start();
        this.listed.add(service);
        this.report(`${service.id} is back`);
        await this.keep(this.state.write(this.current()));
        return;
      } catch (error) {
        this.report(messageOf(error));
      }
    }
  }

  /** A state file that can't be written is no reason to end services that run. */
  private async keep(written: Promise<void>): Promise<void> {
    try {
      await written;
    } catch (error) {
      this.report(`the state file is not current: ${messageOf(error)}`);
    }
  }

  private throwIfStopping(): void {
    if (this.isStopping) throw new Error('The stack was told to end while it started.');
  }
}

/** Nobody listens on these so far, so that `freePort` could give one twice. */
async function portBesides(places: readonly ServicePlace[]): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (places.every((place) => place.port !== port)) return port;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
