import type { JsonObject } from '@mcp-hub/application';
import { isObject, type RpcMessage, type RpcNotification } from '../../wire/json-rpc.js';

export interface RememberedCall {
  method: string;
  params: JsonObject;
}

/** What it takes to begin a session of the legacy era anew: read from what was sent in the first one. */
export class SessionMemory {
  #initialize: JsonObject | undefined;
  #level: JsonObject | undefined;
  #capabilities: JsonObject = {};
  readonly #subscribed = new Map<string, JsonObject>();

  get initialize(): JsonObject | undefined {
    return this.#initialize;
  }

  note(message: RpcMessage): void {
    if (!('method' in message)) return;
    const { method, params = {} } = message;
    switch (method) {
      case 'initialize':
        this.#initialize = params;
        return;
      case 'logging/setLevel':
        this.#level = params;
        return;
      case 'resources/subscribe':
        if (typeof params['uri'] === 'string') this.#subscribed.set(params['uri'], params);
        return;
      case 'resources/unsubscribe':
        if (typeof params['uri'] === 'string') this.#subscribed.delete(params['uri']);
    }
  }

  /** @param result of `initialize` */
  learn({ capabilities }: JsonObject): void {
    this.#capabilities = isObject(capabilities) ? capabilities : {};
  }

  /** What was said between two sessions nobody heard: the server may have other things now. */
  missedChanges(): RpcNotification[] {
    const lists = Object.entries(this.#capabilities)
      .filter(([, capability]) => isObject(capability) && capability['listChanged'] === true)
      .map(([name]): RpcNotification => ({ jsonrpc: '2.0', method: `notifications/${name}/list_changed` }));
    const updates = [...this.#subscribed.keys()].map((uri): RpcNotification => ({
      jsonrpc: '2.0',
      method: 'notifications/resources/updated',
      params: { uri },
    }));
    return [...lists, ...updates];
  }

  /** Requests that bring a new session to where the last one was. */
  restoring(): RememberedCall[] {
    const calls = [...this.#subscribed.values()].map((params) => ({ method: 'resources/subscribe', params }));
    return this.#level ? [{ method: 'logging/setLevel', params: this.#level }, ...calls] : calls;
  }
}
