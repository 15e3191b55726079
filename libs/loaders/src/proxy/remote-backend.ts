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

/** A server elsewhere, together with the connections to it. */
export class RemoteBackend implements McpBackend {
  readonly #backend: McpBackend;
  readonly #release: () => Promise<void>;

  constructor(backend: McpBackend, release: () => Promise<void>) {
    this.#backend = backend;
    this.#release = release;
  }

  describe(signal: AbortSignal): Promise<McpDescription> {
    return this.#backend.describe(signal);
  }

  call(call: McpCall, context: McpCallContext): Promise<McpOutcome> {
    return this.#backend.call(call, context);
  }

  notify(notification: McpClientNotification, caller: McpCaller): void {
    this.#backend.notify?.(notification, caller);
  }

  listen(filter: ListenFilter, sink: McpNotificationSink): () => void {
    return this.#backend.listen(filter, sink);
  }

  check(signal: AbortSignal): Promise<void> {
    return this.#backend.check(signal);
  }

  onExit(listener: (reason: Error) => void): void {
    this.#backend.onExit(listener);
  }

  async close(): Promise<void> {
    await this.#backend.close();
    await this.#release();
  }
}
