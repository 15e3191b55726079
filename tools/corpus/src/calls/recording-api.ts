import { Agent, createServer, request as sendRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fetch } from '@mcp-hub/openapi-mcp';

/** A request as it was on the wire. */
export interface ReceivedRequest {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** An HTTP server that stands for every API: it keeps the last request and answers `{}`. */
export class RecordingApi {
  #received: ReceivedRequest | undefined;
  #port = 0;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #server = createServer((request, response) => {
    void readAll(request).then((body) => {
      this.#received = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** @returns the request that came since it was last asked for */
  take(): ReceivedRequest | undefined {
    const received = this.#received;
    this.#received = undefined;
    return received;
  }

  /** Sends to this server, whatever host a URL names. */
  readonly fetch: Fetch = (url, { method, headers, body, signal }) => {
    const { host, pathname, search } = new URL(url);
    return new Promise((resolve, reject) => {
      const path = `${pathname}${search}`;
      const options = { host: '127.0.0.1', port: this.#port, path, method, headers: { host, ...headers }, signal };
      const outgoing = sendRequest({ ...options, agent: this.#agent }, (incoming) => {
        resolve({
          status: incoming.statusCode ?? 0,
          statusText: incoming.statusMessage ?? '',
          headers: { get: (name) => incoming.headers[name.toLowerCase()]?.toString() ?? null },
          body: incoming,
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  };
}

async function readAll(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
