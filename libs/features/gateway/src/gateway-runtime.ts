import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RouteTable, RouteView } from '@mcp-hub/application';
import type { Readiness } from '@mcp-hub/platform';
import type { ServerGateway } from './server-gateway.js';
import type { WorkerRequests } from './worker-requests.js';

/** A gateway's life: it reads the RouteTable once, then answers from memory, with or without the table's server. */
export class GatewayRuntime {
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

  async start(): Promise<void> {
    await this.routes.start();
    await this.view.start();
  }

  /** @returns false where the request is not for an MCP endpoint */
  handle(req: IncomingMessage, res: ServerResponse): boolean {
    return this.gateway.handle(req, res);
  }

  close(): void {
    this.view.close();
    this.workers.close();
  }
}
