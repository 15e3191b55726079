import type { RouteMap } from '@mcp-hub/domain';
import { kindOf } from '../components/component-kind.js';
import type { Component } from '../components/component.js';
import { Diagnostics } from '../document/diagnostics.js';
import { estimatedTokens } from './list-cost.js';

/** A route map to think about, and what it would do. */
export interface RouteSuggestion {
  /** Why, for the one who reads the entry. */
  comment: string;
  route_map: RouteMap;
  /** Tools that it takes out of the list, each counted for every suggestion that it falls under. */
  tools: number;
  /** What they cost a model now, estimated. */
  tokens: number;
}

export interface SizedTool {
  component: Component;
  bytes: number;
}

/** From here on a list is worth cutting: some model APIs take no more tools, and a model chooses badly among them. */
const manyTools = 128;
const manyTokens = 25_000;
const mostGroups = 20;

const anything: RouteMap = { methods: ['*'], pattern: '.*', tags: [], mcp_type: 'TOOL', mcp_tags: [] };

/** What a ready entry has as its route maps: reading is for resources, everything else for tools. */
export const draftedRouteMaps: readonly { comment: string; route_map: RouteMap }[] = [
  {
    comment: 'GET with path parameters: read by address, one of many.',
    route_map: { ...anything, methods: ['GET'], pattern: '\\{', mcp_type: 'RESOURCE_TEMPLATE' },
  },
  {
    comment: 'Every other GET: read by address.',
    route_map: { ...anything, methods: ['GET'], mcp_type: 'RESOURCE' },
  },
  { comment: 'The rest does something: tools.', route_map: anything },
];

/** The maps that make resources of what can be read, with what each would take out of the list of tools. */
export function readingSuggestions(tools: readonly SizedTool[]): RouteSuggestion[] {
  const taken = new Set<SizedTool>();
  return draftedRouteMaps.flatMap(({ comment, route_map }) => {
    const type = route_map.mcp_type;
    if (type === 'TOOL' || type === 'EXCLUDE') return [];
    const pattern = new RegExp(route_map.pattern);
    const found = tools.filter((tool) => {
      const { operation, credentials } = tool.component;
      if (taken.has(tool) || operation.method !== 'GET' || !pattern.test(operation.path)) return false;
      return kindOf({ operation, type }, credentials, new Diagnostics()).kind !== 'tool';
    });
    for (const tool of found) taken.add(tool);
    return found.length === 0 ? [] : [suggestion(comment, route_map, found)];
  });
}

/**
 * Groups that could be left out of a list that is too large for a model: by tag, or by path where the document has no
 * two tags; the largest first.
 */
export function exclusionSuggestions(tools: readonly SizedTool[]): RouteSuggestion[] {
  const bytes = tools.reduce((sum, tool) => sum + tool.bytes, 0);
  if (tools.length <= manyTools && estimatedTokens(bytes) <= manyTokens) return [];
  const byTag = groupBy(tools, ({ component }) => component.operation.tags);
  const groups =
    byTag.size > 1
      ? [...byTag].map(([tag, found]) =>
          suggestion(`Everything with the tag "${tag}".`, { ...anything, tags: [tag], mcp_type: 'EXCLUDE' }, found),
        )
      : [...byPath(tools)].map(([prefix, found]) => {
          const pattern = `^${prefix.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(/|$)`;
          return suggestion(`Everything under ${prefix}.`, { ...anything, pattern, mcp_type: 'EXCLUDE' }, found);
        });
  return groups
    .filter((group) => group.tools < tools.length)
    .sort((a, b) => b.tokens - a.tokens)
    .slice(0, mostGroups);
}

function suggestion(comment: string, route_map: RouteMap, tools: readonly SizedTool[]): RouteSuggestion {
  const tokens = estimatedTokens(tools.reduce((sum, { bytes }) => sum + bytes, 0));
  return { comment, route_map, tools: tools.length, tokens };
}

/** By the first segment in which the paths differ. */
function byPath(tools: readonly SizedTool[]): Map<string, SizedTool[]> {
  const paths = tools.map(({ component }) => component.operation.path.split('/').slice(1));
  let depth = 0;
  while (paths.every((path) => path.length > depth + 1 && path[depth] === paths[0]?.[depth])) depth += 1;
  return groupBy(tools, ({ component }) => {
    const prefix = component.operation.path.split('/').slice(0, depth + 2);
    return prefix.at(-1)?.includes('{') === true ? [] : [prefix.join('/')];
  });
}

function groupBy(
  tools: readonly SizedTool[],
  keysOf: (tool: SizedTool) => readonly string[],
): Map<string, SizedTool[]> {
  const groups = new Map<string, SizedTool[]>();
  for (const tool of tools) {
    for (const key of new Set(keysOf(tool))) {
      const group = groups.get(key);
      if (group) group.push(tool);
      else groups.set(key, [tool]);
    }
  }
  return groups;
}
