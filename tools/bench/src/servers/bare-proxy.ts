import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

const targetPort = Number(process.env['BENCH_TARGET_PORT']);
const agent = new Agent({ keepAlive: true, maxFreeSockets: 256 });

// The least that forwards a request with Node: headers as they came, both bodies piped, pooled connections.
const server = createServer((req, res) => {
  const { method, url: path, headers } = req;
  const upstream = request({ agent, host: '127.0.0.1', port: targetPort, method, path, headers }, (answer) => {
    res.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(res);
  });
  upstream.once('error', () => res.destroy());
  req.pipe(upstream);
});
server.keepAliveTimeout = 72_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
