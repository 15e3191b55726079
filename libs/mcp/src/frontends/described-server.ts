import type { JsonObject, McpBackend, McpIdentity } from '@mcp-hub/application';
import { isObject } from '../wire/json-rpc.js';
import type { Timers } from '../wire/timers.js';
import { paramHeadersOf, type ParamHeader } from '../wire/param-headers.js';

export interface ToolFacts {
  /** Executing it twice does no more than executing it once, by its annotations. */
  isRepeatable: boolean;
  /** Arguments that a modern client repeats in headers. */
  paramHeaders: readonly ParamHeader[];
}

/** A server may change its lists without end. */
const refreshEveryMs = 200;

/** What the server last said of itself; asked for when it is first needed, and again when its lists change. */
export class DescribedServer {
  readonly #backend: McpBackend;
  readonly #timeoutMs: number;
  readonly #timers: Timers;
  #current: Promise<McpIdentity> | undefined;
  #tools: ReadonlyMap<string, ToolFacts> | undefined;
  #stopListening: (() => void) | undefined;
  #isRefreshing = false;
  #isStale = false;

  constructor(backend: McpBackend, timeoutMs: number, timers: Timers) {
    this.#backend = backend;
    this.#timeoutMs = timeoutMs;
    this.#timers = timers;
  }

  /** @throws LoadFailed where the server does not answer */
  current(): Promise<McpIdentity> {
    if (this.#current) return this.#current;
    this.#stopListening ??= this.#backend.listen(
      { toolsListChanged: true, resourcesListChanged: true, promptsListChanged: true },
      (method) => {
        if (method.endsWith('/list_changed')) void this.#refresh();
      },
    );
    const asked = this.#ask();
    this.#current = asked;
    asked.catch(() => {
      // The next one who needs it asks again.
      if (this.#current === asked) this.#current = undefined;
    });
    return asked;
  }

  /** @returns undefined where there is no such tool. @throws LoadFailed where the server does not answer */
  async tool(name: string): Promise<ToolFacts | undefined> {
    if (!this.#tools) await this.current();
    return this.#tools?.get(name);
  }

  /** The same without waiting, once the tools are known. */
  knownTools(): ReadonlyMap<string, ToolFacts> | undefined {
    return this.#tools;
  }

  close(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  async #ask(): Promise<McpIdentity> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    const said = await (this.#backend.record?.(signal) ?? this.#backend.describe(signal));
    this.#tools = new Map(said.tools.map((tool) => [String(tool['name']), factsOf(tool)]));
    const { serverInfo, capabilities, instructions, more } = said;
    return {
      serverInfo,
      capabilities,
      ...(instructions !== undefined && { instructions }),
      ...(more !== undefined && { more }),
    };
  }

  async #refresh(): Promise<void> {
    this.#isStale = true;
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    while (this.#isStale) {
      this.#isStale = false;
      const asked = this.#ask();
      // What is known stays until there is something newer, also when asking fails.
      await asked.then(
        () => {
          this.#current = asked;
        },
        () => undefined,
      );
      await new Promise<void>((resolve) => this.#timers.after(refreshEveryMs, resolve));
    }
    this.#isRefreshing = false;
  }
}

function factsOf(tool: JsonObject): ToolFacts {
  const annotations = isObject(tool['annotations']) ? tool['annotations'] : {};
  return {
    isRepeatable: annotations['readOnlyHint'] === true || annotations['idempotentHint'] === true,
    paramHeaders: paramHeadersOf(tool['inputSchema']),
  };
}
