import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RouteTable, RouteView } from '@mcp-hub/application';
import type { Readiness } from '@mcp-hub/platform';
import type { ServerGateway } from './server-gateway.js';
import type { WorkerRequests } from './worker-requests.js';

/** A gateway's life: it reads the RouteTable once, then answers from memory, with or without the table's server. */
export class GatewayRuntime {
  private deadline: NodeJS.Timeout | undefined;

  constructor(
    private readonly routes: RouteTable,
    private readonly view: RouteView,
    private readonly gateway: ServerGateway,
    private readonly workers: WorkerRequests,
  ) {}

  registerReadiness(readiness: Readiness): void {
    readiness.register({
      name: 'routes',
      isReady: () => this.view.isReady,
      detail: () => 'The route table was not read yet; see queue.url.',
    });
  }

  /** Requests that are not answered so far. */
  get openExchanges(): number {
    return this.gateway.openExchanges;
  }

  async start(): Promise<void> {
    await this.routes.start();
    await this.view.start();
    this.gateway.open();
  }

  /** @returns false where the request is not for an MCP endpoint */
  handle(req: IncomingMessage, res: ServerResponse): boolean {
    return this.gateway.handle(req, res);
  }

  /**
   * Before `close()`, while the HTTP side lets requests in hand finish: event streams without an end of their own end at
   * once, for their clients to come back elsewhere, and whoever still waits after `deadlineMs` is told how the call stands.
   */
  drain(deadlineMs: number): void {
    this.gateway.beginStop();
    this.deadline = setTimeout(() => void this.gateway.endAll(), deadlineMs);
    this.deadline.unref();
  }

  /** Tells whoever still waits how the call stands. */
  async close(): Promise<void> {
    clearTimeout(this.deadline);
    await this.gateway.endAll();
    this.view.close();
    this.workers.close();
  }
}
