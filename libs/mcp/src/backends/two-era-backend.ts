import type {
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
import { isModernCall } from './upstream-params.js';

export interface TwoEraOptions {
  legacy: McpBackend;
  /** The modern side where it runs already. */
  modern?: McpBackend;
  /** Starts the same server once more, in the modern era. @param signal aborted when the backend is closed meanwhile */
  startModern?: (signal: AbortSignal) => Promise<McpBackend>;
  /** Told when that fails; clients of the modern era are served by the legacy side then. */
  onModernFailed?: (error: unknown) => void;
}

interface Listener {
  filter: ListenFilter;
  sink: McpNotificationSink;
  stops: (() => void)[];
}

/**
 * A server that has an instance for each era, as the SDK itself has where it serves both: callers get what they would
 * get directly. The modern one is started when a client of that era first calls.
 */
export class TwoEraBackend implements McpBackend {
  readonly #options: TwoEraOptions;
  readonly #listeners = new Set<Listener>();
  readonly #exitListeners: ((reason: Error) => void)[] = [];
  #starting: Promise<McpBackend> | undefined;
  /** Who serves modern clients: `#modern`, or the legacy side where there is none. */
  #forModern: McpBackend | undefined;
  #modern: McpBackend | undefined;
  readonly #closing = new AbortController();

  constructor(options: TwoEraOptions) {
    this.#options = options;
    this.#forwardExit(options.legacy);
    if (options.modern) this.#adopt(options.modern);
  }

  describe(signal: AbortSignal): Promise<McpDescription> {
    return this.#options.legacy.describe(signal);
  }

  call(call: McpCall, context: McpCallContext): Promise<McpOutcome> {
    if (!isModernCall(call.params)) return this.#options.legacy.call(call, context);
    if (this.#forModern) return this.#forModern.call(call, context);
    this.#starting ??= this.#startModern();
    return this.#starting.then((backend) => backend.call(call, context));
  }

  notify(notification: McpClientNotification, caller: McpCaller): void {
    // Callers of the legacy era have sessions.
    const backend = caller.session === undefined ? (this.#forModern ?? this.#options.legacy) : this.#options.legacy;
    backend.notify?.(notification, caller);
  }

  listen(filter: ListenFilter, sink: McpNotificationSink): () => void {
    const listener: Listener = { filter, sink, stops: [this.#options.legacy.listen(filter, sink)] };
    if (this.#modern) listener.stops.push(this.#modern.listen(filter, sink));
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      for (const stop of listener.stops.splice(0)) stop();
    };
  }

  async check(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#options.legacy.check(signal), this.#modern?.check(signal)]);
  }

  onExit(listener: (reason: Error) => void): void {
    this.#exitListeners.push(listener);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    // What is being started must not be left behind.
    await Promise.all([this.#options.legacy.close(), this.#starting]);
    await this.#modern?.close();
  }

  /** @returns the side that serves modern clients from now on */
  async #startModern(): Promise<McpBackend> {
    const { legacy, startModern, onModernFailed } = this.#options;
    if (!startModern) return legacy;
    let modern: McpBackend;
    try {
      modern = await startModern(this.#closing.signal);
    } catch (error) {
      // The hub joins the eras itself then, and loses no more than what can't be joined.
      if (!this.#closing.signal.aborted) onModernFailed?.(error);
      this.#forModern = legacy;
      return legacy;
    }
    this.#adopt(modern);
    return modern;
  }

  #adopt(modern: McpBackend): void {
    this.#modern = modern;
    this.#forModern = modern;
    this.#forwardExit(modern);
    for (const listener of this.#listeners) listener.stops.push(modern.listen(listener.filter, listener.sink));
  }

  #forwardExit(backend: McpBackend): void {
    backend.onExit((reason) => {
      for (const listener of this.#exitListeners.splice(0)) listener(reason);
    });
  }
}
