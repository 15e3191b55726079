import type { CallSignal, JsonObject } from '@mcp-hub/application';
import { CallController } from '../../wire/call-controller.js';
import { isObject, rpcError, rpcResult, type RpcNotification, type RpcRequest } from '../../wire/json-rpc.js';
import { ReadyResult } from '../../wire/ready-result.js';
import { isLogged, isLogLevel } from '../../wire/log-levels.js';
import { errorCode, metaKey } from '../../wire/protocol.js';
import type { LegOutcome } from '../call-runner.js';
import type { EndpointRequest } from '../endpoint-options.js';
import type { EndpointParts } from '../endpoint-parts.js';
import type { ClientExchange } from './client-exchange.js';
import { LegacyCalls } from './legacy-call.js';
import type { LegacySession, SessionEnd } from './legacy-session.js';
import type { LegacySessions } from './legacy-sessions.js';
import { OlderLists } from './older-lists.js';
import { legacyResult } from './revision-messages.js';

const byClient: SessionEnd = 'by_client';

/** What a client asks for within a session: the session's own affairs here, anything else at the server. */
export class LegacyRequests {
  readonly #parts: EndpointParts;
  readonly #sessions: LegacySessions;
  readonly #calls: LegacyCalls;
  readonly #lists = new OlderLists();

  constructor(parts: EndpointParts, sessions: LegacySessions) {
    this.#parts = parts;
    this.#sessions = sessions;
    this.#calls = new LegacyCalls(parts);
  }

  async serve(
    message: RpcRequest,
    session: LegacySession,
    exchange: ClientExchange,
    request: EndpointRequest,
  ): Promise<void> {
    const { id, method } = message;
    const isFirst = session.isRevivalUntold;
    session.isRevivalUntold = false;
    if (isFirst) await this.#warnOfRevival(session, exchange);
    const controller = new CallController();
    session.inFlight.set(id, controller);
    const outcome = await this.#outcomeOf(message, session, exchange, request, controller);
    session.inFlight.delete(id);
    if (outcome.kind === 'complete') {
      const text = this.#lists.textOf(method, outcome, session.version);
      if (text !== undefined) {
        exchange.answer(new ReadyResult(id, text, isFirst ? withRevival({}) : {}));
        return;
      }
      const result = legacyResult(method, outcome.result, session.version);
      exchange.answer(rpcResult(id, isFirst ? withRevival(result) : result));
      return;
    }
    session.isRevivalUntold = isFirst;
    // A request that its client cancelled gets no answer (2025-11-25, "Cancellation").
    const isUnwanted = controller.aborted && controller.reason === byClient;
    if (outcome.kind === 'error' && !isUnwanted) {
      const { code, message: reason, data } = outcome.error;
      exchange.answer(rpcError(id, code, reason, data), outcome.retryAfter);
    }
  }

  notified({ method, params = {} }: RpcNotification, session: LegacySession): void {
    if (method !== 'notifications/cancelled') {
      this.#parts.options.backend.notify?.({ method, params }, { id: session.caller, session: session.id });
      return;
    }
    const { requestId } = params;
    if (typeof requestId === 'string' || typeof requestId === 'number')
      session.inFlight.get(requestId)?.abort(byClient);
  }

  async #outcomeOf(
    { method, params = {} }: RpcRequest,
    session: LegacySession,
    exchange: ClientExchange,
    request: EndpointRequest,
    signal: CallSignal,
  ): Promise<LegOutcome> {
    switch (method) {
      case 'ping':
        return done;
      case 'logging/setLevel':
        return this.#setLevel(params, session);
      case 'resources/unsubscribe': {
        const { uri } = params;
        if (!(await this.#has('resources', 'subscribe'))) return refused(errorCode.methodNotFound, 'Method not found');
        if (typeof uri !== 'string') return refused(errorCode.invalidParams, 'params.uri is required.');
        session.unsubscribe(uri);
        this.#sessions.changed(session);
        return done;
      }
      case 'resources/subscribe': {
        const outcome = await this.#calls.run({ method, params }, session, exchange, request, signal);
        if (outcome.kind === 'complete' && typeof params['uri'] === 'string') {
          session.subscribe(params['uri']);
          this.#sessions.changed(session);
        }
        return outcome;
      }
      default:
        return this.#calls.run({ method, params }, session, exchange, request, signal);
    }
  }

  async #setLevel({ level }: JsonObject, session: LegacySession): Promise<LegOutcome> {
    if (!(await this.#has('logging'))) return refused(errorCode.methodNotFound, 'Method not found');
    if (!isLogLevel(level)) return refused(errorCode.invalidParams, 'params.level is no log level.');
    session.setLogLevel(level);
    this.#sessions.changed(session);
    return done;
  }

  async #has(name: string, member?: string): Promise<boolean> {
    const description = await this.#parts.described.current().catch(() => undefined);
    const capability = description?.capabilities[name];
    return isObject(capability) && (member === undefined || capability[member] === true);
  }

  async #warnOfRevival({ logLevel }: LegacySession, exchange: ClientExchange): Promise<void> {
    if (!isLogged('warning', logLevel) || !(await this.#has('logging'))) return;
    exchange.notify('notifications/message', {
      level: 'warning',
      logger: 'mcp-hub-registry',
      data: { message: 'The session was moved to another worker; what the server kept for it may be lost.' },
    });
  }
}

const done: LegOutcome = { kind: 'complete', result: {} };

function refused(code: number, message: string): LegOutcome {
  return { kind: 'error', error: { code, message }, isLoss: false };
}

function withRevival(result: JsonObject): JsonObject {
  const meta = isObject(result['_meta']) ? result['_meta'] : {};
  return { ...result, _meta: { ...meta, [metaKey.session]: { revived: true } } };
}
