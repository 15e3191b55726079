import type { JsonObject, McpBackend, McpCallContext, McpOutcome } from '@mcp-hub/application';
import type { ServerEntry } from '@mcp-hub/domain';
import { inject } from 'vitest';
import { OpenApiLoader, type OpenApiLoaderOptions } from '../src/openapi/openapi-loader.js';
import { aCallContext, aLoadContext, aLoadRequest, anOpenApiConfig, localPolicy } from './loading.js';

export interface LoadedApi {
  backend: McpBackend;
  /** The server's log. */
  lines: string[];
  call(name: string, args?: JsonObject, context?: Partial<McpCallContext>): Promise<JsonObject>;
  ask(method: string, params?: JsonObject): Promise<McpOutcome>;
  /** Of the lists that a method gives. */
  names(): Promise<unknown[]>;
}

export function anOpenApiLoader(options: Partial<OpenApiLoaderOptions> = {}): OpenApiLoader {
  return new OpenApiLoader({
    policy: localPolicy,
    fileRoots: [],
    ...options,
    threads: { file: new URL(inject('threadFile')), ...options.threads },
  });
}

/** Loads an entry with an OpenAPI document. @param spec the inline document; none where the configuration has a URL */
export async function loadApi(
  loader: OpenApiLoader,
  config: Parameters<typeof anOpenApiConfig>[0],
  { spec, entry = {} }: { spec?: unknown; entry?: Partial<ServerEntry> } = {},
): Promise<LoadedApi> {
  const context = aLoadContext();
  const request = aLoadRequest({ openapi_config: anOpenApiConfig(config), ...entry }, spec);
  const backend = await loader.load(request, context);
  const ask = (method: string, params: JsonObject = {}, part: Partial<McpCallContext> = {}) =>
    backend.call({ method, params }, aCallContext(part));
  return {
    backend,
    lines: context.lines,
    ask,
    async call(name, args = {}, part = {}) {
      const outcome = await ask('tools/call', { name, arguments: args }, part);
      if (outcome.kind !== 'complete') throw new Error(JSON.stringify(outcome));
      return outcome.result;
    },
    async names() {
      const outcome = await ask('tools/list');
      if (outcome.kind !== 'complete') throw new Error(JSON.stringify(outcome));
      return (outcome.result['tools'] as JsonObject[]).map(({ name }) => name);
    },
  };
}

/** A document with these paths, its API at `url`. */
export function aDocument(url: string, paths: JsonObject, more: JsonObject = {}): JsonObject {
  return { openapi: '3.1.0', info: { title: 'An API', version: '1.0.0' }, servers: [{ url }], paths, ...more };
}

/** An operation without arguments. */
export function anOperation(operationId: string, more: JsonObject = {}): JsonObject {
  return { operationId, responses: { 200: { description: 'Fine.' } }, ...more };
}

/** The text of a result's first content. */
export function textOf(result: JsonObject): string {
  const [first] = result['content'] as JsonObject[];
  return String(first?.['text']);
}
