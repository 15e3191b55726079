import { createServer, request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Transform } from 'node:stream';
import {
  brotliCompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  deflateSync,
  gzipSync,
} from 'node:zlib';
import type { Fetch } from '../../src/calls/fetch.js';
import type { CaseAnswer } from './corpus-case.js';

/** A request as it was on the wire. */
export interface RecordedRequest {
  method: string;
  /** `http://` and the Host header. */
  origin: string;
  url: string;
  /** By lower-case name; each value as it was received. */
  headers: Map<string, string[]>;
  body: Buffer;
}

/**
 * A real HTTP server that stands for every host of a document, and a `Fetch` that leads all of them to it. That follows
 * redirects as the hub's does: of GET and HEAD, to the same origin.
 */
export class RecordingServer {
  readonly requests: RecordedRequest[] = [];
  #answers: CaseAnswer[] = [];
  #port = 0;
  #whenReceived = (): void => undefined;
  #whenClosed = (): void => undefined;
  readonly #server = createServer((request, response) => void this.#receive(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Forgets what was recorded; the last answer is for all requests after it, too. */
  expect(answers: readonly CaseAnswer[]): { received: Promise<void>; closed: Promise<void> } {
    this.requests.length = 0;
    this.#answers = [...answers];
    return {
      received: new Promise((resolve) => (this.#whenReceived = resolve)),
      closed: new Promise((resolve) => (this.#whenClosed = resolve)),
    };
  }

  readonly fetch: Fetch = async (url, options) => {
    let target = url;
    for (;;) {
      const response = await this.#send(target, options);
      const location = response.headers.get('location');
      const isRedirect = [301, 302, 303, 307, 308].includes(response.status) && /^(GET|HEAD)$/.test(options.method);
      if (!isRedirect || location === null) return response;
      const next = new URL(location, target);
      if (next.origin !== new URL(target).origin) return response;
      target = next.href;
    }
  };

  #send(url: string, { method, headers, body, signal }: Parameters<Fetch>[1]): ReturnType<Fetch> {
    const { host, pathname, search } = new URL(url);
    return new Promise((resolve, reject) => {
      const outgoing = sendRequest(
        {
          host: '127.0.0.1',
          port: this.#port,
          path: `${pathname}${search}`,
          method,
          headers: {
            host,
            'accept-encoding': 'gzip, deflate, br',
            ...headers,
            // Node gives the body of a GET or DELETE no length by itself.
            ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
          },
          agent: false,
          signal,
        },
        (incoming) => {
          resolve({
            status: incoming.statusCode ?? 0,
            statusText: incoming.statusMessage ?? '',
            headers: { get: (name) => headerOf(incoming, name) },
            body: decoded(incoming),
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.socket.on('close', () => this.#whenClosed());
    const body = await readAll(request);
    this.requests.push({
      method: request.method ?? '',
      origin: `http://${request.headers.host ?? ''}`,
      url: request.url ?? '',
      headers: rawHeaders(request.rawHeaders),
      body,
    });
    const answer = (this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0]) ?? { body: {} };
    this.#whenReceived();
    if (answer.hang === true) return;
    if (answer.close === true) request.socket.destroy();
    else writeAnswer(response, answer);
  }
}

function writeAnswer(response: ServerResponse, { status = 200, headers = {}, ...answer }: CaseAnswer): void {
  const isJson = answer.body !== undefined && typeof answer.body !== 'string';
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  const plain =
    answer.body_base64 === undefined
      ? Buffer.from(isJson ? JSON.stringify(answer.body) : ((answer.body as string | undefined) ?? ''), 'utf8')
      : Buffer.from(answer.body_base64, 'base64');
  const { compress } = answer;
  const bytes =
    compress === undefined ? plain : { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }[compress](plain);
  response.writeHead(status, {
    ...(isJson && !hasType ? { 'content-type': 'application/json' } : {}),
    ...(compress === undefined ? {} : { 'content-encoding': compress }),
    ...headers,
  });
  response.end(bytes);
}

const decoders: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => createGunzip()],
  ['deflate', () => createInflate()],
  ['br', () => createBrotliDecompress()],
]);

function decoded(incoming: IncomingMessage): AsyncIterable<Uint8Array> {
  const decoder = decoders.get(incoming.headers['content-encoding'] ?? '')?.();
  if (!decoder) return incoming;
  incoming.on('error', (error) => decoder.destroy(error));
  return incoming.pipe(decoder);
}

function headerOf(incoming: IncomingMessage, name: string): string | null {
  const value = incoming.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : (value ?? null);
}

function rawHeaders(raw: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]?.toLowerCase() ?? '';
    headers.set(name, [...(headers.get(name) ?? []), raw[index + 1] ?? '']);
  }
  return headers;
}

async function readAll(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
