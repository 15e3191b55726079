import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { echoRequest } from './echo-request.js';
import { runLoad, type LoadResult } from './run-load.js';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function load(listener: RequestListener, connections = 3): Promise<LoadResult> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return runLoad({
    port,
    request: echoRequest({ port, path: '/servers/x/mcp' }),
    connections,
    warmUpMs: 50,
    durationMs: 200,
    pids: [process.pid],
  });
}

const success = JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [] } });

it.skipIf(process.platform !== 'linux')('counts what is answered, on as many connections as told', async () => {
  const connections = new Set<unknown>();
  let answered = 0;
  const result = await load((req, res) => {
    connections.add(req.socket);
    req.resume().once('end', () => {
      answered += 1;
      res.end(success);
    });
  });
  expect(result.errors).toBe(0);
  expect(result.calls).toBeGreaterThan(10);
  expect(result.calls).toBeLessThan(answered);
  expect(connections.size).toBe(3);
  expect(result.p50Ms).toBeGreaterThan(0);
  expect(result.p99Ms).toBeGreaterThanOrEqual(result.p50Ms);
  expect(result.processes[0]?.rssMb).toBeGreaterThan(10);
});

it.skipIf(process.platform !== 'linux')('sends what a client of 2026-07-28 sends', async () => {
  const bodies = new Set<string>();
  const headers = new Set<unknown>();
  await load((req, res) => {
    headers.add(req.headers['mcp-protocol-version']);
    let text = '';
    req
      .on('data', (chunk: Buffer) => (text += chunk.toString()))
      .once('end', () => {
        bodies.add(text);
        res.end(success);
      });
  });
  expect([...headers]).toEqual(['2026-07-28']);
  expect([...bodies].map((body) => JSON.parse(body) as unknown)).toMatchObject([{ method: 'tools/call' }]);
});

it.skipIf(process.platform !== 'linux')('counts an answer that is no success as an error', async () => {
  let count = 0;
  const result = await load((req, res) => {
    count += 1;
    req.resume().once('end', () => res.writeHead(count === 5 ? 503 : 200).end(success));
  });
  expect(result.errors).toBe(1);
  expect(result.firstError).toMatch(/^503: /);
});

it.skipIf(process.platform !== 'linux')('counts a connection that breaks off as an error', async () => {
  const result = await load((req) => req.socket.destroy());
  expect(result.errors).toBe(3);
  expect(result.calls).toBe(0);
});
