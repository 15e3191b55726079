import type {
  Ids,
  JsonObject,
  ListenFilter,
  McpBackend,
  McpCall,
  McpCallContext,
  McpCaller,
  McpClientNotification,
  McpDescription,
  McpNotificationSink,
  McpOutcome,
} from '@mcp-hub/application';
import { LoadFailed, type FailureCode } from '@mcp-hub/domain';
import { isObject, type RpcNotification, type RpcRequest } from '../wire/json-rpc.js';
import { clientNotifications, errorCode, isLegacyVersion, latestLegacyVersion } from '../wire/protocol.js';
import { systemTimers, type Timers } from '../wire/timers.js';
import { describeServer } from './describe-server.js';
import { lostLoad } from './lost-load.js';
import { OwnedTasks, relatedTaskOf } from './owned-tasks.js';
import type { RawMessageExtra, RawTransport } from './raw-transport.js';
import { RpcConnection, type RpcReply } from './rpc-connection.js';
import { ServerRefused } from './server-refused.js';
import { Subscriptions } from './subscriptions.js';
import type { UpstreamCall } from './upstream-call.js';
import { UpstreamCalls } from './upstream-calls.js';
import { withoutEnvelope } from './upstream-params.js';

export interface ClientBackendOptions {
  transport: RawTransport;
  ids: Ids;
  clientInfo?: JsonObject;
  /** What the server is told its client can do; default `sharedClientCapabilities`. */
  clientCapabilities?: JsonObject;
  /** Calls that wait for a client's input at the same time; default 100. */
  parkedMax?: number;
  /** How long a call may wait for a client's input; default 10 minutes. */
  parkedMs?: number;
  /** Of the `LoadFailed` where the server does not answer; default `upstream_unreachable`. */
  failureCode?: FailureCode;
  timers?: Timers;
}

/**
 * What a server that many callers share is told its client can do. Not roots: it would keep one caller's for all
 * (design.md, "McpBackend").
 */
export const sharedClientCapabilities: JsonObject = {
  elicitation: { form: {}, url: {} },
  sampling: { context: {}, tools: {} },
};

/**
 * A server of the legacy era (2024-11-05 to 2025-11-25) on any transport. It works on raw messages, so what it does not
 * know passes through; a request of the server to its client parks the call that it belongs to.
 */
export class ClientBackend implements McpBackend {
  readonly #options: ClientBackendOptions;
  readonly #connection: RpcConnection;
  readonly #declared: JsonObject;
  readonly #calls: UpstreamCalls;
  readonly #subscriptions: Subscriptions;
  readonly #tasks = new OwnedTasks();
  readonly #exitListeners: ((reason: Error) => void)[] = [];
  #initialized: JsonObject = {};
  #isClosing = false;

  constructor(options: ClientBackendOptions) {
    this.#options = options;
    this.#connection = new RpcConnection(options.transport, {
      onRequest: (request, extra) => {
        this.#onRequest(request, extra);
      },
      onNotification: (notification, extra) => {
        this.#onNotification(notification, extra);
      },
      onClose: () => {
        this.#onClose();
      },
    });
    this.#declared = options.clientCapabilities ?? sharedClientCapabilities;
    const parked = {
      ids: options.ids,
      timers: options.timers ?? systemTimers,
      max: options.parkedMax ?? 100,
      expiryMs: options.parkedMs ?? 600_000,
    };
    this.#calls = new UpstreamCalls(this.#connection, parked, { declared: this.#declared, tasks: this.#tasks });
    this.#subscriptions = new Subscriptions((method, uri) => {
      this.#connection.request(this.#connection.nextId(), method, { uri }, () => undefined);
    });
  }

  /** The revision that the server speaks; empty before `start`. */
  get protocolVersion(): string {
    const version = this.#initialized['protocolVersion'];
    return typeof version === 'string' ? version : '';
  }

  /** Connects and shakes hands; when that fails nothing stays open. @throws LoadFailed */
  async start(signal: AbortSignal): Promise<void> {
    try {
      await this.#handshake(signal);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async describe(signal: AbortSignal): Promise<McpDescription> {
    return describeServer(this.#initialized, (method, params) =>
      this.#ask(method, params, signal, { isOptional: true }),
    );
  }

  call(call: McpCall, context: McpCallContext): Promise<McpOutcome> {
    const refusal = this.#tasks.refusalOf(call, context.caller);
    if (refusal) return Promise.resolve(refusal);
    const answer = this.#calls.run({ ...call, params: this.#tasks.paramsOf(call) }, context);
    const outcome = answer.then((done) => this.#tasks.outcomeOf(call, context.caller, done));
    const { uri } = call.params;
    if (call.method !== 'resources/subscribe' || typeof uri !== 'string') return outcome;
    return outcome.then((done) => {
      if (done.kind === 'complete') this.#subscriptions.announce(uri);
      return done;
    });
  }

  notify({ method, params }: McpClientNotification, caller: McpCaller): void {
    if (this.#mayBeTold(method, params, caller)) this.#connection.notify(method, withoutEnvelope(params));
  }

  listen(filter: ListenFilter, sink: McpNotificationSink): () => void {
    return this.#subscriptions.listen(filter, sink);
  }

  async check(signal: AbortSignal): Promise<void> {
    // An error is a sign of life too: not every server knows ping.
    await this.#reply('ping', undefined, signal);
  }

  onExit(listener: (reason: Error) => void): void {
    this.#exitListeners.push(listener);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#connection.close();
  }

  #mayBeTold(method: string, params: JsonObject, caller: McpCaller): boolean {
    if (method === 'notifications/roots/list_changed') return this.#declared['roots'] !== undefined;
    if (method === 'notifications/progress') return this.#calls.hasAsked(params['progressToken'], caller);
    return !clientNotifications.has(method);
  }

  async #handshake(signal: AbortSignal): Promise<void> {
    const { clientInfo, transport } = this.#options;
    try {
      await this.#connection.start();
    } catch (error) {
      throw this.#failed('The connection to the server could not be opened', error);
    }
    this.#initialized = await this.#ask(
      'initialize',
      {
        protocolVersion: latestLegacyVersion,
        capabilities: this.#declared,
        clientInfo: clientInfo ?? { name: 'mcp-hub-registry', version: '0.1.0' },
      },
      signal,
    );
    const version = this.protocolVersion;
    if (!isLegacyVersion(version)) {
      throw this.#failed(`The server speaks protocol version "${version}" only`, new ServerRefused(version));
    }
    transport.setProtocolVersion?.(version);
    this.#connection.notify('notifications/initialized');
    const capabilities = this.#initialized['capabilities'];
    if (isObject(capabilities) && capabilities['logging'] !== undefined) {
      // Callers differ in what they want to see: the server says all of it, and each call filters for itself.
      await this.#reply('logging/setLevel', { level: 'debug' }, signal);
    }
  }

  /** An optional method that the server does not have counts as answered with nothing. */
  async #ask(
    method: string,
    params: JsonObject,
    signal: AbortSignal,
    { isOptional = false } = {},
  ): Promise<JsonObject> {
    const reply = await this.#reply(method, params, signal);
    if (reply.kind === 'result') return reply.result;
    if (isOptional && reply.error.code === errorCode.methodNotFound) return {};
    const { message, code } = reply.error;
    throw this.#failed(`The server answered ${method} with an error: ${message}`, new ServerRefused(message, code));
  }

  async #reply(
    method: string,
    params: JsonObject | undefined,
    signal: AbortSignal,
  ): Promise<Exclude<RpcReply, { kind: 'closed' }>> {
    let reply: RpcReply;
    try {
      reply = await this.#connection.ask(method, params, signal);
    } catch (error) {
      throw this.#failed(`The server did not answer ${method} in time`, error);
    }
    if (reply.kind === 'closed') {
      if (reply.loss) throw lostLoad(reply.loss);
      throw this.#failed(`The server went away before it answered ${method}`, this.#connection.lastError);
    }
    return reply;
  }

  #failed(message: string, cause?: unknown): LoadFailed {
    const remedy = 'See whether the server itself works, and read its log.';
    return new LoadFailed(this.#options.failureCode ?? 'upstream_unreachable', `${message}.`, remedy, { cause });
  }

  #onRequest(request: RpcRequest, extra: RawMessageExtra | undefined): void {
    if (request.method === 'ping') this.#connection.answer(request.id, {});
    else this.#calls.ask(request, extra);
  }

  #onNotification({ method, params = {} }: RpcNotification, extra: RawMessageExtra | undefined): void {
    if (method === 'notifications/progress') {
      const call = this.#calls.get(params['progressToken']);
      if (call) call.progress(params);
      else this.#tellOfTask(params);
      return;
    }
    if (method === 'notifications/cancelled') {
      this.#calls.withdraw(params['requestId']);
      return;
    }
    if (this.#subscriptions.publish(method, params)) return;
    const call = this.#calls.attribute(extra, params);
    const isFor = this.#addresseeOf(method, params, call);
    if (isFor) {
      this.#subscriptions.broadcast(method, params, isFor);
      return;
    }
    if (!call) {
      // With several callers in flight nobody knows whose it is, so nobody gets it.
      if (this.#calls.size === 0) this.#subscriptions.broadcast(method, params);
    } else if (method === 'notifications/message') call.log(params);
    else call.notify(method, params);
  }

  /** Whom a notification is for that names what one caller has; undefined for any other. */
  #addresseeOf(
    method: string,
    params: JsonObject,
    call: UpstreamCall | undefined,
  ): ((caller: McpCaller | undefined) => boolean) | undefined {
    const { elicitationId, taskId } = params;
    switch (method) {
      case 'notifications/elicitation/complete':
        return (caller) => this.#calls.elicitations.isOf(String(elicitationId), caller);
      case 'notifications/tasks/status':
        return (caller) => this.#tasks.isOf(taskId, caller);
      default: {
        const related = call ? undefined : relatedTaskOf(params);
        return related === undefined ? undefined : (caller) => this.#tasks.isOf(related, caller);
      }
    }
  }

  /** Progress of a request that became a task, and is answered. */
  #tellOfTask(params: JsonObject): void {
    const { progressTokens } = this.#tasks;
    const token = String(params['progressToken']);
    const theirs = { ...params, progressToken: progressTokens.theirs(token) };
    this.#subscriptions.broadcast('notifications/progress', theirs, (caller) => progressTokens.isOf(token, caller));
  }

  #onClose(): void {
    this.#subscriptions.clear();
    if (this.#isClosing) {
      this.#calls.clear();
      return;
    }
    const reason = this.#connection.lastError ?? new Error('The server closed its connection.');
    for (const listener of this.#exitListeners.splice(0)) listener(reason);
  }
}
