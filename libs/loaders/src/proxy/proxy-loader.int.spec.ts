import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { McpBackend, McpOutcome } from '@mcp-hub/application';
import type { Remote, ServerEntry } from '@mcp-hub/domain';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { aCallContext, aLoadContext, aLoadRequest, failureOf, localPolicy, strictPolicy } from '../../test/loading.js';
import { eventually } from '../../test/recording-server.js';
import { ProxyLoader, type ProxyLoaderOptions } from './proxy-loader.js';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const ids = { next: () => randomUUID() };

/** A server of SDK v1 with sessions, and the headers that it got. */
class SdkServer {
  readonly headers: IncomingMessage['headers'][] = [];
  readonly #sessions = new Map<string, StreamableHTTPServerTransport>();
  #http: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}/mcp`;
  }

  get connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#http?.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  }

  async start(): Promise<this> {
    this.#sessions.clear();
    const http = createServer((req, res) => {
      this.headers.push(req.headers);
      this.#serve(req, res).catch((error: unknown) => res.destroy(error as Error));
    });
    await new Promise<void>((resolve) => http.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (http.address() as AddressInfo).port;
    this.#http = http;
    return this;
  }

  stop = (): Promise<void> =>
    new Promise((resolve) => {
      this.#http?.close(() => resolve());
      this.#http?.closeAllConnections();
    });

  async #serve(...[req, res]: Parameters<RequestListener>): Promise<void> {
    const known = this.#sessions.get(String(req.headers['mcp-session-id']));
    if (known) return known.handleRequest(req, res);
    if (req.headers['mcp-session-id'] !== undefined) {
      res.writeHead(404).end();
      return;
    }
    const server = new McpServer({ name: 'remote', version: '1' });
    server.registerTool('echo', { inputSchema: { text: z.string() } }, ({ text }) => ({
      content: [{ type: 'text', text }],
    }));
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void this.#sessions.set(id, transport),
    });
    await server.connect(transport);
    await transport.handleRequest(req, res);
  }
}

async function sdkServer(): Promise<SdkServer> {
  const server = await new SdkServer().start();
  open.push(server.stop);
  return server;
}

async function listen(handle: RequestListener): Promise<string> {
  const http = createServer(handle);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
}

function aRemote(url: string, part: Partial<Remote> = {}): Remote {
  return { type: 'streamable-http', url, headers: [], ...part };
}

async function load(
  entry: Partial<ServerEntry>,
  { policy = localPolicy, signal }: Partial<ProxyLoaderOptions> & { signal?: AbortSignal } = {},
) {
  const context = aLoadContext(signal);
  const backend = await new ProxyLoader({ policy, ids }).load(aLoadRequest(entry), context);
  open.push(() => backend.close());
  return { backend, lines: context.lines };
}

function echo(backend: McpBackend, forwardedHeaders = {}): Promise<McpOutcome> {
  const params = { name: 'echo', arguments: { text: 'hi' } };
  return backend.call({ method: 'tools/call', params }, aCallContext({ forwardedHeaders }));
}

const echoed = { kind: 'complete', result: { content: [{ type: 'text', text: 'hi' }] } };

describe('ProxyLoader', () => {
  it('loads a remote server', async () => {
    const server = await sdkServer();
    const { backend, lines } = await load({ remotes: [aRemote(server.url)] });
    expect((await backend.describe(AbortSignal.timeout(5_000))).tools).toMatchObject([{ name: 'echo' }]);
    expect(await echo(backend)).toMatchObject(echoed);
    await backend.check(AbortSignal.timeout(5_000));
    expect(lines).toEqual(['The server speaks 2025-11-25.']);
  });

  it('takes the remote on Streamable HTTP of several', async () => {
    const server = await sdkServer();
    const { backend } = await load({
      remotes: [aRemote('http://127.0.0.1:1/sse', { type: 'sse' }), aRemote(server.url)],
    });
    expect(await echo(backend)).toMatchObject(echoed);
  });

  it('sends the headers of the remote, auth_config, and what the call forwards', async () => {
    const server = await sdkServer();
    const { backend } = await load({
      remotes: [aRemote(server.url, { headers: [{ name: 'X-Key', value: 'k', is_secret: true }] })],
      auth_config: { type: 'bearer', token: 't' },
    });
    await echo(backend, { 'x-tenant': 'acme' });
    expect(server.headers.every((headers) => headers['x-key'] === 'k' && headers.authorization === 'Bearer t')).toBe(
      true,
    );
    expect(server.headers.filter((headers) => headers['x-tenant'] === 'acme')).toHaveLength(1);
  });

  it('serves again when the server is back; calls in the gap are not executed', async () => {
    const server = await sdkServer();
    const { backend } = await load({ remotes: [aRemote(server.url)] });
    let hasExited = false;
    backend.onExit(() => (hasExited = true));
    await server.stop();
    // A connection that was kept may be found broken only when it is used: then the outcome is not known.
    const gap = async () => ((await echo(backend)) as { data?: unknown }).data;
    await gap();
    expect(await gap()).toMatchObject({ outcome: 'not_executed', reason: 'server_gone' });
    expect((await failureOf(backend.check(AbortSignal.timeout(2_000)))).code).toBe('upstream_unreachable');
    await server.start();
    expect(await echo(backend)).toMatchObject(echoed);
    expect(hasExited).toBe(false);
  });

  it('leaves no connection behind when it is closed', async () => {
    const server = await sdkServer();
    const { backend } = await load({ remotes: [aRemote(server.url)] });
    await echo(backend);
    expect(await server.connections).toBeGreaterThan(0);
    await backend.close();
    await backend.close();
    let left = 1;
    await eventually(() => {
      void server.connections.then((count) => (left = count));
      return left === 0;
    });
  });
});

describe('a remote that can not be loaded', () => {
  const failureWith = async (entry: Partial<ServerEntry>, options: Parameters<typeof load>[1] = {}) => {
    const { code, message, remedy, isTransient } = await failureOf(load(entry, options));
    expect(remedy).not.toBe('');
    return { code, message, isTransient };
  };

  it('is none', async () => {
    expect(await failureWith({ remotes: [] })).toMatchObject({ code: 'nothing_to_load', isTransient: false });
  });

  it('does not listen', async () => {
    const server = await sdkServer();
    await server.stop();
    expect(await failureWith({ remotes: [aRemote(server.url)] })).toEqual({
      code: 'upstream_unreachable',
      message: 'Nothing listens at the address of the server (connection refused).',
      isTransient: true,
    });
  });

  it.each([401, 403])('wants other credentials (status %i)', async (status) => {
    const url = await listen((_, response) => void response.writeHead(status).end());
    const failure = await failureWith({ remotes: [aRemote(url)] });
    expect(failure).toMatchObject({ code: 'upstream_auth', isTransient: false });
    expect(failure.message).toContain(`HTTP status ${status}`);
  });

  it('is where the hub must not go', async () => {
    const server = await sdkServer();
    const failure = await failureWith({ remotes: [aRemote(server.url)] }, { policy: strictPolicy });
    expect(failure).toMatchObject({ code: 'egress_refused', isTransient: false });
    expect(server.headers).toEqual([]);
  });

  it.each<[string, RequestListener, RegExp]>([
    ['is a web page', (_, response) => void response.setHeader('content-type', 'text/html').end('<p>'), /text\/html/],
    [
      'has moved',
      (_, response) => void response.writeHead(301, { location: 'https://new.test/mcp' }).end(),
      /new\.test/,
    ],
    ['is broken', (_, response) => void response.writeHead(500).end(), /HTTP status 500/],
    ['is no MCP server', (_, response) => void response.writeHead(404).end(), /HTTP status 404/],
    ['hangs up', (_, response) => void response.destroy(), /broke during the request/],
  ])('%s', async (_, handle, message) => {
    const failure = await failureWith({ remotes: [aRemote(await listen(handle))] });
    expect(failure.code).toBe('upstream_unreachable');
    expect(failure.message).toMatch(message);
  });

  it.each(['streamable-http', 'sse'] as const)('says nothing until the deadline (%s)', async (type) => {
    const url = await listen(() => undefined);
    const failure = await failureWith({ remotes: [aRemote(url, { type })] }, { signal: AbortSignal.timeout(300) });
    expect(failure.code).toBe('upstream_unreachable');
    expect(failure.message).toMatch(/in time/);
  });
});
