import type { JsonObject, McpDescription } from '@mcp-hub/application';
import { isObject } from '../wire/json-rpc.js';
import { metaKey } from '../wire/protocol.js';

type Ask = (method: string, params: JsonObject) => Promise<JsonObject>;

/** A server that pages without end is cut off here. */
const maxPages = 1000;

/**
 * What a server says of itself at `initialize`, and all its lists; those whose capability it does not declare are empty.
 * Throws what `ask` throws.
 */
export async function describeServer(initialized: JsonObject, ask: Ask): Promise<McpDescription> {
  const capabilities = isObject(initialized['capabilities']) ? initialized['capabilities'] : {};
  const { serverInfo, instructions } = initialized;
  const list = (capability: string, method: string, key: string): Promise<JsonObject[]> =>
    capabilities[capability] === undefined ? Promise.resolve([]) : pagesOf(ask, method, key);
  const [tools, resources, resourceTemplates, prompts] = await Promise.all([
    list('tools', 'tools/list', 'tools'),
    list('resources', 'resources/list', 'resources'),
    list('resources', 'resources/templates/list', 'resourceTemplates'),
    list('prompts', 'prompts/list', 'prompts'),
  ]);
  return {
    serverInfo: isObject(serverInfo) ? serverInfo : {},
    capabilities,
    ...(typeof instructions === 'string' && { instructions }),
    ...moreOf(initialized),
    tools,
    resources,
    resourceTemplates,
    prompts,
  };
}

/** What each frontend says in its own words. */
const known: ReadonlySet<string> = new Set([
  'protocolVersion',
  'supportedVersions',
  'capabilities',
  'serverInfo',
  'instructions',
  'resultType',
  '_meta',
]);

function moreOf(initialized: JsonObject): { more?: JsonObject } {
  const more = Object.fromEntries(Object.entries(initialized).filter(([name]) => !known.has(name)));
  if (isObject(initialized['_meta'])) {
    const { [metaKey.serverInfo]: _, ...meta } = initialized['_meta'];
    if (Object.keys(meta).length > 0) more['_meta'] = meta;
  }
  return Object.keys(more).length > 0 ? { more } : {};
}

async function pagesOf(ask: Ask, method: string, key: string): Promise<JsonObject[]> {
  const items: JsonObject[] = [];
  let cursor: unknown;
  for (let page = 0; page < maxPages; page += 1) {
    const result = await ask(method, cursor === undefined ? {} : { cursor });
    const found = result[key];
    if (Array.isArray(found)) items.push(...found.filter(isObject));
    const next = result['nextCursor'];
    if (typeof next !== 'string' || next === cursor) break;
    cursor = next;
  }
  return items;
}
