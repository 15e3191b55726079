import type {
  ApplyReport,
  ImportEntries,
  LoadQueue,
  RegistryStore,
  RouteTable,
  RouteView,
  BlobStore,
} from '@mcp-hub/application';
import { type Consumer, type Log } from '@mcp-hub/application';
import type { Readiness } from '@mcp-hub/platform';
import type { ReconcilerLoop } from './reconciler-loop.js';
import { importSeedFile } from './seed-file.js';

export interface RegistryRuntimeParts {
  store: RegistryStore;
  blobs: BlobStore;
  queue: LoadQueue;
  routes: RouteTable;
  view: RouteView;
  applyReport: ApplyReport;
  importEntries: ImportEntries;
  reconciler: ReconcilerLoop;
  log: Log;
}

/**
 * What registry-api does beside answering: it connects, waiting as long as it takes, imports the seed, applies reports
 * and keeps actual state equal to desired state.
 */
export class RegistryRuntime {
  private consumer: Consumer | undefined;
  private isStarted = false;

  constructor(
    private readonly parts: RegistryRuntimeParts,
    private readonly seedPath: string | undefined,
  ) {}

  /** Names what must be there before requests can be answered. */
  registerReadiness(readiness: Readiness): void {
    const { store, queue, routes, view } = this.parts;
    readiness.register({
      name: 'database',
      isReady: () => this.isStarted && answers(store),
      detail: () => 'The database does not answer; see database.url.',
    });
    readiness.register({
      name: 'queue',
      isReady: () => answers(queue),
      detail: () => 'The queue does not answer; see queue.url.',
    });
    readiness.register({
      name: 'routes',
      isReady: () => view.isReady && routes.isConnected(),
      detail: () => 'The route table does not answer; see queue.url.',
    });
  }

  /** Resolves when everything is connected and the seed is imported. */
  async start(): Promise<void> {
    const { store, blobs, queue, routes, view, applyReport, importEntries, reconciler, log } = this.parts;
    await Promise.all([store.start(), blobs.start(), queue.start(), routes.start()]);
    await view.start();
    this.consumer = await queue.consumeReports((report) => applyReport.execute(report));
    this.isStarted = true;
    if (this.seedPath !== undefined) await importSeedFile(this.seedPath, importEntries, log);
    reconciler.start();
  }

  async close(): Promise<void> {
    await this.parts.reconciler.close();
    await this.consumer?.close();
    this.parts.view.close();
  }
}

async function answers(part: { ping(): Promise<void> }): Promise<boolean> {
  await part.ping();
  return true;
}
