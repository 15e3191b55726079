import { own, type JsonObject } from '../document/json.js';
import { distinct } from './schema-keywords.js';

const constraints = ['$ref', 'allOf', 'anyOf', 'enum', 'const', 'not', 'if'] as const;

/** OpenAPI 3.0's `nullable`, and what Swagger 2.0 documents say in its place. */
export function isNullable(node: JsonObject): boolean {
  return own(node, 'nullable') === true || own(node, 'x-nullable') === true;
}

/** @param schema a converted one. @returns one that accepts null as well */
export function withNull(schema: JsonObject): JsonObject {
  const { type, enum: values, anyOf } = schema;
  const types: unknown[] = Array.isArray(type) ? (type as unknown[]) : type === undefined ? [] : [type];
  if (types.length === 0 && constraints.every((key) => !Object.hasOwn(schema, key))) return schema;
  const isPlain = !['$ref', 'allOf', 'anyOf', 'not', 'if', 'const'].some((key) => Object.hasOwn(schema, key));
  if (types.length > 0 && isPlain) {
    return {
      ...schema,
      type: [...new Set([...types, 'null'])],
      ...(Array.isArray(values) ? { enum: distinct([...(values as unknown[]), null]) } : {}),
    };
  }
  const { title, description, default: fallback, deprecated, ...rest } = schema;
  const isVariants = Array.isArray(anyOf) && Object.keys(rest).length === 1;
  const variants: unknown[] = isVariants ? (anyOf as unknown[]) : [rest];
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(deprecated === undefined ? {} : { deprecated }),
    anyOf: variants.some(isNull) ? variants : [...variants, { type: 'null' }],
  };
}

function isNull(variant: unknown): boolean {
  return JSON.stringify(variant) === '{"type":"null"}';
}
