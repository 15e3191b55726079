import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startMongo, startRedis, type RunningServer } from '@mcp-hub/test-servers';
import { ownEnvironment, sharedEnvironment, urlOf, type ServiceKind, type ServicePlace } from './service-environment.js';
import { ServiceProcess } from './service-process.js';
import type { StackOptions } from './stack-options.js';
import { StateFile, type ListedService, type StackState } from './stack-state.js';

const workspaceRoot = fileURLToPath(new URL('../../../', import.meta.url));
const mains: Readonly<Record<ServiceKind, string>> = {
  api: 'apps/registry-api/dist/main.js',
  gateway: 'apps/runtime-gateway/dist/main.js',
  worker: 'apps/loader-worker/dist/main.js',
};
/** Between the death of a service and the start of its successor. */
const respawnAfterMs = 200;

/** The split form on this machine: Redis, a MongoDB server, and any number of each service, on ports of its own. */
export class Stack {
  private readonly services: ServiceProcess[] = [];
  private readonly listed = new Set<ServiceProcess>();
  private readonly state: StateFile;
  private redis: RunningServer | undefined;
  private mongo: RunningServer | undefined;
  private folder: string | undefined;
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
    this.folder = await mkdtemp(join(tmpdir(), 'mcp-hub-stack-'));
    const [redis, mongo] = await Promise.all([startRedis(), startMongo()]);
    this.redis = redis;
    this.mongo = mongo;
    const places = await this.places();
    const publicPort = places.find(({ kind }) => kind === 'gateway')?.port ?? 0;
    const shared = sharedEnvironment(this.env, {
      redisUrl: redis.url,
      mongoUrl: mongo.url,
      databaseName: `stack_${process.pid}_${Date.now().toString(36)}`,
      publicUrl: urlOf(publicPort),
    });
    for (const place of places) {
      this.services.push(
        new ServiceProcess(
          {
            place,
            main: join(workspaceRoot, mains[place.kind]),
            cwd: workspaceRoot,
            env: {
              ...shared,
              MCP_REGISTRY_LOADER_CACHE_DIR:
                shared['MCP_REGISTRY_LOADER_CACHE_DIR'] ?? join(this.folder, 'cache', place.id),
              ...ownEnvironment(place),
            },
          },
          (service) => {
            this.handleDeath(service);
          },
        ),
      );
    }
    await Promise.all(
      this.services.map(async (service) => {
        await service.start();
        this.listed.add(service);
      }),
    );
    const state = this.current();
    await this.state.write(state);
    return state;
  }

  /** Ends the services, then the servers they need. Idempotent. */
  async stop(): Promise<void> {
    if (this.isStopping) return;
    this.isStopping = true;
    await Promise.allSettled(this.services.map((service) => service.stop()));
    await Promise.allSettled([this.redis?.stop(), this.mongo?.stop()]);
    if (this.folder !== undefined) await rm(this.folder, { recursive: true, force: true });
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
      for (let number = 1; number <= count; number++) places.push({ kind, id: `${kind}-${number}`, port: await freePort() });
    }
    return places;
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
    if (this.isStopping || !this.listed.delete(service)) return;
    this.report(`${service.id} ended`);
    void this.state.write(this.current());
    if (this.options.respawn) setTimeout(() => void this.respawn(service), respawnAfterMs);
  }

  private async respawn(service: ServiceProcess): Promise<void> {
    while (!this.isStopping) {
      try {
        await service.start();
        this.listed.add(service);
        this.report(`${service.id} is back`);
        await this.state.write(this.current());
        return;
      } catch (error) {
        this.report(error instanceof Error ? error.message : String(error));
      }
    }
  }
}
