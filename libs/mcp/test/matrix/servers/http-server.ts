import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LegacyServer } from './legacy-server.js';
import { ModernServer } from './modern-server.js';
import type { Json } from './script.js';

export interface HttpServer {
  url: URL;
  close(): Promise<void>;
}

/** The streams on which a client hears of its requests, and what waits for the one that belongs to none. */
class Streams {
  readonly #byRequest = new Map<unknown, ServerResponse>();
  readonly #early: string[] = [];
  #standalone: ServerResponse | undefined;

  open(res: ServerResponse, id?: unknown, headers: Record<string, string> = {}): void {
    res.writeHead(200, { ...headers, 'content-type': 'text/event-stream' });
    res.flushHeaders();
    if (id !== undefined) {
      this.#byRequest.set(id, res);
      return;
    }
    this.#standalone = res;
    for (const frame of this.#early.splice(0)) res.write(frame);
  }

  send(message: Json, relatedRequestId: unknown): void {
    const frame = `event: message\ndata: ${JSON.stringify(message)}\n\n`;
    const stream = this.#byRequest.get(relatedRequestId);
    if (stream) {
      stream.write(frame);
      if (message['method'] !== undefined || message['id'] !== relatedRequestId) return;
      this.#byRequest.delete(relatedRequestId);
      stream.end();
    } else if (this.#standalone) this.#standalone.write(frame);
    else this.#early.push(frame);
  }

  /** @returns whether the stream of the request was open */
  drop(id: unknown): boolean {
    return this.#byRequest.delete(id);
  }
}

/** Serves the scripted server of the legacy era by Streamable HTTP, one session for all. */
export function serveLegacyByHttp(): Promise<HttpServer> {
  const streams = new Streams();
  const server = new LegacyServer((message, related) => {
    streams.send(message, related);
  });
  return listen('/mcp', async (req, res) => {
    if (req.method === 'GET') {
      streams.open(res);
      return;
    }
    if (req.method !== 'POST') {
      res.writeHead(200).end();
      return;
    }
    const message = JSON.parse(await bodyOf(req)) as Json;
    const { id, method } = message;
    if (method === undefined || id === undefined) res.writeHead(202).end();
    else streams.open(res, id, method === 'initialize' ? { 'mcp-session-id': 'the-session' } : {});
    server.receive(message, headersOf(req));
  });
}

/** Serves the scripted server of the modern era, which knows no sessions. */
export function serveModernByHttp(): Promise<HttpServer> {
  const streams = new Streams();
  const server = new ModernServer((message, related) => {
    streams.send(message, related);
  });
  return listen('/mcp', async (req, res) => {
    if (req.method !== 'POST') {
      res.writeHead(405, { allow: 'POST' }).end();
      return;
    }
    const message = JSON.parse(await bodyOf(req)) as Json;
    const { id } = message;
    if (id === undefined) res.writeHead(202).end();
    else {
      // Ids of several clients may be the same; here there is one, the hub, that gives each request its own.
      streams.open(res, id);
      res.once('close', () => {
        if (streams.drop(id)) server.closed(id);
      });
    }
    server.receive(message, headersOf(req));
  });
}

/** Serves the scripted server of the legacy era by HTTP+SSE (2024-11-05): one stream, on which everything comes. */
export function serveLegacyBySse(): Promise<HttpServer> {
  const streams = new Streams();
  const server = new LegacyServer((message) => {
    streams.send(message, undefined);
  });
  return listen('/sse', async (req, res) => {
    if (req.method === 'GET') {
      streams.open(res);
      res.write('event: endpoint\ndata: /messages?session=1\n\n');
      return;
    }
    const message = JSON.parse(await bodyOf(req)) as Json;
    res.writeHead(202).end('Accepted');
    server.receive(message, headersOf(req));
  });
}

async function listen(
  path: string,
  serve: (req: IncomingMessage, res: ServerResponse) => Promise<void>,
): Promise<HttpServer> {
  const server: Server = createServer((req, res) => {
    serve(req, res).catch((error: unknown) => {
      res.destroy(error as Error);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}${path}`),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
