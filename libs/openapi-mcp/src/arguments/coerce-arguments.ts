import { isObject, own, ownObject, type JsonObject } from '../document/json.js';

/**
 * Arguments as the schema means them (openapi-to-mcp.md, section 4): `"5"` for an integer becomes 5, `"true"` for a
 * boolean true, at any depth; an explicit null is left out where the schema does not allow null.
 */
export function coerceArguments(args: JsonObject, inputSchema: JsonObject): JsonObject {
  const definitions = ownObject(inputSchema, '$defs');
  const properties = ownObject(inputSchema, 'properties');
  return Object.fromEntries(
    Object.entries(args).flatMap(([key, value]) => {
      const schema = own(properties, key);
      if (schema === undefined) return [[key, value]];
      if (value === null && !allowsNull(schema, definitions, 0)) return [];
      return [[key, coerce(value, schema, definitions)]];
    }),
  );
}

function coerce(value: unknown, schema: unknown, definitions: JsonObject): unknown {
  const target = resolve(schema, definitions);
  if (!isObject(target)) return value;
  if (typeof value === 'string') return coerceText(value, typesOf(target));
  if (Array.isArray(value)) return value.map((item) => coerce(item, own(target, 'items'), definitions));
  if (!isObject(value)) return value;
  const properties = ownObject(target, 'properties');
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, coerce(member, own(properties, key), definitions)]),
  );
}

function coerceText(text: string, types: readonly unknown[]): unknown {
  if (types.length === 0 || types.includes('string')) return text;
  if (types.includes('integer') && /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  if (types.includes('number') && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** Whether null is a value of this schema, as far as the schema says so itself. */
function allowsNull(schema: unknown, definitions: JsonObject, depth: number): boolean {
  const target = resolve(schema, definitions);
  if (!isObject(target) || depth > 32) return true;
  const inner = (key: string) => {
    const list = own(target, key);
    return Array.isArray(list) ? (list as unknown[]) : [];
  };
  const types = typesOf(target);
  const values = own(target, 'enum');
  if (types.length > 0 && !types.includes('null')) return false;
  if (Array.isArray(values) && !values.includes(null)) return false;
  if (!inner('allOf').every((part) => allowsNull(part, definitions, depth + 1))) return false;
  const variants = [...inner('anyOf'), ...inner('oneOf')];
  return variants.length === 0 || variants.some((variant) => allowsNull(variant, definitions, depth + 1));
}

function typesOf(schema: JsonObject): unknown[] {
  const type = own(schema, 'type');
  if (type === undefined) return [];
  return Array.isArray(type) ? (type as unknown[]) : [type];
}

function resolve(schema: unknown, definitions: JsonObject): unknown {
  let target = schema;
  for (let hops = 0; isObject(target) && typeof own(target, '$ref') === 'string' && hops < 32; hops += 1) {
    target = own(definitions, (own(target, '$ref') as string).replace('#/$defs/', ''));
  }
  return target;
}
