import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Message {
  id?: number | string;
  method: string;
  params?: { protocolVersion?: string; arguments?: { message: string } };
}

const schema = { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] };
const tools = [{ name: 'echo', description: 'Gives back the message.', inputSchema: schema }];
const serverInfo = { name: 'bare-echo', version: '1.0.0' };
const capabilities = { tools: {} };
const modern = {
  resultType: 'complete',
  ttlMs: 0,
  cacheScope: 'private',
  _meta: { 'io.modelcontextprotocol/serverInfo': serverInfo },
};

// The least that answers a JSON-RPC call on node:http: what the other legs are measured against. With what clients of
// both eras ask before they call it, it is also the remote MCP server of legs that have one; and it is an HTTP API.
const server = createServer((req, res) => {
  if (req.method !== 'POST') {
    answerGet(req.url ?? '', res);
    return;
  }
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const message = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Message;
    if (message.id === undefined) res.writeHead(202, { 'content-length': 0 }).end();
    else if (message.method === 'tools/call') send(res, { id: message.id, result: echo(message) });
    else send(res, { id: message.id, ...describe(message) });
  });
});

function echo({ params }: Message): object {
  return { resultType: 'complete', content: [{ type: 'text', text: `Echo: ${params?.arguments?.message ?? ''}` }] };
}

function describe({ method, params }: Message): object {
  switch (method) {
    case 'server/discover':
      return { result: { supportedVersions: ['2026-07-28'], capabilities, ...modern } };
    case 'initialize':
      return { result: { protocolVersion: params?.protocolVersion ?? '2025-11-25', capabilities, serverInfo } };
    case 'tools/list':
      return { result: { tools, ...modern } };
    case 'ping':
      return { result: {} };
    default:
      return { error: { code: -32601, message: `There is no ${method} here.` } };
  }
}

/** `GET /echo?message=…` of the HTTP API; there is no event stream for MCP clients. */
function answerGet(target: string, res: ServerResponse): void {
  const { pathname, searchParams } = new URL(target, 'http://127.0.0.1');
  if (pathname === '/echo') sendText(res, JSON.stringify({ message: `Echo: ${searchParams.get('message') ?? ''}` }));
  else res.writeHead(405, { allow: 'POST', 'content-length': 0 }).end();
}

function send(res: ServerResponse, message: object): void {
  sendText(res, JSON.stringify({ jsonrpc: '2.0', ...message }));
}

function sendText(res: ServerResponse, text: string): void {
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  res.end(text);
}

server.keepAliveTimeout = 72_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
