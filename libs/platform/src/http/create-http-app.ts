import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { Server as NetServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { DynamicModule, NestApplicationOptions, Type } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '@mcp-hub/application';
import { TokenAuth } from '../auth/token-auth.js';
import { healthHandler } from '../health/health-handler.js';
import type { Readiness } from '../health/readiness.js';
import { NestLogger } from '../logging/nest-logger.js';
import { installBodies } from './bodies.js';
import { EntryPipe } from './entry-pipe.js';
import { listenRefusal, type ListenSection } from './listen-refusal.js';
import { ProblemFilter, answerError } from './problem-filter.js';
import { toProblem } from './problem.js';
import { installRequestGate, type HttpAuth } from './request-gate.js';
import { SlowReaders } from './slow-readers.js';

/** Sees a request before Nest does. @returns true where it answers the request itself */
export type RawHandler = (req: IncomingMessage, res: ServerResponse) => boolean;

export interface HttpAppOptions {
  log: Log;
  host: string;
  /** 0: any free one. */
  port: number;
  /** Where `host` and `port` are configured, for messages. Default: `api`. */
  section?: ListenSection;
  /** Left out: no authentication (a service without a REST API of its own). */
  auth?: HttpAuth;
  corsOrigins?: readonly string[];
  /** Names under which web pages of this hub are served, besides `localhost`, addresses and `host`. */
  ownHosts?: readonly string[];
  /** Default 32 MiB. */
  bodyLimitBytes?: number;
  /** How long a request may take to arrive in full; default 120 s. */
  requestTimeoutMs?: number;
  /** Answers `/healthz` and `/readyz`. */
  readiness?: Readiness;
  /** Tried in order; the gateway's data plane comes in here, outside of Nest's pipeline. */
  rawHandlers?: readonly RawHandler[];
  /** How long requests in hand may take after `close()` until their connections are cut; default 10 s. */
  closeWithinMs?: number;
  /**
   * Before that, while no new connections are taken: for how long at most answers tell their clients to close the
   * connection, so that no pooled one is closed while its next request is under way; over as soon as none is open; default 0.
   */
  lingerMs?: number;
}

export interface RunningHttpApp {
  app: NestFastifyApplication;
  server: Server;
  /** Where it is reached on this machine, without a slash at the end. */
  url: string;
  port: number;
  /** Takes no new connections, lets requests in hand finish within `closeWithinMs`, closes the module. Idempotent. */
  close(): Promise<void>;
}

const defaultBodyLimitBytes = 32 * 1024 * 1024;

/**
 * Makes and starts the HTTP side of a service from a Nest module: request gate, bodies, error edge, validation, health.
 *
 * @throws StartRefused where the port is taken or the host is not this machine's; what a provider's start throws
 */
export async function createHttpApp(module: Type | DynamicModule, options: HttpAppOptions): Promise<RunningHttpApp> {
  const { log, host, port, closeWithinMs = 10_000, lingerMs = 0, bodyLimitBytes = defaultBodyLimitBytes } = options;
  const connections = { areEnding: false };
  const auth = options.auth ?? {
    isEnabled: false,
    protectsReads: false,
    tokens: new TokenAuth([]),
  };
  const rawHandlers = [
    ...(options.readiness ? [healthHandler(options.readiness)] : []),
    ...(options.rawHandlers ?? []),
  ];

  const adapter = new FastifyAdapter({
    bodyLimit: bodyLimitBytes,
    routerOptions: { maxParamLength: 2_048 },
    forceCloseConnections: 'idle',
    serverFactory: (handler: NodeHandler) => {
      const server = makeServer(handler, rawHandlers, connections, options.requestTimeoutMs);
      new SlowReaders(log).watch(server);
      return server;
    },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      answerError(error, request, reply, log),
  });
  const instance = adapter.getInstance<FastifyInstance>();
  installRequestGate(instance, {
    auth,
    corsOrigins: options.corsOrigins ?? [],
    origins: {
      ownHosts: [host, ...(options.ownHosts ?? [])],
      authEnabled: auth.isEnabled,
    },
    bodyLimitBytes,
    log,
  });
  instance.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    log.debug('http.request', {
      method,
      route: routeOptions.url,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
    });
    done();
  });
  installBodies(instance);

  const nestOptions: Pick<NestApplicationOptions, 'logger' | 'bodyParser' | 'abortOnError'> = {
    logger: new NestLogger(log),
    bodyParser: false,
    abortOnError: false,
  };
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, nestOptions);
  app.useGlobalFilters(new ProblemFilter(log));
  app.useGlobalPipes(new EntryPipe());
  try {
    await app.init();
    // Not `app.listen`: that logs its failure besides throwing it.
    await instance.listen({ host, port });
  } catch (error) {
    await app.close();
    throw listenRefusal(error, { host, port, section: options.section ?? 'api' }) ?? error;
  }
  const { server } = instance;
  const address = server.address() as AddressInfo;

  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    if (lingerMs > 0) {
      const ended = await stopListening(server);
      connections.areEnding = true;
      const lingering = new AbortController();
      await Promise.race([ended(), delay(lingerMs, undefined, { signal: lingering.signal }).catch(() => undefined)]);
      lingering.abort();
    }
    const timer = setTimeout(() => {
      log.warn('http.connections_cut', { closeWithinMs });
      server.closeAllConnections();
    }, closeWithinMs);
    try {
      await app.close();
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    app,
    server,
    url: urlOf(address),
    port: address.port,
    close: () => (closed ??= close()),
  };
}

type NodeHandler = (req: IncomingMessage, res: ServerResponse) => void;

/** Connections whose client is gone without a word, or sends its request byte by byte, end all the same. */
function connectionLimits(requestTimeoutMs = 120_000): ServerOptions {
  return {
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
    headersTimeout: Math.min(20_000, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(5_000, requestTimeoutMs),
  };
}

/**
 * No new connections from now on, while open ones go on: Node's own `close` would cut those that look idle, also one
 * whose next request is on its way. The server's later `close` cuts them, and waits for the others.
 *
 * @returns waits until no connection is open
 */
async function stopListening(server: Server): Promise<() => Promise<void>> {
  // Right after a round of input: connections that were made are taken by then.
  await new Promise<void>((resolve) => setImmediate(resolve));
  const ended = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
  server.close = (callback) => {
    server.closeIdleConnections();
    void ended.then(() => callback?.());
    return server;
  };
  return () => ended;
}

function makeServer(
  handler: NodeHandler,
  raw: readonly RawHandler[],
  connections: Readonly<{ areEnding: boolean }>,
  requestTimeoutMs?: number,
): Server {
  const server = createServer(connectionLimits(requestTimeoutMs), (req, res) => {
    if (connections.areEnding) res.shouldKeepAlive = false;
    if (!raw.some((tried) => tried(req, res))) handler(req, res);
  });
  // Without this Node asks for the body of `Expect: 100-continue` before anybody has looked at the headers.
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
    if (!raw.some((tried) => tried(req, res))) handler(req, res);
    else if (!res.headersSent) res.writeContinue();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return;
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
    const { body } = toProblem(
      Object.assign(new Error(), {
        statusCode: status,
        code: 'FST_CLIENT_ERROR',
      }),
    );
    const text = JSON.stringify(body);
    socket.end(
      `HTTP/1.1 ${status} ${body.title}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n` +
        `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    );
  });
  // Longer than load balancers and pooled clients keep an idle connection, so that they close it first.
  server.keepAliveTimeout = 72_000;
  return server;
}

function urlOf({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`;
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`;
}
