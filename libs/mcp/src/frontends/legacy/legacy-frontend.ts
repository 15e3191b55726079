import type { IncomingMessage, ServerResponse } from 'node:http';
import { accepts, prefersStream, sendEmpty, sendJson, sendRejection } from '../../wire/http-answer.js';
import {
  echoableId,
  isObject,
  kindOf,
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
import { batchFault } from './batch-fault.js';
import { parseEventId } from './event-stream.js';
import { HttpSseFrontend } from './http-sse-frontend.js';
import { LegacyExchange } from './legacy-exchange.js';
import { LegacyHandshake } from './legacy-handshake.js';
import { LegacyRequests } from './legacy-requests.js';
import { LegacySessions, type StreamableSession } from './legacy-sessions.js';

const sessionHeader = 'mcp-session-id';

/** The era of handshakes and sessions (2024-11-05 to 2025-11-25), over Streamable HTTP and, as `httpSse`, over HTTP+SSE. */
export class LegacyFrontend {
  readonly httpSse: HttpSseFrontend;
  readonly #parts: EndpointParts;
  readonly #sessions: LegacySessions;
  readonly #handshake: LegacyHandshake;
  readonly #requests: LegacyRequests;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
    this.#sessions = new LegacySessions(parts);
    this.#handshake = new LegacyHandshake(parts, this.#sessions);
    this.#requests = new LegacyRequests(parts, this.#sessions);
    this.httpSse = new HttpSseFrontend(parts, {
      sessions: this.#sessions,
      handshake: this.#handshake,
      requests: this.#requests,
    });
  }

  get sessionCount(): number {
    return this.#sessions.count;
  }

  /** No new sessions from now on. */
  drain(): void {
    this.#handshake.drain();
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
    const fault = Array.isArray(body) ? batchFault(messages, session.version) : undefined;
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
          session.answered(message as RpcResult | RpcError);
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
      request,
      requests,
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
    const connection = new SseResponse(res, this.#parts.heartbeat, () => undefined, this.#ownerOf(session));
    session.outlet.connect(connection, resumed, request);
  }

  async delete(req: IncomingMessage, res: ServerResponse, request: EndpointRequest): Promise<void> {
    const session = await this.#sessionOf(req, res, request, null);
    if (!session) return;
    await this.#sessions.end(session);
    sendEmpty(res, 200);
  }

  async #initialize({ id, params = {} }: RpcRequest, res: ServerResponse, request: EndpointRequest): Promise<void> {
    const busy = this.#handshake.refusal();
    if (busy) {
      sendRejection(res, id, busy);
      return;
    }
    const answer = await this.#handshake.answerTo(params, request);
    if (answer.kind === 'refused') {
      sendRejection(res, id, answer.rejection);
      return;
    }
    const session = await this.#sessions.open(params, request);
    // Set before the head is written, so that a gateway in this process can read it.
    res.setHeader(sessionHeader, session.id);
    sendJson(res, 200, rpcResult(id, { protocolVersion: session.version, ...answer.result }));
  }

  /** @returns undefined where the request has been answered: it has no session, or none that can be used here */
  async #sessionOf(
    req: IncomingMessage,
    res: ServerResponse,
    request: EndpointRequest,
    id: RpcId | null,
  ): Promise<StreamableSession | undefined> {
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
  #ownerOf({ isRevived }: StreamableSession): Record<string, string> {
    return isRevived ? { [ownerHeader]: this.#parts.options.incarnation } : {};
  }
}
