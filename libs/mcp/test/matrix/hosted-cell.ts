import type { Era, MatrixTransport } from '../../src/protocol-matrix/matrix.js';
import { SharedHub, type Worker } from '../support/http-hub.js';
import type { Cell } from './cell.js';
import { connectMatrixClient, type ClientKind } from './client/connect-client.js';
import type { MatrixClient } from './client/matrix-client.js';
import { connectScriptedServer, type ScriptedServer } from './servers/connect.js';

/** One scripted server behind a real endpoint of the hub, for all the checks of its cells. */
export class HostedServer {
  readonly #hub = new SharedHub();
  readonly #clients: MatrixClient[] = [];
  #checks = 0;

  private constructor(
    private readonly era: Era,
    private readonly transport: MatrixTransport,
    private readonly scripted: ScriptedServer,
  ) {}

  #worker: Worker | undefined;

  static async start(era: Era, transport: MatrixTransport): Promise<HostedServer> {
    const hosted = new HostedServer(era, transport, await connectScriptedServer(era, transport));
    hosted.#worker = await hosted.#hub.worker('w1', hosted.scripted.backend, { limits: { maxBodyBytes: 8_000_000 } });
    return hosted;
  }

  cell(client: ClientKind): Cell {
    this.#checks += 1;
    return {
      client: client.era,
      server: this.era,
      transport: this.transport,
      scripted: this.scripted,
      unique: `check-${this.#checks}`,
      connect: async (capabilities = {}) => {
        const worker = this.#worker;
        if (!worker) throw new Error('Not started.');
        const connected = await connectMatrixClient(client, worker.url, capabilities);
        this.#clients.push(connected);
        return connected;
      },
    };
  }

  /** Ends what a check has opened. */
  async closeClients(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
  }

  async close(): Promise<void> {
    await this.closeClients();
    await this.#hub.close();
    await this.scripted.close();
  }
}
