import { isObject, own, type JsonObject } from '../document/json.js';

/** What a parameter has that is no keyword of a schema. */
const parameterMembers: ReadonlySet<string> = new Set([
  'allowEmptyValue',
  'allowReserved',
  'collectionFormat',
  'content',
  'description',
  'explode',
  'in',
  'name',
  'required',
  'schema',
  'style',
]);

/**
 * The schema that Swagger 2.0 writes into a parameter, a header or a form field itself.
 *
 * @returns undefined where it says nothing
 */
export function swaggerSchema(node: JsonObject): JsonObject | undefined {
  const keywords = Object.entries(node).filter(
    ([key]) => !parameterMembers.has(key) && (key === 'x-nullable' || !key.startsWith('x-')),
  );
  if (keywords.length === 0) return undefined;
  const { 'x-nullable': isNullable, ...schema } = Object.fromEntries(keywords);
  const converted = own(schema, 'type') === 'file' ? { ...schema, type: 'string', format: 'binary' } : schema;
  return isNullable === true ? { ...converted, nullable: true } : converted;
}

/** A schema of a body or an answer: one that says `type: file` is its bytes. */
export function contentSchema(schema: unknown): unknown {
  return isObject(schema) && own(schema, 'type') === 'file' ? { ...schema, type: 'string', format: 'binary' } : schema;
}
