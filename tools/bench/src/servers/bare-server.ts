import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ToolCall {
  id: number | string;
  params: { arguments: { message: string } };
}

// The least that answers a JSON-RPC call on node:http: what the other legs are measured against.
const server = createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const { id, params } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as ToolCall;
    const content = [{ type: 'text', text: `Echo: ${params.arguments.message}` }];
    const text = JSON.stringify({ jsonrpc: '2.0', id, result: { resultType: 'complete', content } });
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    res.end(text);
  });
});
server.keepAliveTimeout = 72_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
