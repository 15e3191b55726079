import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Question {
  path: string;
  headers: IncomingHttpHeaders;
}

export type StubHandler = (req: IncomingMessage, res: ServerResponse, request: ReceivedRequest) => void;

/** A worker's internal port for tests: notes what it gets, answers as the test says, a JSON-RPC result by default. */
export class StubWorker {
  readonly received: ReceivedRequest[] = [];
  readonly questions: Question[] = [];
  connections = 0;
  /** What it says became of a call. `gone`: the question meets nobody; `nothing`: it is not answered. */
  ledgerSays = 'gone';
  /** Called when the body is there, unless `onHead` is set. */
  onRequest: StubHandler = (_req, res) => this.answer(res, { jsonrpc: '2.0', id: 1, result: { from: this.name } });
  /** Called instead, before the body is read. */
  onHead: ((req: IncomingMessage, res: ServerResponse) => void) | undefined;

  private constructor(
    readonly name: string,
    private readonly server: Server,
  ) {}

  static async start(name: string): Promise<StubWorker> {
    const server = createServer();
    const worker = new StubWorker(name, server);
    server.on('connection', () => worker.connections++);
    server.on('request', (req: IncomingMessage, res: ServerResponse) => {
      if (req.url?.endsWith('/disown')) worker.sayWhatBecame(req, res);
      else if (worker.onHead) worker.onHead(req, res);
      else void worker.take(req, res);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return worker;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  answer(res: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}): void {
    res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  }

  /** Accepts no more connections, and ends those that are there. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  }

  private sayWhatBecame(req: IncomingMessage, res: ServerResponse): void {
    this.questions.push({ path: req.url ?? '', headers: req.headers });
    if (this.ledgerSays === 'gone') req.socket.destroy();
    else if (this.ledgerSays !== 'nothing') this.answer(res, { state: this.ledgerSays });
  }

  private async take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of req) chunks.push(chunk as Buffer);
    } catch {
      // The gateway went away: the test looks at what it got.
      return;
    }
    const request = {
      method: req.method ?? '',
      path: req.url ?? '',
      headers: req.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    this.received.push(request);
    this.onRequest(req, res, request);
  }
}
