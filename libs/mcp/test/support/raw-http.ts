import { request, type IncomingMessage } from 'node:http';
import { metaKey } from '../../src/wire/protocol.js';

export interface RawAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

interface RpcBody {
  method: string;
  id?: string | number;
  params?: Record<string, unknown>;
}

const accept = 'application/json, text/event-stream';

export async function post(url: URL, body: unknown, headers: Record<string, string> = {}): Promise<RawAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const isStream = response.headers.get('content-type') === 'text/event-stream';
  const last = isStream ? messagesIn(text).at(-1) : text === '' ? {} : (JSON.parse(text) as unknown);
  return { status: response.status, headers: response.headers, body: last as Record<string, unknown> };
}

/** A request of 2026-07-28 with all that belongs to it; what is given replaces it, `undefined` leaves it out. */
export function modernPost(
  url: URL,
  { method, id = 1, params = {} }: RpcBody,
  { meta = {}, headers = {} }: { meta?: Record<string, unknown>; headers?: Record<string, string | undefined> } = {},
): Promise<RawAnswer> {
  const all: Record<string, string | undefined> = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    'mcp-name': (params['name'] ?? params['uri']) as string | undefined,
    ...headers,
  };
  const sent = Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return post(url, { jsonrpc: '2.0', id, method, params: { ...params, _meta: { ...envelope, ...meta } } }, sent);
}

export const envelope = {
  [metaKey.protocolVersion]: '2026-07-28',
  [metaKey.clientInfo]: { name: 'raw', version: '1' },
  [metaKey.clientCapabilities]: {},
};

/** A legacy session, by hand. */
export class RawSession {
  #lastId = 0;
  private constructor(
    readonly url: URL,
    readonly id: string,
    readonly result: Record<string, unknown>,
  ) {}

  static async open(url: URL, version = '2025-11-25', capabilities: object = {}): Promise<RawSession> {
    const clientInfo = { name: 'raw', version: '1' };
    const answer = await post(url, {
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: { protocolVersion: version, capabilities, clientInfo },
    });
    return new RawSession(
      url,
      answer.headers.get('mcp-session-id') ?? '',
      answer.body['result'] as Record<string, unknown>,
    );
  }

  get headers(): Record<string, string> {
    return { 'mcp-session-id': this.id, accept };
  }

  send(message: object, headers: Record<string, string> = {}): Promise<RawAnswer> {
    return post(this.url, message, { ...this.headers, ...headers });
  }

  request(method: string, params: object = {}, headers: Record<string, string> = {}): Promise<RawAnswer> {
    this.#lastId += 1;
    return this.send({ jsonrpc: '2.0', id: this.#lastId, method, params }, headers);
  }

  callTool(name: string, args: object = {}, meta?: object): Promise<RawAnswer> {
    return this.request('tools/call', { name, arguments: args, ...(meta && { _meta: meta }) });
  }
}

export interface SseEvent {
  id?: string;
  retry?: string;
  data: string;
}

/** Those that are there in full. */
export function eventsIn(text: string): SseEvent[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .filter((block) => block.includes('data:'))
    .map((block) => {
      const fields = Object.fromEntries(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
      ) as Record<string, string>;
      const { id, retry, data = '' } = fields;
      return { ...(id !== undefined && { id }), ...(retry !== undefined && { retry }), data };
    });
}

export function messagesIn(text: string): Record<string, unknown>[] {
  return eventsIn(text)
    .filter(({ data }) => data !== '')
    .map(({ data }) => JSON.parse(data) as Record<string, unknown>);
}

/** An open event stream, whose text grows. */
export class OpenStream {
  text = '';
  isEnded = false;
  status = 0;
  headers: Record<string, unknown> = {};
  #destroy: () => void = () => undefined;
  #res: IncomingMessage | undefined;

  static open(url: URL, method: 'GET' | 'POST', headers: Record<string, string>, body?: object): Promise<OpenStream> {
    const stream = new OpenStream();
    return new Promise((resolve, reject) => {
      const sent = request(
        url,
        { method, agent: false, headers: { accept, 'content-type': 'application/json', ...headers } },
        (res) => {
          stream.status = res.statusCode ?? 0;
          stream.headers = res.headers;
          stream.#res = res;
          res.setEncoding('utf8');
          res.on('data', (chunk: string) => (stream.text += chunk));
          res.on('end', () => (stream.isEnded = true));
          res.on('error', () => (stream.isEnded = true));
          resolve(stream);
        },
      );
      stream.#destroy = () => void sent.destroy();
      sent.on('error', reject);
      sent.end(body && JSON.stringify(body));
    });
  }

  get events(): SseEvent[] {
    return eventsIn(this.text);
  }

  get messages(): Record<string, unknown>[] {
    return messagesIn(this.text);
  }

  /** Reads no more, until `resume`. */
  pause(): void {
    this.#res?.pause();
  }

  resume(): void {
    this.#res?.resume();
  }

  /** Breaks the connection off. */
  drop(): void {
    this.#destroy();
  }
}
