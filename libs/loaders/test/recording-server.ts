import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  method: string;
  /** As on the wire, query included. */
  url: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

export interface RecordingServer {
  url: string;
  port: number;
  received: Received[];
  /** Connections that the client closed before it was answered. */
  aborted: number;
  close(): Promise<void>;
}

export type Answer = (request: Received, response: ServerResponse) => void;

/** A real HTTP server on a free port that keeps what it is sent. */
export async function recordingServer(
  answer: Answer = (_, response) => sendJson(response, {}),
): Promise<RecordingServer> {
  const state: RecordingServer = { url: '', port: 0, received: [], aborted: 0, close: async () => undefined };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('close', () => {
      if (!response.writableEnded) state.aborted += 1;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const received = { method, url, headers, body: Buffer.concat(chunks) };
      state.received.push(received);
      answer(received, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.port = (server.address() as AddressInfo).port;
  state.url = `http://127.0.0.1:${state.port}`;
  state.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return state;
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** Waits for a condition, with a deadline. */
export async function eventually(condition: () => boolean, deadlineMs = 5_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error('The condition did not come true in time.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
