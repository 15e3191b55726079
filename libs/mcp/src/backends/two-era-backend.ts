import type {
  ListenFilter,
  McpBackend,
  McpCall,
  McpCallContext,
  McpDescription,
  McpNotificationSink,
  McpOutcome,
} from '@mcp-hub/application';
import { isModernCall } from './upstream-params.js';

export interface TwoEraOptions {
  legacy: McpBackend;
  /** Starts the same server once more, in the modern era. */
  startModern: () => Promise<McpBackend>;
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
  #isClosed = false;

  constructor(options: TwoEraOptions) {
    this.#options = options;
    this.#forwardExit(options.legacy);
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

  listen(filter: ListenFilter, sink: McpNotificationSink): () => void {
    const listener: Listener = { filter, sink, stops: [this.#options.legacy.listen(filter, sink)] };
    if (this.#modern) listener.stops.push(this.#modern.listen(filter, sink));
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      for (const stop of listener.stops.splice(0)) stop();
    };
  }

  check(signal: AbortSignal): Promise<void> {
    return this.#options.legacy.check(signal);
  }

  onExit(listener: (reason: Error) => void): void {
    this.#exitListeners.push(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#options.legacy.close(), this.#modern?.close()]);
  }

  /** @returns the side that serves modern clients from now on */
  async #startModern(): Promise<McpBackend> {
    const { legacy, startModern, onModernFailed } = this.#options;
    try {
      this.#modern = await startModern();
    } catch (error) {
      // The hub joins the eras itself then, and loses no more than what can't be joined.
      onModernFailed?.(error);
      this.#forModern = legacy;
      return legacy;
    }
    const modern = this.#modern;
    this.#forModern = modern;
    if (this.#isClosed) await modern.close();
    this.#forwardExit(modern);
    for (const listener of this.#listeners) listener.stops.push(modern.listen(listener.filter, listener.sink));
    return modern;
  }

  #forwardExit(backend: McpBackend): void {
    backend.onExit((reason) => {
      for (const listener of this.#exitListeners.splice(0)) listener(reason);
    });
  }
}
