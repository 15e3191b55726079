import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RpcMessage } from '../../src/wire/json-rpc.js';
import type { Timers } from '../../src/wire/timers.js';

type Json = Record<string, unknown>;

export interface ScriptedRequest {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  /** Of a POST. */
  body: Json;
  response: ServerResponse;
  /** Whether its connection was closed before it was answered in full. */
  isCutOff: boolean;
}

export type Script = (request: ScriptedRequest, response: ServerResponse) => void;

/** A server on a free port that answers as the test says. */
export class ScriptedHttp {
  readonly seen: ScriptedRequest[] = [];
  private constructor(
    readonly url: string,
    readonly close: () => Promise<void>,
  ) {}

  static async listen(script: Script): Promise<ScriptedHttp> {
    const onRequest = async (req: IncomingMessage, response: ServerResponse): Promise<void> => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      const body = chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Json);
      const { method = '', url = '', headers } = req;
      const request = { method, url, headers, body, response, isCutOff: false };
      response.once('close', () => (request.isCutOff = !response.writableEnded));
      scripted.seen.push(request);
      script(request, response);
    };
    const server = createServer((req, res) => {
      onRequest(req, res).catch((error: unknown) => res.destroy(error as Error));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const scripted = new ScriptedHttp(
      `http://127.0.0.1:${port}/mcp`,
      () =>
        new Promise((resolve) => {
          server.close(() => {
            resolve();
          });
          server.closeAllConnections();
        }),
    );
    return scripted;
  }

  /** Of what came so far: the JSON-RPC methods of POSTs, the HTTP methods of anything else. */
  get methods(): unknown[] {
    return this.seen.map(({ method, body }) => (method === 'POST' ? (body['method'] ?? 'response') : method));
  }

  of(method: string): ScriptedRequest[] {
    return this.seen.filter(({ body }) => body['method'] === method);
  }
}

export function json(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function stream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' });
}

export function event(message: unknown, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(message)}\n\n`;
}

export const resultOf = (id: unknown, value: unknown = 'ok'): Json => ({ jsonrpc: '2.0', id, result: { value } });
export const errorOf = (id: unknown, code: number, data?: unknown): Json => ({
  jsonrpc: '2.0',
  id,
  error: { code, message: `error ${code}`, ...(data !== undefined && { data }) },
});
export const aRequest = (id: number, method = 'tools/call', params: Json = { name: 'tool' }): RpcMessage => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});

/** Answers the handshake of the legacy era; everything else is for the script. */
export function withHandshake(script: Script, sessionOf: () => string = () => 'session-1'): Script {
  return (request, response) => {
    const { body, method } = request;
    const capabilities = { tools: { listChanged: true }, logging: {} };
    if (body['method'] === 'initialize') {
      const result = { protocolVersion: '2025-11-25', capabilities, serverInfo: { name: 's', version: '1' } };
      json(response, { jsonrpc: '2.0', id: body['id'], result }, 200, { 'mcp-session-id': sessionOf() });
    } else if (body['method'] === 'notifications/initialized') response.writeHead(202).end();
    else if (method === 'DELETE') response.writeHead(200).end();
    else script(request, response);
  };
}

/** Timers for which a second is over in twenty milliseconds; they keep what they were asked for. */
export class HurriedTimers implements Timers {
  readonly asked: number[] = [];
  after(ms: number, run: () => void): () => void {
    this.asked.push(ms);
    const timer = setTimeout(run, ms / 50);
    return () => {
      clearTimeout(timer);
    };
  }
  every(ms: number, run: () => void): () => void {
    const timer = setInterval(run, ms / 50);
    return () => {
      clearInterval(timer);
    };
  }
}
