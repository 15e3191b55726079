/** Where a leg takes its calls. */
export interface Endpoint {
  port: number;
  path: string;
}

const version = '2026-07-28';
const tool = 'echo';

/** The call that every leg gets: a `tools/call` as a client of 2026-07-28 sends it. */
const call = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: {
    name: tool,
    arguments: { message: 'hello, hub' },
    _meta: {
      'io.modelcontextprotocol/protocolVersion': version,
      'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
};

/** The same call for `fetch`. */
export const echoCall = {
  headers: {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': version,
    'mcp-method': call.method,
    'mcp-name': tool,
  },
  body: JSON.stringify(call),
};

/** The bytes of that call; the same for every leg but for the path and the port. */
export function echoRequest({ port, path }: Endpoint): string {
  const body = JSON.stringify(call);
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    'User-Agent: mcp-hub-bench',
    `MCP-Protocol-Version: ${version}`,
    `Mcp-Method: ${call.method}`,
    `Mcp-Name: ${tool}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
