import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { runLoad, type LoadResult } from './run-load.js';
import { echoTool, type Dialect } from './target.js';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function load(
  listener: RequestListener,
  { connections = 3, dialect = 'modern' }: { connections?: number; dialect?: Dialect } = {},
): Promise<LoadResult> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return runLoad({
    target: { port, path: '/servers/x/mcp', dialect, call: echoTool() },
    connections,
    warmUpMs: 50,
    durationMs: 200,
    pids: [process.pid],
  });
}

interface Message {
  id?: number;
  method: string;
}

async function messageOf(req: IncomingMessage): Promise<Message> {
  let text = '';
  for await (const chunk of req as AsyncIterable<Buffer>) text += chunk.toString();
  return JSON.parse(text) as Message;
}

const success = ({ id }: Message): string =>
  JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'Echo: hello, hub' }] } });

it.skipIf(process.platform !== 'linux')('counts what is answered, on as many connections as told', async () => {
  const connections = new Set<unknown>();
  let answered = 0;
  const result = await load((req, res) => {
    connections.add(req.socket);
    void messageOf(req).then((message) => {
      answered += 1;
      res.end(success(message));
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

it.skipIf(process.platform !== 'linux')('counts an answer that is no success as an error', async () => {
  let count = 0;
  const result = await load((req, res) => {
    count += 1;
    const status = count === 5 ? 503 : 200;
    void messageOf(req).then((message) => res.writeHead(status).end(success(message)));
  });
  expect(result.errors).toBe(1);
  expect(result.firstError).toMatch(/^503: /);
});

it.skipIf(process.platform !== 'linux')('counts a connection that breaks off as an error', async () => {
  const result = await load((req) => req.socket.destroy());
  expect(result.errors).toBe(3);
  expect(result.calls).toBe(0);
});

it.skipIf(process.platform !== 'linux')('opens a session on each connection, calls in it and deletes it', async () => {
  const sessions = new Map<string, string[]>();
  const result = await load(
    (req, res) => {
      const named = String(req.headers['mcp-session-id']);
      if (req.method === 'DELETE') {
        sessions.get(named)?.push('DELETE');
        res.end();
        return;
      }
      void messageOf(req).then((message) => {
        const id = message.method === 'initialize' ? `s${sessions.size}` : named;
        sessions.set(id, [...(sessions.get(id) ?? []), message.method]);
        if (message.id === undefined) res.writeHead(202).end();
        else res.writeHead(200, { 'mcp-session-id': id }).end(success(message));
      });
    },
    { dialect: 'session' },
  );
  expect(result.errors).toBe(0);
  expect(result.calls).toBeGreaterThan(10);
  expect(sessions.size).toBe(3);
  for (const methods of sessions.values()) {
    expect(methods.slice(0, 3)).toEqual(['initialize', 'notifications/initialized', 'tools/call']);
    expect(methods.at(-1)).toBe('DELETE');
    expect(methods.slice(2, -1).every((method) => method === 'tools/call')).toBe(true);
  }
});

it.skipIf(process.platform !== 'linux')('counts a session that is not opened as an error', async () => {
  const result = await load((req, res) => req.resume().once('end', () => res.writeHead(503).end('full')), {
    dialect: 'session',
  });
  expect([result.calls, result.errors, result.firstError]).toEqual([0, 3, 'initialize: 503: full']);
});

it.skipIf(process.platform !== 'linux')('takes answers from the stream of an HTTP+SSE server', async () => {
  const streams: ServerResponse[] = [];
  const result = await load(
    (req, res) => {
      if (req.method === 'GET') {
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        res.write(`event: endpoint\ndata: /messages?session=${streams.push(res) - 1}\n\n`);
        return;
      }
      const stream = streams[Number(new URL(req.url ?? '', 'http://x').searchParams.get('session'))];
      void messageOf(req).then((message) => {
        res.writeHead(202).end('Accepted');
        if (message.id !== undefined) stream?.write(`event: message\ndata: ${success(message)}\n\n`);
      });
    },
    { dialect: 'http-sse' },
  );
  expect(result.errors).toBe(0);
  expect(result.calls).toBeGreaterThan(10);
  expect(streams).toHaveLength(3);
});
