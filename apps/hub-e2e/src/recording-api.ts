import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  method: string;
  /** Path and query as they came over the wire. */
  target: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Answer = (request: ReceivedRequest) => { status?: number; body: unknown };

/** A real HTTP API that remembers what it was asked, byte by byte. */
export class RecordingApi {
  private constructor(
    private readonly server: Server,
    readonly url: string,
    readonly received: readonly ReceivedRequest[],
  ) {}

  static async start(
    answer: Answer = (request) => ({ body: { ok: true, target: request.target } }),
  ): Promise<RecordingApi> {
    const received: ReceivedRequest[] = [];
    const server = createServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        const request: ReceivedRequest = {
          method: req.method ?? '',
          target: req.url ?? '',
          headers: req.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        };
        received.push(request);
        const { status = 200, body } = answer(request);
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        res.writeHead(status, { 'content-type': 'application/json' }).end(text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new RecordingApi(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received);
  }

  /** The last request but those for the document itself. */
  last(): ReceivedRequest {
    const request = this.received.filter(({ target }) => !target.startsWith('/openapi')).at(-1);
    if (!request) throw new Error('The API was not asked.');
    return request;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }
}
