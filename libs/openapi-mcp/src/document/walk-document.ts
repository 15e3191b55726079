import { isObject, pointerTo, type JsonObject } from './json.js';

/** Members whose own members are names that the author chose. */
const mapKeys: ReadonlySet<string> = new Set([
  '$defs',
  'content',
  'definitions',
  'dependentSchemas',
  'encoding',
  'headers',
  'mapping',
  'parameters',
  'pathItems',
  'paths',
  'patternProperties',
  'properties',
  'requestBodies',
  'responses',
  'schemas',
  'securitySchemes',
]);

/** Members that hold the API's data, in which nothing has a meaning for OpenAPI. */
const dataKeys: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'example', 'examples']);

interface Step {
  node: object;
  isMap: boolean;
  key: string;
  parent: Step | undefined;
}

/**
 * Visits each object of a document that is part of the description: no examples, defaults and extensions. Iterative,
 * and an object that is met twice is visited once, so that it ends for any data.
 *
 * @param visit is given the object and how to get its JSON pointer
 */
export function walkDocument(root: unknown, visit: (node: JsonObject, pointer: () => string) => void): void {
  if (typeof root !== 'object' || root === null) return;
  const pending: Step[] = [{ node: root, isMap: false, key: '', parent: undefined }];
  const seen = new Set<object>([root]);
  for (let step = pending.pop(); step; step = pending.pop()) {
    const current = step;
    if (isObject(current.node)) visit(current.node, () => pointerOf(current));
    const isList = Array.isArray(current.node);
    for (const [key, child] of Object.entries(current.node) as [string, unknown][]) {
      if (typeof child !== 'object' || child === null || seen.has(child)) continue;
      if (!isList && !current.isMap && (dataKeys.has(key) || key.startsWith('x-'))) continue;
      seen.add(child);
      pending.push({ node: child, isMap: !isList && !current.isMap && mapKeys.has(key), key, parent: current });
    }
  }
}

function pointerOf(step: Step): string {
  const keys: string[] = [];
  for (let at: Step = step; at.parent; at = at.parent) keys.push(at.key);
  return pointerTo('', ...keys.reverse());
}
