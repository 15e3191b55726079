import type { ComponentType, RouteMap, RouteRule } from '@mcp-hub/domain';
import type { ConversionOptions } from './conversion.js';
import type { Diagnostics } from '../document/diagnostics.js';
import type { Operation } from '../operations/operation.js';

/** An operation that is offered, and as what the entry wants it. */
export interface RoutedOperation {
  operation: Operation;
  type: Exclude<ComponentType, 'EXCLUDE'>;
  /** The operation's own, then those of its route map. */
  tags: string[];
}

type RouteOptions = Pick<ConversionOptions, 'route_maps' | 'route_map_fn' | 'exclude_deprecated'>;

/**
 * Which operations are offered, and as what (openapi-to-mcp.md, section 2): the first route map that matches decides,
 * TOOL where none does; the first rule of `route_map_fn` that holds overrules it, also for what a map excludes. Every
 * operation that is left out is named in a diagnostic.
 */
export function routeOperations(
  operations: readonly Operation[],
  { route_maps, route_map_fn, exclude_deprecated }: RouteOptions,
  diagnostics: Diagnostics,
): RoutedOperation[] {
  const maps = route_maps.map(matcherOf);
  const rules = (route_map_fn?.rules ?? []).map(holderOf);
  return operations.flatMap((operation) => {
    if (exclude_deprecated && operation.isDeprecated) {
      diagnostics.add('info', operation.pointer, 'operation_deprecated', 'Deprecated; left out as the entry demands.');
      return [];
    }
    const map = maps.find(({ matches }) => matches(operation))?.map;
    const rule = rules.find(({ holds }) => holds(operation))?.rule;
    const type = rule?.mcp_type ?? map?.mcp_type ?? 'TOOL';
    if (type === 'EXCLUDE') {
      const by = rule ? 'a rule of route_map_fn' : 'a route map';
      diagnostics.add('info', operation.pointer, 'operation_excluded', `Left out by ${by}.`);
      return [];
    }
    return [{ operation, type, tags: [...new Set([...operation.tags, ...(map?.mcp_tags ?? [])])] }];
  });
}

/**
 * How much of a path is looked at. A pattern that was accepted takes the fourth power of it at worst, and the path is
 * the document's to choose; the longest of any public document has 380 characters.
 */
const longestMatched = 500;

/** A route map whose pattern is compiled once: there may be thousands of operations. */
function matcherOf(map: RouteMap): { map: RouteMap; matches: (operation: Operation) => boolean } {
  const methods = new Set(map.methods.map((method) => method.toUpperCase()));
  const pattern = new RegExp(map.pattern);
  return {
    map,
    matches: ({ method, path, tags }) =>
      (methods.has('*') || methods.has(method)) &&
      map.tags.every((tag) => tags.includes(tag)) &&
      pattern.test(path.slice(0, longestMatched)),
  };
}

function holderOf(rule: RouteRule): { rule: RouteRule; holds: (operation: Operation) => boolean } {
  const { path_contains, path_starts_with, has_tag } = rule;
  const wanted = rule.method?.toUpperCase();
  return {
    rule,
    holds: ({ method, path, tags }) =>
      (path_contains !== undefined && path.includes(path_contains)) ||
      (path_starts_with !== undefined && path.startsWith(path_starts_with)) ||
      (wanted !== undefined && (wanted === '*' || wanted === method)) ||
      (has_tag !== undefined && tags.includes(has_tag)),
  };
}
