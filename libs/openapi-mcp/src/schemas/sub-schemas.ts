import { isObject, type JsonObject } from '../document/json.js';

// `not` and `if` are no such places: they hold no references, and are whole or not there.
const single: ReadonlySet<string> = new Set([
  'items',
  'then',
  'else',
  'contains',
  'propertyNames',
  'additionalProperties',
  'unevaluatedItems',
  'unevaluatedProperties',
  'contentSchema',
]);
const listed: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'prefixItems']);
const named: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'dependentSchemas']);

/**
 * A copy of a converted schema with each schema directly within it replaced.
 * @param replace gets the schema and whether it is a part of a composition, which is no level of its own
 */
export function mapSubSchemas(
  schema: JsonObject,
  replace: (schema: JsonObject, isPart: boolean) => JsonObject,
): JsonObject {
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (single.has(key) && isObject(value)) result[key] = replace(value, false);
    else if (listed.has(key) && Array.isArray(value)) {
      result[key] = (value as JsonObject[]).map((item) => replace(item, key !== 'prefixItems'));
    } else if (named.has(key) && isObject(value)) {
      result[key] = Object.fromEntries(
        Object.entries(value).map(([name, item]) => [name, replace(item as JsonObject, key === 'dependentSchemas')]),
      );
    } else result[key] = value;
  }
  return result;
}
