import type { IncomingMessage, ServerResponse } from 'node:http';
import { Heartbeat } from '../wire/heartbeat.js';
import { sendRejection } from '../wire/http-answer.js';
import { echoableId } from '../wire/json-rpc.js';
import { errorCode, isModernVersion } from '../wire/protocol.js';
import { readBody } from '../wire/read-body.js';
import { systemTimers } from '../wire/timers.js';
import { CallRunner } from './call-runner.js';
import { DescribedServer } from './described-server.js';
import type { EndpointParts } from './endpoint-parts.js';
import type { EndpointRequest, McpEndpointOptions } from './endpoint-options.js';
import { LegacyFrontend } from './legacy/legacy-frontend.js';
import { ModernFrontend } from './modern/modern-frontend.js';
import { classify } from './modern/modern-request.js';
import { sendFault } from './send-fault.js';

/**
 * The MCP endpoint of one hosted server, on plain Node HTTP: both eras at one URL, told apart by what a request says of
 * itself. Authentication, `Host` and `Origin` are the business of whoever is in front.
 */
export class McpEndpoint {
  readonly #parts: EndpointParts;
  readonly #legacy: LegacyFrontend;
  readonly #modern: ModernFrontend;

  constructor(options: McpEndpointOptions) {
    const timers = options.timers ?? systemTimers;
    const described = new DescribedServer(options.backend, options.limits.callTimeoutMs, timers);
    const calls = new CallRunner(options, described, timers);
    const heartbeat = new Heartbeat(timers, options.limits.heartbeatMs);
    this.#parts = { options, described, calls, heartbeat, timers };
    this.#legacy = new LegacyFrontend(this.#parts);
    this.#modern = new ModernFrontend(this.#parts);
  }

  /** Requests of clients in flight at the server; one that waits for its client's input is not. */
  get activeCalls(): number {
    return this.#parts.calls.active;
  }

  /** Legacy sessions open here. */
  get sessionCount(): number {
    return this.#legacy.sessionCount;
  }

  /**
   * Answers one HTTP request, whatever it is. Resolves when the answer is given, or a stream has begun; for a message of
   * HTTP+SSE when it is served.
   */
  async handle(req: IncomingMessage, res: ServerResponse, request: EndpointRequest): Promise<void> {
    try {
      await this.#route(req, res, request);
    } catch (error) {
      this.#fail(res, error, request);
    }
  }

  /** No new sessions from now on. Resolves when no call is in flight, or after `deadlineMs`. */
  async drain(deadlineMs: number): Promise<void> {
    this.#legacy.drain();
    let stop = (): void => undefined;
    const deadline = new Promise<void>((resolve) => {
      stop = this.#parts.timers.after(deadlineMs, resolve);
    });
    await Promise.race([this.#parts.calls.idle(), deadline]);
    stop();
  }

  /** Ends all streams and cancels what is in flight. Sessions can be revived elsewhere; the backend is not closed. Idempotent. */
  async close(): Promise<void> {
    this.#parts.calls.cancelAll();
    await this.drain(1_000);
    this.#legacy.close();
    this.#modern.close();
    this.#parts.described.close();
    // What was cancelled is answered in this turn.
    await new Promise((resolve) => setImmediate(resolve));
    this.#parts.heartbeat.close();
  }

  async #route(req: IncomingMessage, res: ServerResponse, request: EndpointRequest): Promise<void> {
    if (request.httpSse && req.method !== (request.httpSse.kind === 'stream' ? 'GET' : 'POST')) {
      const headers = { allow: request.httpSse.kind === 'stream' ? 'GET' : 'POST' };
      sendRejection(res, null, { status: 405, code: errorCode.hub, message: 'Method not allowed.', headers });
      return;
    }
    if (request.httpSse?.kind === 'stream') {
      await this.#legacy.httpSse.open(req, res, request, request.httpSse.messagesPath);
      return;
    }
    if (req.method === 'POST') {
      await this.#post(req, res, request);
      return;
    }
    const version = req.headers['mcp-protocol-version'];
    const isModern = typeof version === 'string' && isModernVersion(version.trim());
    if (!isModern && req.method === 'GET') await this.#legacy.get(req, res, request);
    else if (!isModern && req.method === 'DELETE') await this.#legacy.delete(req, res, request);
    else {
      const headers = { allow: isModern ? 'POST' : 'GET, POST, DELETE' };
      sendRejection(res, null, { status: 405, code: errorCode.hub, message: 'Method not allowed.', headers });
    }
  }

  async #post(req: IncomingMessage, res: ServerResponse, request: EndpointRequest): Promise<void> {
    const { maxBodyBytes } = this.#parts.options.limits;
    if (!isJson(req.headers['content-type'])) {
      sendRejection(res, null, { status: 415, code: errorCode.hub, message: 'Content-Type must be application/json.' });
      return;
    }
    const read = await readBody(req, maxBodyBytes);
    if (read.kind === 'aborted') return;
    if (read.kind === 'too_large') {
      const message = `The request is larger than ${maxBodyBytes} bytes.`;
      sendRejection(res, null, { status: 413, code: errorCode.hub, message, headers: { connection: 'close' } });
      return;
    }
    let body: unknown;
    try {
      body = JSON.parse(read.text);
    } catch {
      sendRejection(res, null, { status: 400, code: errorCode.parse, message: 'The body is not valid JSON.' });
      return;
    }
    try {
      await this.#dispatch(body, req, res, request);
    } catch (error) {
      this.#fail(res, error, request, body);
    }
  }

  #fail(res: ServerResponse, fault: unknown, request: EndpointRequest, body?: unknown): void {
    this.#parts.options.onFault?.(fault);
    sendFault(res, fault, { body, request, calls: this.#parts.calls });
  }

  async #dispatch(body: unknown, req: IncomingMessage, res: ServerResponse, request: EndpointRequest): Promise<void> {
    if (request.httpSse?.kind === 'message') {
      await this.#legacy.httpSse.post(body, req, res, request, request.httpSse.sessionId);
      return;
    }
    const classified = classify(body, req.headers);
    switch (classified.era) {
      case 'legacy':
        await this.#legacy.post(body, req, res, request);
        return;
      case 'modern':
        await this.#modern.handle(classified, req, res, request);
        return;
      case 'rejected':
        sendRejection(res, echoableId(body), classified.rejection);
    }
  }
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
}
