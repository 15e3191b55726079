import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '@mcp-hub/application';
import { accepts, prefersStream, sendEmpty, sendJson, sendRejection, type Rejection } from '../../wire/http-answer.js';
import {
  echoableId,
  isObject,
  kindOf,
  rpcError,
  rpcResult,
  type RpcError,
  type RpcId,
  type RpcNotification,
  type RpcRequest,
  type RpcResult,
} from '../../wire/json-rpc.js';
import { errorCode, isLegacyVersion, legacyVersions } from '../../wire/protocol.js';
import { SseResponse } from '../../wire/sse-response.js';
import { ownerHeader, type EndpointRequest } from '../endpoint-options.js';
import type { EndpointParts } from '../endpoint-parts.js';
import { unavailable } from '../unavailable.js';
import { parseEventId } from './event-stream.js';
import { LegacyExchange } from './legacy-exchange.js';
import { LegacyRequests } from './legacy-requests.js';
import type { LegacySession } from './legacy-session.js';
import { LegacySessions } from './legacy-sessions.js';
import { hasBatches } from './revision-features.js';

const sessionHeader = 'mcp-session-id';

/** The era of handshakes and sessions (2024-11-05 to 2025-11-25, "Streamable HTTP"). */
export class LegacyFrontend {
  readonly #parts: EndpointParts;
  readonly #sessions: LegacySessions;
  readonly #requests: LegacyRequests;
  #isDraining = false;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
    this.#sessions = new LegacySessions(parts);
    this.#requests = new LegacyRequests(parts, this.#sessions);
  }

  get sessionCount(): number {
    return this.#sessions.count;
  }

  /** No new sessions from now on. */
  drain(): void {
    this.#isDraining = true;
  }

  close(): void {
    this.#sessions.close();
  }

  async post(body: unknown, req: IncomingMessage, res: ServerResponse, request: EndpointRequest): Promise<void> {
    if (isObject(body) && body['method'] === 'initialize' && kindOf(body) === 'request') {
      await this.#initialize(body as unknown as RpcRequest, res, request);
      return;
    }
    const session = await this.#sessionOf(req, res, request, echoableId(body));
    if (!session) return;
    const messages = Array.isArray(body) ? body : [body];
    const fault = Array.isArray(body) ? batchFault(messages, session) : undefined;
    if (fault) {
      sendRejection(res, null, fault);
      return;
    }
    const requests: RpcRequest[] = [];
    for (const message of messages) {
      switch (kindOf(message)) {
        case 'request':
          requests.push(message as RpcRequest);
          break;
        case 'notification':
          this.#requests.notified(message as RpcNotification, session);
          break;
        default:
          this.#answered(message as RpcResult | RpcError, session);
      }
    }
    if (requests.length === 0) {
      sendEmpty(res, 202);
      return;
    }
    const exchange = new LegacyExchange({
      parts: this.#parts,
      session,
      res,
      canStream: accepts(req.headers.accept, 'text/event-stream'),
      prefersStream: prefersStream(req.headers.accept),
      isBatch: Array.isArray(body),
    });
    await Promise.all(requests.map((message) => this.#requests.serve(message, session, exchange, request)));
    exchange.finish();
  }

  /** The stream of what belongs to no request, or, with `Last-Event-ID`, one that broke off. */
  async get(req: IncomingMessage, res: ServerResponse, request: EndpointRequest): Promise<void> {
    if (!accepts(req.headers.accept, 'text/event-stream')) {
      sendRejection(res, null, {
        status: 406,
        code: errorCode.hub,
        message: 'A GET is answered by text/event-stream only.',
      });
      return;
    }
    const session = await this.#sessionOf(req, res, request, null);
    if (!session) return;
    const last = req.headers['last-event-id'];
    const resumed = typeof last === 'string' ? parseEventId(last) : undefined;
    session.connect(new SseResponse(res, this.#parts.heartbeat, () => undefined, this.#ownerOf(session)), resumed);
  }

  async delete(req: IncomingMessage, res: ServerResponse, request: EndpointRequest): Promise<void> {
    const session = await this.#sessionOf(req, res, request, null);
    if (!session) return;
    await this.#sessions.end(session);
    sendEmpty(res, 200);
  }

  async #initialize({ id, params = {} }: RpcRequest, res: ServerResponse, request: EndpointRequest): Promise<void> {
    if (this.#isDraining || this.#sessions.isFull) {
      sendRejection(res, id, {
        status: 503,
        code: errorCode.hub,
        message: this.#isDraining ? 'The server is moving to another worker.' : 'Too many sessions are open.',
        data: { retry_after: 5 },
        headers: { 'retry-after': '5' },
      });
      return;
    }
    if (typeof params['protocolVersion'] !== 'string') {
      sendJson(res, 200, rpcError(id, errorCode.invalidParams, 'params.protocolVersion is required.'));
      return;
    }
    let result: JsonObject;
    try {
      const { capabilities, serverInfo, instructions } = await this.#parts.described.current();
      result = { capabilities, serverInfo, ...(instructions !== undefined && { instructions }) };
    } catch (error) {
      const { message, loss } = unavailable(error);
      sendRejection(res, id, {
        status: 503,
        code: errorCode.hub,
        message,
        data: this.#parts.calls.lossData(request, loss),
      });
      return;
    }
    const session = await this.#sessions.open(params, request);
    sendJson(res, 200, rpcResult(id, { protocolVersion: session.version, ...result }), { [sessionHeader]: session.id });
  }

  /** @returns undefined where the request has been answered: it has no session, or none that can be used here */
  async #sessionOf(
    req: IncomingMessage,
    res: ServerResponse,
    request: EndpointRequest,
    id: RpcId | null,
  ): Promise<LegacySession | undefined> {
    const version = req.headers['mcp-protocol-version'];
    if (version !== undefined && !isLegacyVersion(version)) {
      const message = `Bad Request: Unsupported protocol version: ${String(version)} (supported: ${legacyVersions.join(', ')})`;
      sendRejection(res, id, { status: 400, code: errorCode.hub, message });
      return undefined;
    }
    const sessionId = req.headers[sessionHeader];
    if (typeof sessionId !== 'string' || sessionId === '') {
      const message = 'Bad Request: Mcp-Session-Id is required; begin with initialize.';
      sendRejection(res, id, { status: 400, code: errorCode.hub, message });
      return undefined;
    }
    const found = await this.#sessions.find(sessionId, request);
    switch (found.kind) {
      case 'found':
        for (const [name, value] of Object.entries(this.#ownerOf(found.session))) res.setHeader(name, value);
        return found.session;
      case 'elsewhere': {
        const headers = { [ownerHeader]: found.owner };
        sendRejection(res, id, {
          status: 409,
          code: errorCode.hub,
          message: 'Another worker has this session.',
          headers,
        });
        return undefined;
      }
      case 'gone':
        sendRejection(res, id, {
          status: 404,
          code: errorCode.sessionNotFound,
          message: 'Session not found; begin with initialize.',
        });
        return undefined;
    }
  }

  /** Tells the gateway whose a session is that its id does not lead to. */
  #ownerOf({ isRevived }: LegacySession): Record<string, string> {
    return isRevived ? { [ownerHeader]: this.#parts.options.incarnation } : {};
  }

  #answered(reply: RpcResult | RpcError, session: LegacySession): void {
    if (reply.id !== null) session.asked.get(reply.id)?.(reply);
  }
}

function batchFault(messages: unknown[], { version }: LegacySession): Rejection | undefined {
  if (!hasBatches(version)) {
    return {
      status: 400,
      code: errorCode.invalidRequest,
      message: `There are no batches in protocol version ${version}.`,
    };
  }
  const isFine = messages.length > 0 && messages.every((message) => kindOf(message) !== undefined);
  const hasHandshake = messages.some((message) => isObject(message) && message['method'] === 'initialize');
  if (isFine && !hasHandshake) return undefined;
  return {
    status: 400,
    code: errorCode.invalidRequest,
    message: 'The batch is empty, or holds what must not be in one.',
  };
}
