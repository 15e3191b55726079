import type { RouteMap } from '@mcp-hub/domain';
import type { ConversionOptions } from './conversion.js';
import type { Diagnostics } from '../document/diagnostics.js';
import type { Operation } from '../operations/operation.js';

/**
 * The operations that become tools (openapi-to-mcp.md, section 2): all but those that the first matching route map
 * excludes, and the deprecated ones where the entry wants that. Every one left out is named in a diagnostic.
 */
export function selectOperations(
  operations: readonly Operation[],
  { route_maps, exclude_deprecated }: Pick<ConversionOptions, 'route_maps' | 'exclude_deprecated'>,
  diagnostics: Diagnostics,
): Operation[] {
  return operations.filter((operation) => {
    if (exclude_deprecated && operation.isDeprecated) {
      diagnostics.add('info', operation.pointer, 'operation_deprecated', 'Deprecated; left out as the entry demands.');
      return false;
    }
    const map = route_maps.find((candidate) => matches(candidate, operation));
    if (map?.mcp_type === 'EXCLUDE') {
      diagnostics.add('info', operation.pointer, 'operation_excluded', 'Left out by a route map.');
      return false;
    }
    if (map && map.mcp_type !== 'TOOL') {
      diagnostics.add(
        'warning',
        operation.pointer,
        'component_is_tool',
        `A route map makes it a ${map.mcp_type}; it is offered as a tool.`,
      );
    }
    return true;
  });
}

function matches(map: RouteMap, { method, path, tags }: Operation): boolean {
  const isMethod = map.methods.some((wanted) => wanted === '*' || wanted.toUpperCase() === method);
  return isMethod && map.tags.every((tag) => tags.includes(tag)) && new RegExp(map.pattern).test(path);
}
