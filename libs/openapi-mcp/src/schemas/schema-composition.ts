import { isObject, own, type JsonObject } from '../document/json.js';
import { jsonLength } from './json-length.js';
import { annotations, holdsSchemas } from './schema-keywords.js';

/** Shorter schemas cost less in their place than by a name. */
const shortest = 200;

/** Whether a referenced schema is no more than a value's description, small enough to stand wherever it is used. */
export function isLeaf(value: unknown): boolean {
  if (!isObject(value)) return true;
  const keys = Object.keys(value).filter((key) => !key.startsWith('x-') && key !== 'example');
  if (keys.some((key) => key === '$ref' || holdsSchemas(key))) return false;
  if (own(value, 'type') === 'object' && keys.length > 2) return false;
  return keys.every((key) => jsonLength(value[key], shortest) !== undefined) && lengthOf(value, keys) <= shortest;
}

function lengthOf(value: JsonObject, keys: readonly string[]): number {
  return keys.reduce((sum, key) => sum + key.length + 3 + (jsonLength(value[key], shortest) ?? shortest), 0);
}

/**
 * A schema with what stands beside the reference to it (or beside the composition that it is the only part of).
 * Annotations win over its own; anything else applies in addition.
 */
export function withAnnotations(schema: JsonObject, beside: JsonObject, key: 'allOf' | 'anyOf' = 'allOf'): JsonObject {
  const keys = Object.keys(beside);
  if (keys.length === 0) return schema;
  const isAddition = keys.every((each) => annotations.has(each) || (each === 'type' && beside.type === schema.type));
  if (isAddition) return { ...schema, ...beside };
  const others = Array.isArray(beside[key]) ? (beside[key] as unknown[]) : [];
  return { ...beside, [key]: key === 'anyOf' ? [schema] : [schema, ...others] };
}

/** A composition of one schema, with nothing beside it but annotations, is that schema; parts that say nothing are none. */
export function collapse(schema: JsonObject): JsonObject {
  const { allOf, ...others } = schema;
  const parts = Array.isArray(allOf) ? (allOf as JsonObject[]).filter((part) => Object.keys(part).length > 0) : [];
  const [part] = parts;
  if (part && parts.length === 1) return withAnnotations(part, others);
  if (parts.length > 1) return { ...others, allOf: parts };
  const { anyOf, ...rest } = others;
  const variants = Array.isArray(anyOf) ? (anyOf as JsonObject[]) : [];
  const [only] = variants;
  return only && variants.length === 1 ? withAnnotations(only, rest, 'anyOf') : others;
}
