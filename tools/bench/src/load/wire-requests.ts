import type { Target, ToolCall } from './target.js';

type Message = Readonly<Record<string, unknown>>;

const modernVersion = '2026-07-28';
const clientInfo = { name: 'bench', version: '1.0.0' };
const accept = 'application/json, text/event-stream';
/** Ids have so many digits, so that each request is as long as the one before. */
const firstId = 100_000_000;
const progressToken = 'p';

/** What SDK clients at that end of the wire speak: mcp-hub's transport is the older one. */
export const legacyVersions = { session: '2025-11-25', 'http-sse': '2024-11-05' } as const;

/** The bytes of one request, sent again and again with another id. */
export class RepeatedRequest {
  readonly #bytes: Buffer;
  readonly #idAt: number;
  #id = firstId;

  /** @param body a JSON-RPC request without an id */
  constructor(target: { port: number; path: string }, headers: readonly string[], body: Message) {
    const text = JSON.stringify({ jsonrpc: '2.0', id: firstId, ...body });
    this.#bytes = Buffer.from(httpRequest(target, 'POST', headers, text));
    this.#idAt = this.#bytes.lastIndexOf(`"id":${firstId}`) + '"id":'.length;
  }

  /** Of the request that was given last. */
  get id(): number {
    return this.#id;
  }

  /** Valid until the next call. */
  next(): Buffer {
    this.#id += 1;
    this.#bytes.write(String(this.#id), this.#idAt, 'latin1');
    return this.#bytes;
  }
}

/** A `tools/call` as a client of 2026-07-28 sends it. */
export function modernCall({ port, path, call }: Target): RepeatedRequest {
  return new RepeatedRequest({ port, path }, modernHeaders(call).map(headerLine), modernBody(call));
}

/** A `tools/list` as a client of 2026-07-28 sends it. */
export function listRequest(target: { port: number; path: string }): string {
  const headers = [`Accept: ${accept}`, `MCP-Protocol-Version: ${modernVersion}`, 'Mcp-Method: tools/list'];
  const params = { _meta: envelope() };
  return httpRequest(target, 'POST', headers, JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params }));
}

/** The same as `modernCall` for `fetch`. */
export function modernFetch(call: ToolCall): { headers: [string, string][]; body: string } {
  return {
    headers: [...modernHeaders(call), ['content-type', 'application/json']],
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...modernBody(call) }),
  };
}

function modernHeaders({ name }: ToolCall): [string, string][] {
  return [
    ['Accept', accept],
    ['MCP-Protocol-Version', modernVersion],
    ['Mcp-Method', 'tools/call'],
    ['Mcp-Name', name],
  ];
}

function modernBody(call: ToolCall): Message {
  const meta = { ...envelope(), ...(call.progress === undefined ? {} : { progressToken }) };
  return { method: 'tools/call', params: { name: call.name, arguments: call.arguments, _meta: meta } };
}

function envelope(): Message {
  return {
    'io.modelcontextprotocol/protocolVersion': modernVersion,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
}

/** A `tools/call` within a session. @param headers that name the session */
export function legacyCall({ port, path, call }: Target, headers: readonly string[]): RepeatedRequest {
  const meta = call.progress === undefined ? {} : { _meta: { progressToken } };
  const params = { name: call.name, arguments: call.arguments, ...meta };
  return new RepeatedRequest({ port, path }, [`Accept: ${accept}`, ...headers], { method: 'tools/call', params });
}

/** Opens a session. */
export function initializeRequest(target: { port: number; path: string }, protocolVersion: string): string {
  const params = { protocolVersion, capabilities: {}, clientInfo };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  return httpRequest(target, 'POST', [`Accept: ${accept}`], body);
}

export function initializedNotification(target: { port: number; path: string }, headers: readonly string[]): string {
  const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return httpRequest(target, 'POST', [`Accept: ${accept}`, ...headers], body);
}

/** Headers by which a session of Streamable HTTP is named. */
export function sessionHeaders(sessionId: string): string[] {
  return [`Mcp-Session-Id: ${sessionId}`, `MCP-Protocol-Version: ${legacyVersions.session}`];
}

/** @param body JSON; none for a request without one */
export function httpRequest(
  { port, path }: { port: number; path: string },
  method: 'GET' | 'POST' | 'DELETE',
  headers: readonly string[],
  body?: string,
): string {
  const about =
    body === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`];
  const first = [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'User-Agent: mcp-hub-bench'];
  return `${[...first, ...about, ...headers].join('\r\n')}\r\n\r\n${body ?? ''}`;
}

function headerLine([name, value]: [string, string]): string {
  return `${name}: ${value}`;
}
