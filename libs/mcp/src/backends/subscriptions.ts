import type { JsonObject, ListenFilter, McpCaller, McpNotificationSink } from '@mcp-hub/application';

interface Listener {
  filter: ListenFilter;
  uris: ReadonlySet<string>;
  sink: McpNotificationSink;
}

type ListFlag = 'toolsListChanged' | 'promptsListChanged' | 'resourcesListChanged';

const flagOf: Readonly<Record<string, ListFlag>> = {
  'notifications/tools/list_changed': 'toolsListChanged',
  'notifications/prompts/list_changed': 'promptsListChanged',
  'notifications/resources/list_changed': 'resourcesListChanged',
};

/** Whether it is a notification that clients ask for one by one, and that belongs to no call. */
export function isSubscriptionEvent(method: string): boolean {
  return flagOf[method] !== undefined || method === 'notifications/resources/updated';
}

/** Who listens to what a server says outside of calls. The server is subscribed to a resource while anybody listens to it. */
export class Subscriptions {
  readonly #send: (method: 'resources/subscribe' | 'resources/unsubscribe', uri: string) => void;
  readonly #listeners = new Set<Listener>();
  readonly #counts = new Map<string, number>();
  /** Subscribed to at the server by a call of a client whose `listen` is still to come. */
  readonly #announced = new Set<string>();

  constructor(send: (method: 'resources/subscribe' | 'resources/unsubscribe', uri: string) => void) {
    this.#send = send;
  }

  announce(uri: string): void {
    if (!this.#counts.has(uri)) this.#announced.add(uri);
  }

  listen(filter: ListenFilter, sink: McpNotificationSink): () => void {
    const listener: Listener = { filter, uris: new Set(filter.resourceSubscriptions), sink };
    this.#listeners.add(listener);
    for (const uri of listener.uris) {
      const count = this.#counts.get(uri) ?? 0;
      this.#counts.set(uri, count + 1);
      if (count === 0 && !this.#announced.delete(uri)) this.#send('resources/subscribe', uri);
    }
    return () => {
      if (!this.#listeners.delete(listener)) return;
      for (const uri of listener.uris) {
        const count = (this.#counts.get(uri) ?? 1) - 1;
        if (count > 0) this.#counts.set(uri, count);
        else {
          this.#counts.delete(uri);
          this.#send('resources/unsubscribe', uri);
        }
      }
    };
  }

  /** Tells those who asked for it. @returns whether it is a notification that is asked for one by one */
  publish(method: string, params: JsonObject): boolean {
    const flag = flagOf[method];
    if (!isSubscriptionEvent(method)) return false;
    const uri = params['uri'];
    for (const { filter, uris, sink } of [...this.#listeners]) {
      if (flag ? filter[flag] === true : typeof uri === 'string' && uris.has(uri)) sink(method, params);
    }
    return true;
  }

  /** @param isFor tells which callers it is for; default: all */
  broadcast(method: string, params: JsonObject, isFor?: (caller: McpCaller | undefined) => boolean): void {
    for (const { filter, sink } of [...this.#listeners]) if (isFor?.(filter.caller) ?? true) sink(method, params);
  }

  clear(): void {
    this.#listeners.clear();
    this.#counts.clear();
    this.#announced.clear();
  }
}
