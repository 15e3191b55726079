export interface ModernAnswer {
  status: number;
  /** The JSON-RPC response; of an event stream its last message. */
  message: {
    result?: Record<string, unknown> & {
      resultType?: string;
      inputRequests?: Record<string, { method: string; params: Record<string, unknown> }>;
      requestState?: string;
      content?: { type: string; text?: string }[];
      isError?: boolean;
    };
    error?: { code: number; message: string; data?: Record<string, unknown> };
  };
}

const protocolVersion = '2026-07-28';
/** What the calling client says that it can be asked for. */
const clientCapabilities = { elicitation: { form: {}, url: {} }, sampling: {} };

/** A request of the modern era as it goes over the wire, for tests that look at each leg. */
export async function modernRequest(
  url: string,
  method: string,
  params: Record<string, unknown>,
  options: { token?: string; signal?: AbortSignal } = {},
): Promise<ModernAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': protocolVersion,
      'mcp-method': method,
      ...(typeof params['name'] === 'string' ? { 'mcp-name': params['name'] } : {}),
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 'leg',
      method,
      params: {
        ...params,
        _meta: {
          ...(params['_meta'] as Record<string, unknown> | undefined),
          'io.modelcontextprotocol/protocolVersion': protocolVersion,
          'io.modelcontextprotocol/clientCapabilities': clientCapabilities,
        },
      },
    }),
    signal: options.signal ?? AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.startsWith('text/event-stream')
    ? (text.match(/^data: (.+)$/gm)?.at(-1) ?? '').slice('data: '.length)
    : text;
  return { status: response.status, message: JSON.parse(json) as ModernAnswer['message'] };
}

/** Opens a subscription and resolves once it is acknowledged. @returns closes it */
export async function openStream(url: string, token: string): Promise<() => Promise<void>> {
  const open = new AbortController();
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': protocolVersion,
      'mcp-method': 'subscriptions/listen',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 'stream',
      method: 'subscriptions/listen',
      params: {
        notifications: { toolsListChanged: true },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': protocolVersion,
          'io.modelcontextprotocol/clientCapabilities': clientCapabilities,
        },
      },
    }),
    signal: open.signal,
  });
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
  const first = await reader?.read();
  const text = new TextDecoder().decode(first?.value);
  if (!text.includes('notifications/subscriptions/acknowledged')) throw new Error(`HTTP ${response.status}: ${text}`);
  return async () => {
    open.abort();
    await reader?.closed.catch(() => undefined);
  };
}
