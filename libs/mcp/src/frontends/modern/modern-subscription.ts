import type { ServerResponse } from 'node:http';
import type { JsonObject, ListenFilter, McpBackend, McpIdentity } from '@mcp-hub/application';
import type { Heartbeat } from '../../wire/heartbeat.js';
import { isObject, rpcResult, type RpcId, type RpcMessage } from '../../wire/json-rpc.js';
import { metaKey } from '../../wire/protocol.js';
import { isSubscriptionEvent } from '../../backends/subscriptions.js';
import { messageEvent, SseResponse } from '../../wire/sse-response.js';

/** `params.notifications` of `subscriptions/listen`. @returns undefined where it is no filter */
export function listenFilterOf(params: JsonObject): ListenFilter | undefined {
  const wanted = params['notifications'];
  if (!isObject(wanted)) return undefined;
  const { toolsListChanged, promptsListChanged, resourcesListChanged, resourceSubscriptions } = wanted;
  const flags = { toolsListChanged, promptsListChanged, resourcesListChanged };
  if (Object.values(flags).some((flag) => flag !== undefined && typeof flag !== 'boolean')) return undefined;
  if (resourceSubscriptions !== undefined) {
    const isList =
      Array.isArray(resourceSubscriptions) && resourceSubscriptions.every((uri) => typeof uri === 'string');
    if (!isList) return undefined;
  }
  return wanted;
}

/** The part of a filter that the server's capabilities can honour. */
export function honouredFilter(filter: ListenFilter, capabilities: JsonObject): ListenFilter {
  const can = (name: string, member: string): boolean => {
    const capability = capabilities[name];
    return isObject(capability) && capability[member] === true;
  };
  const { toolsListChanged, promptsListChanged, resourcesListChanged, resourceSubscriptions = [] } = filter;
  return {
    ...(toolsListChanged === true && can('tools', 'listChanged') && { toolsListChanged }),
    ...(promptsListChanged === true && can('prompts', 'listChanged') && { promptsListChanged }),
    ...(resourcesListChanged === true && can('resources', 'listChanged') && { resourcesListChanged }),
    ...(resourceSubscriptions.length > 0 && can('resources', 'subscribe') && { resourceSubscriptions }),
  };
}

export interface SubscriptionOptions {
  id: RpcId;
  filter: ListenFilter;
  backend: McpBackend;
  description: McpIdentity;
  res: ServerResponse;
  heartbeat: Heartbeat;
  onEnd(): void;
}

/** One `subscriptions/listen`: acknowledged first, then every event tagged with the request's id, until either side ends it. */
export class ModernSubscription {
  readonly #options: SubscriptionOptions;
  readonly #tag: JsonObject;
  #stream: SseResponse | undefined;
  #stop: (() => void) | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#tag = { [metaKey.subscriptionId]: options.id };
  }

  start(): void {
    const { filter, backend, description, res, heartbeat } = this.#options;
    const honoured = honouredFilter(filter, description.capabilities);
    this.#stream = new SseResponse(res, heartbeat, () => {
      this.#stop?.();
      this.#options.onEnd();
    });
    this.#tell('notifications/subscriptions/acknowledged', { notifications: honoured });
    if (Object.keys(honoured).length === 0) {
      this.end();
      return;
    }
    this.#stop = backend.listen(honoured, (method, params) => {
      // Nothing else may be sent here: what a server logs outside of calls has no way to modern clients.
      if (isSubscriptionEvent(method)) this.#tell(method, params);
    });
    if (!this.#stream.isOpen) this.#stop();
  }

  /** Ends it in an orderly way. */
  end(): void {
    if (!this.#stream?.isOpen) return;
    this.#stop?.();
    const _meta = { ...this.#tag, [metaKey.serverInfo]: this.#options.description.serverInfo };
    this.#write(rpcResult(this.#options.id, { resultType: 'complete', _meta }));
    this.#stream.end();
    this.#options.onEnd();
  }

  #tell(method: string, params: JsonObject): void {
    const _meta = isObject(params['_meta']) ? { ...params['_meta'], ...this.#tag } : this.#tag;
    this.#write({ jsonrpc: '2.0', method, params: { ...params, _meta } });
  }

  #write(message: RpcMessage): void {
    this.#stream?.write(messageEvent(JSON.stringify(message)));
  }
}
