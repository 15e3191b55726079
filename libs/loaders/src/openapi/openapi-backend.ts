import { CallLoss, errorCode, textOutcome } from '@mcp-hub/mcp';
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
  McpRecord,
} from '@mcp-hub/application';
import { LoadFailed } from '@mcp-hub/domain';
import { recordText } from './record-text.js';
import type { DocumentRefresh } from './document-refresh.js';
import type { ApiModelHandle } from './thread/api-model-handle.js';
import type { ModelSummary } from './thread/thread-messages.js';

export interface OpenApiBackendParts {
  /** The server's name. */
  name: string;
  model: ApiModelHandle;
  /** Where the document is looked after. */
  refresh?: DocumentRefresh;
}

/**
 * An HTTP API as an MCP server. What it is made of lives in a thread; its lists are answered from the bytes that came
 * from there. It goes away by itself only with that thread.
 */
export class OpenApiBackend implements McpBackend {
  readonly #name: string;
  readonly #refresh: DocumentRefresh | undefined;
  readonly #listeners = new Set<{ filter: ListenFilter; sink: McpNotificationSink }>();
  readonly #remarkListeners: (() => void)[] = [];
  /** Replaced, but not without calls yet. */
  readonly #retiring = new Set<ApiModelHandle>();
  #model: ApiModelHandle;
  #exit: LoadFailed | undefined;
  #onExit: ((reason: Error) => void) | undefined;
  #isClosed = false;

  constructor({ name, model, refresh }: OpenApiBackendParts) {
    this.#name = name;
    this.#model = model;
    this.#refresh = refresh;
    this.#watch(model);
    refresh?.start({
      onModel: (next) => {
        this.#replace(next);
      },
      onRemarks: () => {
        for (const listener of this.#remarkListeners) listener();
      },
    });
  }

  async describe(): Promise<McpDescription> {
    const { text } = await this.record();
    return JSON.parse(new TextDecoder().decode(text())) as McpDescription;
  }

  record(): Promise<McpRecord> {
    const { summary } = this.#model;
    const identity = {
      serverInfo: { name: this.#name, title: summary.title, version: summary.version },
      capabilities: this.#capabilities(),
    };
    const remarks: Diagnostic[] = this.#refresh?.remarks() ?? [];
    return Promise.resolve({ ...identity, tools: summary.tools, text: () => recordText(identity, summary, remarks) });
  }

  async call({ method, params }: McpCall, context: McpCallContext): Promise<McpOutcome> {
    switch (method) {
      case 'ping':
        return { kind: 'complete', result: {} };
      case 'tools/list':
        return this.#list('tools', params);
      case 'resources/list':
        return this.#hasResources ? this.#list('resources', params) : unknownMethod(method);
      case 'resources/templates/list':
        return this.#hasResources ? this.#list('resourceTemplates', params) : unknownMethod(method);
      case 'resources/read':
        return this.#hasResources ? this.#run(method, params, context) : unknownMethod(method);
      case 'tools/call':
        return this.#run(method, params, context);
      default:
        return unknownMethod(method);
    }
  }

  listen(filter: ListenFilter, sink: McpNotificationSink): () => void {
    const listener = { filter, sink };
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  onRemarks(listener: () => void): void {
    this.#remarkListeners.push(listener);
  }

  /** Whether the API behind it is well is each call's to find out. */
  async check(signal: AbortSignal): Promise<void> {
    try {
      await this.#model.check(signal);
    } catch (error) {
      if (error instanceof LoadFailed) throw error;
      const message = 'The thread of the server is busy and does not answer.';
      throw new LoadFailed('upstream_unreachable', message, 'Wait, or publish a smaller document.', { cause: error });
    }
  }

  onExit(listener: (reason: Error) => void): void {
    if (this.#exit) listener(this.#exit);
    else this.#onExit = listener;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#refresh?.stop();
    this.#listeners.clear();
    this.#remarkListeners.length = 0;
    await Promise.all([this.#model, ...this.#retiring].map((model) => model.close()));
  }

  get #hasResources(): boolean {
    return hasResources(this.#model.summary);
  }

  #capabilities(): JsonObject {
    const change = this.#refresh ? { listChanged: true } : {};
    const { summary } = this.#model;
    const hasTools = summary.tools.length > 0 || !hasResources(summary);
    return { ...(hasTools && { tools: change }), ...(hasResources(summary) && { resources: change }) };
  }

  /** All items are on the first page, so no cursor was ever given out. */
  #list(name: keyof ModelSummary['lists'], { cursor }: JsonObject): McpOutcome {
    return cursor === undefined
      ? textOutcome(this.#model.summary.lists[name])
      : failed(errorCode.invalidParams, 'The cursor is not known.');
  }

  async #run(
    method: 'tools/call' | 'resources/read',
    params: JsonObject,
    { signal, forwardedHeaders }: McpCallContext,
  ): Promise<McpOutcome> {
    try {
      const answer = await this.#model.call({ method, params, forwardedHeaders }, signal);
      return answer.kind === 'complete' ? textOutcome(answer.json) : answer;
    } catch (error) {
      const isCancelled = signal.aborted;
      // A thread that has ended, or a model that was closed meanwhile.
      if (!isCancelled && !(error instanceof LoadFailed)) throw error;
      return failed(
        errorCode.hub,
        `${isCancelled ? 'The call was cancelled' : 'The server was closed'} before the API answered.`,
        new CallLoss('unknown', isCancelled ? 'cancelled' : 'server_gone'),
      );
    }
  }

  #watch(model: ApiModelHandle): void {
    model.onLoss((reason) => {
      this.#retiring.delete(model);
      if (model !== this.#model || this.#isClosed) return;
      this.#refresh?.stop();
      this.#exit = reason;
      this.#onExit?.(reason);
    });
  }

  /** Calls in flight end where they began. */
  #replace(next: ApiModelHandle): void {
    const before = this.#model;
    if (this.#isClosed || this.#exit) {
      void next.close();
      return;
    }
    this.#model = next;
    this.#watch(next);
    this.#retiring.add(before);
    void before.retire().finally(() => this.#retiring.delete(before));
    const [old, now] = [before.summary.lists, next.summary.lists];
    const toolsListChanged = !isSame(old.tools, now.tools);
    const resourcesListChanged =
      !isSame(old.resources, now.resources) || !isSame(old.resourceTemplates, now.resourceTemplates);
    for (const { filter, sink } of this.#listeners) {
      if (toolsListChanged && filter.toolsListChanged === true) sink('notifications/tools/list_changed', {});
      if (resourcesListChanged && filter.resourcesListChanged === true)
        sink('notifications/resources/list_changed', {});
    }
    if (!isSame(before.summary.diagnostics, next.summary.diagnostics))
      for (const listener of this.#remarkListeners) listener();
  }
}

function hasResources({ resourceCount, templateCount }: ModelSummary): boolean {
  return resourceCount + templateCount > 0;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function unknownMethod(method: string): McpOutcome {
  return failed(errorCode.methodNotFound, `The server has no method "${method}".`);
}

function failed(code: number, message: string, data?: unknown): McpOutcome {
  return { kind: 'error', code, message, ...(data === undefined ? {} : { data }) };
}
