import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HostedServers, LoadQueue, Log, RouteTable, RouteView, WorkerPresence } from '@mcp-hub/application';
import type { McpEndpoint } from '@mcp-hub/mcp';
import type { Readiness } from '@mcp-hub/platform';
import type { InternalPort, InternalRequest } from './internal-port.js';
import type { WorkerJobs } from './worker-jobs.js';

export interface WorkerRuntimeParts {
  queue: LoadQueue;
  routes: RouteTable;
  view: RouteView;
  hosted: HostedServers<McpEndpoint>;
  presence: WorkerPresence;
  jobs: WorkerJobs;
  port: InternalPort;
  log: Log;
}

/** A worker's life: connects, announces itself, takes jobs; at the end it hands its servers over and leaves. */
export class WorkerRuntime {
  private isStarted = false;

  constructor(private readonly parts: WorkerRuntimeParts) {}

  registerReadiness(readiness: Readiness): void {
    readiness.register({
      name: 'worker',
      isReady: () => this.isStarted && this.parts.presence.isPresent,
      detail: () => 'The worker is not announced; see queue.url.',
    });
  }

  /**
   * Resolves when the worker takes jobs.
   * @param url where the internal port is reached; undefined in one process
   */
  async start(url?: string): Promise<void> {
    const { queue, routes, view, hosted, presence, jobs } = this.parts;
    await Promise.all([queue.start(), routes.start()]);
    await view.start();
    hosted.start();
    await presence.start(url);
    await jobs.start();
    this.isStarted = true;
  }

  /** The internal port: requests from the gateway. @returns false where the request is for something else */
  handle(req: IncomingMessage, res: ServerResponse): boolean {
    return this.parts.port.handle(req, res);
  }

  /** Requests from a gateway in this very process. @returns false where the server is not hosted here */
  serve(handle: string, req: IncomingMessage, res: ServerResponse, context: InternalRequest): Promise<boolean> {
    return this.parts.port.serve(handle, req, res, context);
  }

  /** Leaves in an orderly way: no new jobs, servers up elsewhere where there is an elsewhere, calls finished. */
  async close(): Promise<void> {
    const { hosted, presence, jobs, view, log } = this.parts;
    if (this.isStarted) {
      await jobs.close();
      try {
        await presence.startDraining();
      } catch (error) {
        // Calls in flight may finish all the same.
        log.warn('worker.left_unannounced', { error });
      }
      await hosted.leave();
      await presence.leave();
    }
    await hosted.close();
    view.close();
  }
}
