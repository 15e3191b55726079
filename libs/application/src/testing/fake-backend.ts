import type { LoadFailed } from '@mcp-hub/domain';
import type { LoadContext, Loader, LoadRequest } from '../ports/loader.port.js';
import type {
  ListenFilter,
  McpBackend,
  McpDescription,
  McpNotificationSink,
  McpOutcome,
} from '../ports/mcp-backend.port.js';
import type { HostedEndpoint } from '../hosting/hosted-servers.js';

const emptyDescription: McpDescription = {
  serverInfo: { name: 'fake', version: '1' },
  capabilities: { tools: {} },
  tools: [{ name: 'echo', inputSchema: { type: 'object' } }],
  resources: [],
  resourceTemplates: [],
  prompts: [],
};

/** A backend for tests that has one tool, `echo`, and exits when the test says so. */
export class FakeBackend implements McpBackend {
  isClosed = false;
  describing: () => Promise<McpDescription> = () => Promise.resolve(emptyDescription);
  private listener: ((reason: Error) => void) | undefined;
  private readonly notificationSinks = new Set<McpNotificationSink>();
  private readonly remarkListeners: (() => void)[] = [];

  describe(): Promise<McpDescription> {
    return this.describing();
  }
  call(): Promise<McpOutcome> {
    return Promise.resolve({ kind: 'complete', result: { content: [] } });
  }
  listen(_filter: ListenFilter, sink: McpNotificationSink): () => void {
    this.notificationSinks.add(sink);
    return () => this.notificationSinks.delete(sink);
  }
  /** The server says something outside of calls. */
  tell(method: string): void {
    for (const sink of this.notificationSinks) sink(method, {});
  }
  onRemarks(listener: () => void): void {
    this.remarkListeners.push(listener);
  }
  /** What it has to say of itself has changed. */
  remark(): void {
    for (const listener of this.remarkListeners) listener();
  }
  async check(): Promise<void> {}
  onExit(listener: (reason: Error) => void): void {
    this.listener = listener;
  }
  /** The server goes away by itself. */
  exit(reason: Error): void {
    this.listener?.(reason);
  }
  async close(): Promise<void> {
    this.isClosed = true;
  }
}

/** A loader for tests: loads a `FakeBackend` unless the test sets `loading`. */
export class FakeLoader implements Loader {
  readonly weight = 1;
  readonly requests: LoadRequest[] = [];
  readonly backends: FakeBackend[] = [];
  loading: (request: LoadRequest, context: LoadContext) => Promise<FakeBackend> = () =>
    Promise.resolve(new FakeBackend());

  constructor(readonly type: string = 'openapi') {}

  async load(request: LoadRequest, context: LoadContext): Promise<McpBackend> {
    this.requests.push(request);
    const backend = await this.loading(request, context);
    this.backends.push(backend);
    return backend;
  }

  /** Every load fails from now on. */
  failWith(failure: LoadFailed): void {
    this.loading = () => Promise.reject(failure);
  }
}

/** An endpoint for tests; its calls are over when the test says so. */
export class FakeEndpoint implements HostedEndpoint {
  activeCalls = 0;
  isDraining = false;
  isClosed = false;
  /** What `drain` waits for. */
  callsOver: Promise<void> = Promise.resolve();

  async drain(): Promise<void> {
    this.isDraining = true;
    await this.callsOver;
  }
  async close(): Promise<void> {
    this.isClosed = true;
  }
}
