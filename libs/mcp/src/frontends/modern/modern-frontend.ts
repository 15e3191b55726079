import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { JsonObject, McpIdentity } from '@mcp-hub/application';
import { accepts, sendEmpty, sendJson, sendRejection } from '../../wire/http-answer.js';
import { isObject, rpcError, rpcResult, type RpcId, type RpcRequest } from '../../wire/json-rpc.js';
import { errorCode, metaKey, modernVersions } from '../../wire/protocol.js';
import { ReadyResult } from '../../wire/ready-result.js';
import { CallLoss } from '../../call-loss.js';
import type { LegOutcome } from '../call-runner.js';
import type { EndpointParts } from '../endpoint-parts.js';
import { ownerHeader, type EndpointRequest } from '../endpoint-options.js';
import { unavailable } from '../unavailable.js';
import { ModernExchange } from './modern-exchange.js';
import type { Classified } from './modern-request.js';
import { inputRequiredResult, modernMembers, modernResult } from './modern-result.js';
import { listenFilterOf, ModernSubscription } from './modern-subscription.js';
import { paramHeaderFault } from './param-header-fault.js';

/** Methods of earlier revisions that 2026-07-28 has no more. */
const removed: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);

type ModernMessage = Extract<Classified, { era: 'modern' }>;

/** The stateless era (2026-07-28): every POST is served by itself. */
export class ModernFrontend {
  readonly #parts: EndpointParts;
  readonly #subscriptions = new Set<ModernSubscription>();

  constructor(parts: EndpointParts) {
    this.#parts = parts;
  }

  async handle(
    message: ModernMessage,
    req: IncomingMessage,
    res: ServerResponse,
    request: EndpointRequest,
  ): Promise<void> {
    if (message.kind === 'notification') {
      const { method, params = {} } = message.notification;
      // One that comes again may have been heard the first time.
      if (request.attempt === 1) this.#parts.options.backend.notify?.({ method, params }, { id: request.caller });
      sendEmpty(res, 202);
      return;
    }
    const { id, method } = message.request;
    if (removed.has(method)) {
      sendRejection(res, id, {
        status: 404,
        code: errorCode.methodNotFound,
        message: `There is no ${method} in 2026-07-28.`,
      });
      return;
    }
    let description: McpIdentity;
    try {
      description = await this.#parts.described.current();
    } catch (error) {
      this.#refuseUnavailable(res, message.request, request, error);
      return;
    }
    if (method === 'server/discover') {
      sendJson(res, 200, rpcResult(id, modernResult(method, discovered(description), description.serverInfo)));
    } else if (method === 'subscriptions/listen') this.#listen(message.request, description, res);
    else await this.#call(message, description, req, res, request);
  }

  /** Ends the subscriptions in an orderly way. */
  close(): void {
    for (const subscription of [...this.#subscriptions]) subscription.end();
  }

  async #call(
    { request: { id, method, params = {} }, meta }: Extract<ModernMessage, { kind: 'request' }>,
    { serverInfo }: McpIdentity,
    req: IncomingMessage,
    res: ServerResponse,
    request: EndpointRequest,
  ): Promise<void> {
    const { options, described, calls, heartbeat } = this.#parts;
    if (method === 'tools/call') {
      const facts = described.knownTools()?.get(String(params['name']));
      const fault = facts && paramHeaderFault(facts.paramHeaders, params['arguments'], req.headers);
      if (fault) {
        const error = `The headers and the body disagree: ${fault.body}.`;
        sendRejection(res, id, {
          status: 400,
          code: errorCode.headerMismatch,
          message: error,
          data: { mismatch: fault },
        });
        return;
      }
    }
    const call = this.#unsealed(method, params, id, res, request);
    if (!call) return;
    const exchange = new ModernExchange(res, heartbeat, accepts(req.headers.accept, 'text/event-stream'));
    const clientInfo = meta[metaKey.clientInfo];
    const logLevel = meta[metaKey.logLevel];
    const outcome = await calls.run({
      call: { method, params: call },
      request,
      clientCapabilities: meta[metaKey.clientCapabilities] as JsonObject,
      ...(isObject(clientInfo) && { clientInfo }),
      ...(typeof logLevel === 'string' && { logLevel }),
      signal: exchange.signal,
      onNotification: (name, about) => {
        exchange.notify(name, about);
      },
    });
    switch (outcome.kind) {
      case 'complete':
        exchange.answer(
          outcome.json === undefined
            ? rpcResult(id, modernResult(method, outcome.result, serverInfo))
            : new ReadyResult(id, outcome.json, modernMembers(method, serverInfo)),
        );
        return;
      case 'inputRequired': {
        const { kind: _, requestState, ...asking } = outcome;
        const binding = { caller: request.caller, serverId: options.serverId, method, params };
        const { incarnation } = options;
        const sealed =
          requestState === undefined ? undefined : options.seal.seal({ state: requestState, incarnation }, binding);
        const state = sealed === undefined ? {} : { requestState: sealed };
        exchange.answer(rpcResult(id, inputRequiredResult({ ...asking, ...state }, serverInfo)));
        return;
      }
      case 'error': {
        const { code, message, data } = modernError(method, outcome.error);
        exchange.answer(rpcError(id, code, message, data), statusOf(method, code, outcome), retryHeader(outcome));
      }
    }
  }

  /** The params with the backend's own state; undefined where the answer has been given. */
  #unsealed(
    method: string,
    params: JsonObject,
    id: RpcId,
    res: ServerResponse,
    request: EndpointRequest,
  ): JsonObject | undefined {
    const { options, calls } = this.#parts;
    const sealed = params['requestState'];
    if (sealed === undefined) return params;
    const opened =
      typeof sealed === 'string'
        ? options.seal.open(sealed, { caller: request.caller, serverId: options.serverId, method, params })
        : undefined;
    if (!opened) {
      const data = { reason: 'invalid_request_state' };
      const message = 'requestState is not valid for this call: it was altered, is of another call, or has expired.';
      sendJson(res, 200, rpcError(id, errorCode.invalidParams, message, data));
      return undefined;
    }
    if (opened.incarnation === options.incarnation) return { ...params, requestState: opened.state };
    if (request.isOwnerGone === true || request.attempt > 1) {
      const data = calls.lossData(request, new CallLoss('unknown', 'server_gone'));
      const message = 'The worker that kept this call is gone; whether it was executed is unknown.';
      sendJson(res, 200, rpcError(id, errorCode.hub, message, data));
    } else {
      const message = 'Another worker keeps this call.';
      sendRejection(res, id, {
        status: 409,
        code: errorCode.hub,
        message,
        headers: { [ownerHeader]: opened.incarnation },
      });
    }
    return undefined;
  }

  #listen({ id, params = {} }: RpcRequest, description: McpIdentity, res: ServerResponse): void {
    const { options, heartbeat } = this.#parts;
    const filter = listenFilterOf(params);
    if (!filter) {
      sendJson(
        res,
        200,
        rpcError(id, errorCode.invalidParams, 'params.notifications must be a filter of subscriptions.'),
      );
      return;
    }
    if (this.#subscriptions.size >= options.limits.maxSessions) {
      sendJson(res, 200, rpcError(id, errorCode.internal, 'Too many subscriptions are open.'));
      return;
    }
    const subscription = new ModernSubscription({
      id,
      filter,
      backend: options.backend,
      description,
      res,
      heartbeat,
      onEnd: () => {
        this.#subscriptions.delete(subscription);
      },
    });
    this.#subscriptions.add(subscription);
    subscription.start();
  }

  #refuseUnavailable(res: ServerResponse, { id, method }: RpcRequest, request: EndpointRequest, error: unknown): void {
    const { message, loss } = unavailable(error);
    const data = this.#parts.calls.lossData(request, loss);
    const status = method === 'tools/call' ? 200 : 503;
    const headers = { ...(status === 503 && { 'retry-after': String(loss.retryAfter) }) };
    sendRejection(res, id, { status, code: errorCode.hub, message, data, headers });
  }
}

function discovered({ capabilities, instructions, more }: McpIdentity): JsonObject {
  const { tasks: _, ...modern } = capabilities;
  return {
    ...more,
    supportedVersions: [...modernVersions],
    capabilities: modern,
    ...(instructions !== undefined && { instructions }),
  };
}

type ErrorOutcome = Extract<LegOutcome, { kind: 'error' }>;

/** 2026-07-28 says of a resource that is not there that the params are invalid. */
function modernError(method: string, error: ErrorOutcome['error']): ErrorOutcome['error'] {
  const isMissing = method === 'resources/read' && error.code === errorCode.resourceNotFound;
  return isMissing ? { ...error, code: errorCode.invalidParams } : error;
}

function retryHeader({ retryAfter }: ErrorOutcome): OutgoingHttpHeaders {
  return retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
}

function statusOf(method: string, code: number, { error, isLoss, retryAfter }: ErrorOutcome): number {
  if (retryAfter !== undefined) return 503;
  if (isLoss) return 200;
  if (code === errorCode.missingClientCapability) return 400;
  // Clients lose `data` of anything but 200.
  return code === errorCode.methodNotFound && method !== 'tools/call' && error.data === undefined ? 404 : 200;
}
