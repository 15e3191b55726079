import type { InputRequest, JsonObject, McpOutcome } from '@mcp-hub/application';
import { isObject } from '../../wire/json-rpc.js';
import { metaKey } from '../../wire/protocol.js';

const cacheable: ReadonlySet<string> = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'server/discover',
]);

/**
 * A server's result as 2026-07-28 wants it: with `resultType`, cache hints where they belong, and the server's name.
 * What the server itself says of these stays; its object is left alone.
 */
export function modernResult(method: string, result: JsonObject, serverInfo: JsonObject): JsonObject {
  const modern: JsonObject = { ...result, _meta: withServerInfo(result['_meta'], serverInfo) };
  modern['resultType'] ??= 'complete';
  if (cacheable.has(method)) {
    if (!Number.isSafeInteger(modern['ttlMs']) || Number(modern['ttlMs']) < 0) modern['ttlMs'] = 0;
    if (modern['cacheScope'] !== 'public') modern['cacheScope'] = 'private';
  }
  if (method === 'tools/list' && Array.isArray(modern['tools']))
    modern['tools'] = modern['tools'].map(withoutExecution);
  return modern;
}

/** What `modernResult` adds to a result that has nothing of it. */
export function modernMembers(method: string, serverInfo: JsonObject): JsonObject {
  return modernResult(method, {}, serverInfo);
}

/** A result that asks; `more` are the members that the server has beside those. */
export function inputRequiredResult(
  { inputRequests, requestState, more }: Omit<Extract<McpOutcome, { kind: 'inputRequired' }>, 'kind'>,
  serverInfo: JsonObject,
): JsonObject {
  return {
    ...more,
    resultType: 'input_required',
    ...(inputRequests && {
      inputRequests: Object.fromEntries(Object.entries(inputRequests).map(([key, input]) => [key, modernInput(input)])),
    }),
    ...(requestState !== undefined && { requestState }),
    _meta: withServerInfo(more?.['_meta'], serverInfo),
  };
}

/** The modern era has no `elicitationId`, names the mode of each elicitation, and has no progress of input requests. */
function modernInput(input: InputRequest): InputRequest {
  const { method, params } = input;
  const modern = { ...params };
  if (isObject(modern['_meta'])) {
    const { progressToken: _, ...meta } = modern['_meta'];
    if (Object.keys(meta).length > 0) modern['_meta'] = meta;
    else delete modern['_meta'];
  }
  if (method === 'elicitation/create') {
    delete modern['elicitationId'];
    modern['mode'] ??= 'form';
  }
  return { ...input, params: modern };
}

function withServerInfo(meta: unknown, serverInfo: JsonObject): unknown {
  if (meta === undefined) return { [metaKey.serverInfo]: serverInfo };
  if (!isObject(meta) || meta[metaKey.serverInfo] !== undefined) return meta;
  return { ...meta, [metaKey.serverInfo]: serverInfo };
}

function withoutExecution(tool: unknown): unknown {
  if (!isObject(tool) || !('execution' in tool)) return tool;
  const { execution: _, ...rest } = tool;
  return rest;
}
