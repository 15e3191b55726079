import {
  ComponentCaller,
  addressOf,
  resourceAddress,
  serializeResult,
  type CallContext,
  type Component,
  type Fetch,
  type ResourceComponent,
  type ResourceTemplateComponent,
  type ToolComponent,
} from '@mcp-hub/openapi-mcp';
import type { CallAnswer, ModelCall, ModelOrder } from './thread-messages.js';

type JsonObject = Record<string, unknown>;
type Readable = ResourceComponent | ResourceTemplateComponent;

const codes = { invalidParams: -32602, resourceNotFound: -32002 } as const;
/** From here on moving bytes is cheaper than copying text. */
const largeLength = 16 * 1024;

/** The calls of one API: finds what is called, and writes what comes of it as JSON. */
export class ApiCalls {
  readonly #caller: ComponentCaller;
  readonly #tools = new Map<string, ToolComponent>();
  /** By what their URIs begin with. */
  readonly #readables = new Map<string, Readable>();

  constructor(components: readonly Component[], fetch: Fetch, options: ModelOrder['calls']) {
    this.#caller = new ComponentCaller({ fetch, timers, random: Math.random, options });
    for (const component of components) {
      if (component.kind === 'tool') this.#tools.set(component.name, component);
      else this.#readables.set(addressOf(component), component);
    }
  }

  /** @throws the reason of the signal */
  run({ method, params, forwardedHeaders }: ModelCall, signal: AbortSignal): Promise<CallAnswer> {
    const context = { forwardedHeaders, signal };
    return method === 'tools/call' ? this.#callTool(params, context) : this.#read(params, context);
  }

  async #callTool({ name, arguments: args = {} }: JsonObject, context: CallContext): Promise<CallAnswer> {
    if (typeof name !== 'string') return failed(codes.invalidParams, 'params.name must be the name of a tool.');
    const component = this.#tools.get(name);
    if (!component) return failed(codes.invalidParams, `There is no tool "${name}".`);
    if (!isObject(args)) return failed(codes.invalidParams, 'params.arguments must be an object.');
    return complete(serializeResult(await this.#caller.callTool(component, { args, ...context })));
  }

  async #read({ uri }: JsonObject, context: CallContext): Promise<CallAnswer> {
    if (typeof uri !== 'string') return failed(codes.invalidParams, 'params.uri must be the URI of a resource.');
    const address = resourceAddress(uri);
    const component = address === undefined ? undefined : this.#readables.get(address);
    if (!component) return failed(codes.resourceNotFound, `There is no resource "${uri}".`, { uri });
    const read = await this.#caller.readResource(component, uri, context);
    if (read.ok) return complete(JSON.stringify({ contents: read.contents }));
    return failed(read.code, read.message, read.code === codes.resourceNotFound ? { uri } : undefined);
  }
}

const timers = {
  now: () => Date.now(),
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

function complete(json: string): CallAnswer {
  return { kind: 'complete', json: json.length < largeLength ? json : new TextEncoder().encode(json) };
}

function failed(code: number, message: string, data?: unknown): CallAnswer {
  return { kind: 'error', code, message, ...(data !== undefined && { data }) };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
