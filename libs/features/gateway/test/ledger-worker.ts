import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { CallLedger } from '@mcp-hub/mcp';
import { SystemClock } from '@mcp-hub/platform';

/** A worker with a real ledger: executes every request, notes its JSON-RPC id, and takes a moment or none. */
export class LedgerWorker {
  /** The ids of the requests that were executed, one for each execution. */
  readonly executed: unknown[] = [];
  /** Requests that came after they were disowned, and were refused. */
  refused = 0;
  /** What was answered to the question what became of a call. */
  readonly states: string[] = [];
  private readonly ledger = new CallLedger(new SystemClock());
  private readonly server: Server;

  private constructor(
    private readonly incarnation: string,
    private readonly random: () => number,
  ) {
    this.server = createServer((req, res) => {
      const question = /^\/internal\/workers\/([^/]+)\/calls\/([^/]+)\/disown$/.exec(req.url ?? '');
      if (question) this.sayWhatBecame(question[1], question[2] ?? '', req, res);
      else void this.execute(req, res).catch(() => res.destroy());
    });
  }

  static async start(incarnation: string, random: () => number): Promise<LedgerWorker> {
    const worker = new LedgerWorker(incarnation, random);
    await new Promise<void>((resolve) => worker.server.listen(0, '127.0.0.1', resolve));
    return worker;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private sayWhatBecame(
    incarnation: string | undefined,
    callId: string,
    req: IncomingMessage,
    res: ServerResponse,
  ): void {
    if (incarnation !== this.incarnation) {
      res.writeHead(421).end();
      return;
    }
    const state = this.ledger.disown(callId, Number(req.headers['hub-delivery']), Number(req.headers['hub-age-ms']));
    this.states.push(state);
    answer(res, { state });
  }

  private async execute(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of req) text += String(chunk);
    const { id } = JSON.parse(text) as { id: unknown };
    // As if the request had waited in a socket or a queue.
    if (this.random() < 0.6) await delay(this.random() * 20);
    const attempt = Number(req.headers['hub-attempt']);
    const execution = this.ledger.receive({
      callId: String(req.headers['hub-call-id']),
      attempt,
      delivery: Number(req.headers['hub-delivery']),
    });
    // No tool here may be executed twice.
    if (attempt > 1 || !execution.begin()) {
      if (attempt === 1) this.refused += 1;
      answer(res, { jsonrpc: '2.0', id, error: { code: -32000, message: 'Who knows?', data: { outcome: 'unknown' } } });
      return;
    }
    this.executed.push(id);
    if (this.random() < 0.5) await delay(this.random() * 10);
    execution.end();
    answer(res, { jsonrpc: '2.0', id, result: {} });
  }
}

function answer(res: ServerResponse, body: unknown): void {
  const text = JSON.stringify(body);
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}
