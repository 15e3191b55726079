import { isObject, own, ownObject, ownString, pointerTo, type JsonObject } from '../document/json.js';
import { serversOf } from './document-defaults.js';
import type { At, ReadContext } from './read-context.js';

const methods: ReadonlySet<string> = new Set([
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
  'query',
]);

/** A path and what belongs to all of its operations. */
export interface PathItem {
  path: string;
  operations: FoundOperation[];
  summary?: string;
  description?: string;
  servers: unknown[];
  /** Where its parameters are declared, the most specific place last. */
  parameters: { value: unknown; pointer: string }[];
}

export interface FoundOperation {
  /** Upper case. */
  method: string;
  node: JsonObject;
  pointer: string;
}

/**
 * A path item, its `$ref` followed: what stands beside the reference wins over what it leads to.
 *
 * @returns undefined, with a diagnostic, where there is no path item
 */
export function readPathItem(path: string, node: unknown, pointer: string, context: ReadContext): PathItem | undefined {
  const { references, diagnostics } = context;
  const leads = isObject(node) && typeof own(node, '$ref') === 'string';
  const target = references.followObject(node, pointer);
  const layers: At[] = [...(leads ? [{ value: node, pointer }] : []), ...(target ? [target] : [])];
  const hasSiblings = leads && Object.keys(node).length > 1;
  if (!target && !hasSiblings) {
    diagnostics.add('warning', pointer, 'path_invalid', 'There is no path item to be read; the path is left out.');
    return undefined;
  }
  const first = (key: string) => layers.map(({ value }) => ownString(value, key)).find((text) => text !== undefined);
  const summary = first('summary');
  const description = first('description');
  return {
    path,
    operations: operationsOf(layers, context),
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    servers: layers.map(({ value }) => serversOf(value)).find((servers) => servers.length > 0) ?? [],
    parameters: layers
      .toReversed()
      .map((layer) => ({ value: own(layer.value, 'parameters'), pointer: pointerTo(layer.pointer, 'parameters') })),
  };
}

function operationsOf(layers: readonly At[], { diagnostics }: ReadContext): FoundOperation[] {
  const found = new Map<string, FoundOperation>();
  const add = (key: string, node: unknown, pointer: string): void => {
    const method = key.toUpperCase();
    if (!isObject(node)) {
      diagnostics.add('error', pointer, 'operation_invalid', 'The operation is not an object; it is left out.');
    } else if (found.has(method)) {
      diagnostics.add('warning', pointer, 'operation_duplicate', `The path has ${method} twice; the first one counts.`);
    } else {
      found.set(method, { method, node, pointer });
    }
  };
  for (const { value, pointer } of layers) {
    for (const [key, node] of Object.entries(value)) {
      const at = pointerTo(pointer, key);
      if (methods.has(key.toLowerCase())) add(key, node, at);
      else if (
        key !== 'additionalOperations' &&
        !key.startsWith('x-') &&
        isObject(node) &&
        Object.hasOwn(node, 'responses')
      ) {
        diagnostics.add(
          'warning',
          at,
          'method_unknown',
          `"${key.slice(0, 50)}" is no method of a path; it is left out.`,
        );
      }
    }
    for (const [key, node] of Object.entries(ownObject(value, 'additionalOperations'))) {
      const at = pointerTo(pointer, 'additionalOperations', key);
      if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,50}$/.test(key)) add(key, node, at);
      else diagnostics.add('error', at, 'operation_invalid', 'The method is no HTTP method; it is left out.');
    }
  }
  return [...found.values()];
}
