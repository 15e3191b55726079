import { CallLoss } from '@mcp-hub/mcp';
import type {
  Diagnostic,
  JsonObject,
  ListenFilter,
  McpBackend,
  McpCall,
  McpCallContext,
  McpDescription,
  McpNotificationSink,
  McpOutcome,
} from '@mcp-hub/application';
import type { ToolCaller, ToolComponent } from '@mcp-hub/openapi-mcp';

export interface OpenApiBackendParts {
  serverInfo: JsonObject;
  tools: readonly ToolComponent[];
  caller: ToolCaller;
  /** Of the conversion. */
  diagnostics: readonly Diagnostic[];
  /** Frees the connections. */
  release: () => Promise<void>;
}

const methodNotFound = -32601;
const invalidParams = -32602;
/** Of the range that JSON-RPC leaves to implementations: what the hub itself can't do. */
const notCompleted = -32000;

/** An HTTP API as an MCP server. Its tools never change while it lives, and it never goes away by itself. */
export class OpenApiBackend implements McpBackend {
  readonly #parts: OpenApiBackendParts;
  readonly #toolsByName: ReadonlyMap<string, ToolComponent>;
  /** Of the calls in flight. */
  readonly #calls = new Set<AbortController>();
  #isClosed = false;

  constructor(parts: OpenApiBackendParts) {
    this.#parts = parts;
    this.#toolsByName = new Map(parts.tools.map((component) => [component.name, component]));
  }

  describe(): Promise<McpDescription> {
    return Promise.resolve({
      serverInfo: this.#parts.serverInfo,
      capabilities: { tools: {} },
      tools: this.#toolList(),
      resources: [],
      resourceTemplates: [],
      prompts: [],
      diagnostics: [...this.#parts.diagnostics],
    });
  }

  async call({ method, params }: McpCall, context: McpCallContext): Promise<McpOutcome> {
    switch (method) {
      case 'ping':
        return { kind: 'complete', result: {} };
      case 'tools/list':
        // All tools are on the first page, so no cursor was ever given out.
        return params.cursor === undefined
          ? { kind: 'complete', result: { tools: this.#toolList() } }
          : failed(invalidParams, 'The cursor is not known.');
      case 'tools/call':
        return this.#callTool(params, context);
      default:
        return failed(methodNotFound, `The server has no method "${method}".`);
    }
  }

  listen(_filter: ListenFilter, _sink: McpNotificationSink): () => void {
    return () => undefined;
  }

  /** The server is as alive as this process; whether the API behind it is well is each call's to find out. */
  check(): Promise<void> {
    return Promise.resolve();
  }

  onExit(_listener: (reason: Error) => void): void {
    // There is no process or connection behind it that could go away.
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const call of this.#calls) call.abort(new Error('The server was closed.'));
    await this.#parts.release();
  }

  async #callTool(params: JsonObject, context: McpCallContext): Promise<McpOutcome> {
    const { name, arguments: args = {} } = params;
    const component = typeof name === 'string' ? this.#toolsByName.get(name) : undefined;
    if (!component)
      return failed(
        invalidParams,
        typeof name === 'string' ? `There is no tool "${name}".` : 'params.name must be the name of a tool.',
      );
    if (!isObject(args)) return failed(invalidParams, 'params.arguments must be an object.');
    const call = new AbortController();
    const cancel = (): void => {
      call.abort(new Error('The call was cancelled.'));
    };
    if (this.#isClosed || context.signal.aborted) cancel();
    context.signal.addEventListener('abort', cancel, { once: true });
    this.#calls.add(call);
    try {
      const { forwardedHeaders } = context;
      const result = await this.#parts.caller.call(component, { args, forwardedHeaders, signal: call.signal });
      return { kind: 'complete', result };
    } catch (error) {
      if (!call.signal.aborted) throw error;
      const isCancelled = context.signal.aborted;
      return failed(
        notCompleted,
        `${isCancelled ? 'The call was cancelled' : 'The server was closed'} before the API answered.`,
        new CallLoss('unknown', isCancelled ? 'cancelled' : 'server_gone'),
      );
    } finally {
      this.#calls.delete(call);
      context.signal.removeEventListener('abort', cancel);
    }
  }

  #toolList(): JsonObject[] {
    return this.#parts.tools.map(({ listed }) => listed);
  }
}

function failed(code: number, message: string, data?: unknown): McpOutcome {
  return { kind: 'error', code, message, ...(data === undefined ? {} : { data }) };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
