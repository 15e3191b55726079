import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '@mcp-hub/application';
import { accepts, sendEmpty, sendRejection } from '../../wire/http-answer.js';
import {
  echoableId,
  kindOf,
  rpcError,
  rpcResult,
  type RpcError,
  type RpcMessage,
  type RpcNotification,
  type RpcRequest,
  type RpcResult,
} from '../../wire/json-rpc.js';
import { errorCode, legacyVersions } from '../../wire/protocol.js';
import { isPassing } from '../../wire/passing-notification.js';
import { messageText, type ReadyResult } from '../../wire/ready-result.js';
import { messageEvent, SseResponse } from '../../wire/sse-response.js';
import type { EndpointRequest } from '../endpoint-options.js';
import type { EndpointParts } from '../endpoint-parts.js';
import { batchFault } from './batch-fault.js';
import { askClient, type ClientExchange } from './client-exchange.js';
import type { LegacyHandshake } from './legacy-handshake.js';
import type { LegacyRequests } from './legacy-requests.js';
import type { LegacySession, SessionOutlet } from './legacy-session.js';
import type { LegacySessions } from './legacy-sessions.js';
import { canBeTold } from './revision-features.js';

/** Of clients that neither shake hands nor name a version: the one that has this transport. */
const oldestVersion = legacyVersions[0];

/** What clients are told to wait before they come back for a stream that broke off. */
const retryMs = 1_000;

/** An open stream, and the session that its client has begun on it. */
interface Connection {
  id: string;
  caller: string;
  outlet: HttpSseOutlet;
  session: LegacySession | undefined;
  /** As its client's requests name it; those of old do not. */
  version?: unknown;
}

/**
 * The HTTP+SSE transport (2024-11-05, "Transports"), for clients that know no other: a stream for all that the client is
 * told, and an endpoint to which it posts. The session lives as long as the stream. A client that opens another with the
 * `Last-Event-ID` of the first, as browsers do by themselves, goes on with its handshake; one that comes back without it,
 * as SDK v1 does, is served all the same, as a client that can do nothing but call, unless `session_recovery` is strict.
 */
export class HttpSseFrontend {
  readonly #parts: EndpointParts;
  readonly #sessions: LegacySessions;
  readonly #handshake: LegacyHandshake;
  readonly #requests: LegacyRequests;
  readonly #connections = new Map<string, Connection>();

  constructor(
    parts: EndpointParts,
    {
      sessions,
      handshake,
      requests,
    }: { sessions: LegacySessions; handshake: LegacyHandshake; requests: LegacyRequests },
  ) {
    this.#parts = parts;
    this.#sessions = sessions;
    this.#handshake = handshake;
    this.#requests = requests;
  }

  /**
   * Opens a stream.
   * @param messagesPath where the client is to post, as it reaches it
   */
  async open(req: IncomingMessage, res: ServerResponse, request: EndpointRequest, messagesPath: string): Promise<void> {
    if (!accepts(req.headers.accept, 'text/event-stream')) {
      const message = 'A GET is answered by text/event-stream only.';
      sendRejection(res, null, { status: 406, code: errorCode.hub, message });
      return;
    }
    const busy = this.#handshake.refusal(this.#connections.size);
    if (busy) {
      sendRejection(res, null, busy);
      return;
    }
    const id = this.#sessions.httpSseId(request);
    const outlet = new HttpSseOutlet();
    const connection: Connection = { id, caller: request.caller, outlet, session: undefined };
    this.#connections.set(id, connection);
    const last = req.headers['last-event-id'];
    if (typeof last === 'string') {
      // A store that is away leaves the client without its session, as a lost one does.
      connection.session = await this.#sessions.takeUp(last, id, outlet, request).catch(() => undefined);
      this.#connections.delete(last);
    }
    const stream = new SseResponse(res, this.#parts.heartbeat, () => {
      this.#left(connection);
    });
    outlet.connect(stream);
    stream.write(`event: endpoint\nid: ${id}\nretry: ${retryMs}\ndata: ${messagesPath}?sessionId=${id}\n\n`);
  }

  /** Takes what a client posts; it is answered on its stream. Resolves when that is done. */
  async post(
    body: unknown,
    req: IncomingMessage,
    res: ServerResponse,
    request: EndpointRequest,
    sessionId: string,
  ): Promise<void> {
    const connection = this.#connections.get(sessionId);
    if (!connection || connection.caller !== request.caller) {
      sendRejection(res, echoableId(body), {
        status: 404,
        code: errorCode.sessionNotFound,
        message: 'Session not found; open a new stream.',
      });
      return;
    }
    const messages: unknown[] = Array.isArray(body) ? body : [body];
    const fault = Array.isArray(body)
      ? batchFault(messages, connection.session?.version)
      : kindOf(body) === undefined && {
          status: 400,
          code: errorCode.invalidRequest,
          message: 'The body is no message.',
        };
    if (fault) {
      sendRejection(res, echoableId(body), fault);
      return;
    }
    sendEmpty(res, 202);
    connection.version = req.headers['mcp-protocol-version'];
    await Promise.all(messages.map((message) => this.#take(message, connection, request)));
  }

  async #take(message: unknown, connection: Connection, request: EndpointRequest): Promise<void> {
    const { session } = connection;
    switch (kindOf(message)) {
      case 'request':
        await this.#serve(message as RpcRequest, connection, request);
        return;
      case 'notification':
        if (session) this.#requests.notified(message as RpcNotification, session);
        return;
      default:
        session?.answered(message as RpcResult | RpcError);
    }
  }

  async #serve(message: RpcRequest, connection: Connection, request: EndpointRequest): Promise<void> {
    const { outlet } = connection;
    if (message.method === 'initialize') {
      outlet.send(await this.#initialize(message, connection, request));
    } else if (message.method === 'ping') {
      outlet.send(rpcResult(message.id, {}));
    } else if (!connection.session && this.#parts.options.sessionRecovery === 'strict') {
      outlet.send(rpcError(message.id, errorCode.sessionNotFound, 'There is no session; begin with initialize.'));
    } else {
      const params = { protocolVersion: connection.version ?? oldestVersion, capabilities: {} };
      const session = connection.session ?? (await this.#begin(connection, { isRevived: true }, request, params));
      await this.#requests.serve(message, session, this.#exchangeOf(session), request);
    }
  }

  async #initialize(
    { id, params = {} }: RpcRequest,
    connection: Connection,
    request: EndpointRequest,
  ): Promise<RpcMessage> {
    const answer = await this.#handshake.answerTo(params, request);
    if (answer.kind === 'refused') {
      const { code, message, data } = answer.rejection;
      return rpcError(id, code, message, data);
    }
    const session = await this.#begin(connection, { isRevived: false }, request, params);
    return rpcResult(id, { protocolVersion: session.version, ...answer.result });
  }

  async #begin(
    connection: Connection,
    { isRevived }: { isRevived: boolean },
    request: EndpointRequest,
    initialize: JsonObject,
  ): Promise<LegacySession> {
    const { id, outlet } = connection;
    const session = this.#sessions.openOn({ id, outlet, isRevived }, initialize, request);
    connection.session = session;
    await this.#sessions.saved(session);
    // The client may have left meanwhile.
    if (this.#connections.get(id) !== connection) await this.#sessions.leave(session);
    return session;
  }

  #exchangeOf(session: LegacySession): ClientExchange {
    const { outlet } = session;
    const send = (message: RpcMessage | ReadyResult): void => {
      outlet.send(message);
    };
    return {
      canAsk: true,
      canResume: false,
      closeStream: () => undefined,
      notify: (method: string, params: JsonObject) => {
        if (canBeTold(method, session.version)) send({ jsonrpc: '2.0', method, params });
      },
      ask: (input, signal) => askClient(input, signal, { session, parts: this.#parts, send }),
      answer: send,
    };
  }

  #left(connection: Connection): void {
    this.#connections.delete(connection.id);
    if (connection.session) void this.#sessions.leave(connection.session);
  }
}

/** All that a client of HTTP+SSE is told goes over its one stream, and nothing of it is kept. */
class HttpSseOutlet implements SessionOutlet {
  #stream: SseResponse | undefined;

  get isConnected(): boolean {
    return this.#stream?.isOpen === true;
  }

  connect(stream: SseResponse): void {
    this.#stream = stream;
  }

  send(message: RpcMessage | ReadyResult): void {
    if (this.#stream?.isBehind === true && 'method' in message && isPassing(message.method)) return;
    this.#stream?.write(messageEvent(messageText(message)));
  }

  close(): void {
    this.#stream?.end();
  }
}
