import type {
  JsonObject,
  ListenFilter,
  McpBackend,
  McpCall,
  McpCallContext,
  McpClientNotification,
  McpDescription,
  McpNotificationSink,
  McpOutcome,
} from '@mcp-hub/application';
import { LoadFailed, type FailureCode } from '@mcp-hub/domain';
import { isObject, type RpcNotification } from '../wire/json-rpc.js';
import { clientNotifications, errorCode, metaKey, modernVersions } from '../wire/protocol.js';
import { describeServer } from './describe-server.js';
import { lostLoad } from './lost-load.js';
import { ModernCalls } from './modern-calls.js';
import { hubEnvelope } from './modern-params.js';
import type { RawMessageExtra, RawTransport } from './raw-transport.js';
import { RpcConnection } from './rpc-connection.js';
import { ServerRefused } from './server-refused.js';
import { Subscriptions } from './subscriptions.js';

export interface ModernBackendOptions {
  /**
   * Where it can't tell which request a message of the server belongs to (stdio), progress finds its call by the token,
   * and the rest goes to the only caller in flight.
   */
  transport: RawTransport;
  /** Of the `LoadFailed` where the server does not answer; default `upstream_unreachable`. */
  failureCode?: FailureCode;
}

const listChanges = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };

/**
 * A server of the modern era (2026-07-28) on a connection that carries many requests. It works on raw messages, so what
 * it does not know passes through, `requestState` of the server included: sealing it is the frontends' business.
 */
export class ModernBackend implements McpBackend {
  readonly #failureCode: FailureCode;
  readonly #connection: RpcConnection;
  readonly #calls: ModernCalls;
  readonly #subscriptions: Subscriptions;
  /** Requests `subscriptions/listen` by the resource that they are for. */
  readonly #listening = new Map<string, number>();
  readonly #exitListeners: ((reason: Error) => void)[] = [];
  #capabilities: JsonObject = {};
  #isClosing = false;

  constructor({ transport, failureCode = 'upstream_unreachable' }: ModernBackendOptions) {
    this.#failureCode = failureCode;
    this.#connection = new RpcConnection(transport, {
      onRequest: ({ id }) => {
        this.#connection.refuse(id, { code: errorCode.methodNotFound, message: 'Method not found' });
      },
      onNotification: (notification, extra) => {
        this.#onNotification(notification, extra);
      },
      onClose: () => {
        this.#onClose();
      },
    });
    this.#calls = new ModernCalls(this.#connection);
    this.#subscriptions = new Subscriptions((method, uri) => {
      if (method === 'resources/subscribe') this.#listening.set(uri, this.#subscribe({ resourceSubscriptions: [uri] }));
      else this.#unsubscribe(uri);
    });
  }

  /** Connects, and makes sure that the server speaks 2026-07-28; when it does not, nothing stays open. @throws LoadFailed */
  async start(signal: AbortSignal): Promise<void> {
    try {
      await this.#connection.start();
      const { supportedVersions, capabilities } = await this.#ask('server/discover', {}, signal);
      const isSupported = Array.isArray(supportedVersions) && supportedVersions.includes(modernVersions[0]);
      if (!isSupported) {
        const message = `The server does not speak protocol version ${modernVersions[0]}`;
        throw this.#failed(message, new ServerRefused(message));
      }
      if (isObject(capabilities)) this.#capabilities = capabilities;
      this.#subscribe(listChanges);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async describe(signal: AbortSignal): Promise<McpDescription> {
    const discovered = await this.#ask('server/discover', {}, signal);
    const meta = isObject(discovered['_meta']) ? discovered['_meta'] : {};
    const initialized = { ...discovered, serverInfo: meta[metaKey.serverInfo] };
    return describeServer(initialized, (method, params) => this.#ask(method, params, signal));
  }

  call(call: McpCall, context: McpCallContext): Promise<McpOutcome> {
    // Of sessions: the server is subscribed when the caller listens.
    if (call.method === 'resources/subscribe') return Promise.resolve(this.#subscribed());
    return this.#calls.run(call, context);
  }

  notify({ method, params }: McpClientNotification): void {
    if (!clientNotifications.has(method)) this.#connection.notify(method, params);
  }

  listen(filter: ListenFilter, sink: McpNotificationSink): () => void {
    return this.#subscriptions.listen(filter, sink);
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#ask('server/discover', {}, signal);
  }

  onExit(listener: (reason: Error) => void): void {
    this.#exitListeners.push(listener);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#connection.close();
  }

  /** A method that the server does not have counts as answered with nothing. */
  async #ask(method: string, params: JsonObject, signal: AbortSignal): Promise<JsonObject> {
    const reply = await this.#connection
      .ask(method, { ...params, _meta: hubEnvelope }, signal)
      .catch((error: unknown) => {
        throw this.#failed(`The server did not answer ${method} in time`, error);
      });
    if (reply.kind === 'result') return reply.result;
    if (reply.kind === 'error' && reply.error.code === errorCode.methodNotFound) return {};
    if (reply.kind === 'error') {
      const { message, code } = reply.error;
      throw this.#failed(`The server answered ${method} with: ${message}`, new ServerRefused(message, code));
    }
    if (reply.loss) throw lostLoad(reply.loss);
    throw this.#failed(`The server went away before it answered ${method}`, this.#connection.lastError);
  }

  #subscribed(): McpOutcome {
    const { resources } = this.#capabilities;
    return isObject(resources) && resources['subscribe'] === true
      ? { kind: 'complete', result: {} }
      : { kind: 'error', code: errorCode.methodNotFound, message: 'Method not found' };
  }

  /** @returns the request's id, by which the subscription is ended */
  #subscribe(notifications: JsonObject): number {
    const id = this.#connection.nextId();
    // Answered when it ends, which it does for reasons that are known here.
    this.#connection.request(id, 'subscriptions/listen', { _meta: hubEnvelope, notifications }, () => undefined);
    return id;
  }

  #unsubscribe(uri: string): void {
    const id = this.#listening.get(uri);
    if (id === undefined) return;
    this.#listening.delete(uri);
    this.#connection.forget(id);
    this.#connection.notify('notifications/cancelled', { requestId: id });
  }

  #onNotification({ method, params = {} }: RpcNotification, extra: RawMessageExtra | undefined): void {
    if (!this.#calls.tell(method, params, extra)) this.#subscriptions.publish(method, withoutSubscription(params));
  }

  #onClose(): void {
    this.#subscriptions.clear();
    if (this.#isClosing) return;
    const reason = this.#connection.lastError ?? new Error('The server closed its connection.');
    for (const listener of this.#exitListeners.splice(0)) listener(reason);
  }

  #failed(message: string, cause?: unknown): LoadFailed {
    const remedy = 'See whether the server itself works, and read its log.';
    return new LoadFailed(this.#failureCode, `${message}.`, remedy, { cause });
  }
}

/** Which subscription an event came by is between the hub and the server; clients have subscriptions of their own. */
function withoutSubscription(params: JsonObject): JsonObject {
  if (!isObject(params['_meta'])) return params;
  const { [metaKey.subscriptionId]: _, ...meta } = params['_meta'];
  const { _meta, ...rest } = params;
  return Object.keys(meta).length > 0 ? { ...rest, _meta: meta } : rest;
}
