import { isObject, type JsonObject } from '../document/json.js';

/** Keywords that describe a value without limiting it. */
const annotations: ReadonlySet<string> = new Set([
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]);

/** A schema of the values that fit all of these (JSON Schema for clients), in as few words as possible. */
export function intersectSchemas(schemas: readonly JsonObject[]): JsonObject {
  const different = distinctSchemas(schemas);
  let merged: JsonObject = {};
  for (const schema of different) {
    const both = mergeKeywords(merged, schema);
    if (!both) return { ...annotationsOf(different), allOf: different };
    merged = both;
  }
  return merged;
}

/** A schema of the values that fit any of these; equal ones once, lists of allowed values as one list. */
export function uniteSchemas(schemas: readonly JsonObject[]): JsonObject {
  const different = distinctSchemas(schemas);
  const [first] = different;
  if (!first) return {};
  const kinds = distinctSchemas(different.map(limitsOf));
  if (kinds.length === 1) return first;
  // One that allows everything.
  if (kinds.some((kind) => Object.keys(kind).length === 0)) return annotationsOf(different);
  return uniteValues(kinds, annotationsOf(different)) ?? { ...annotationsOf(different), anyOf: different };
}

function uniteValues(kinds: readonly JsonObject[], described: JsonObject): JsonObject | undefined {
  const values: unknown[] = [];
  const types = new Set<unknown>();
  for (const { enum: listed, const: only, type, ...rest } of kinds) {
    if (Object.keys(rest).length > 0 || (listed === undefined && only === undefined)) return undefined;
    values.push(...(Array.isArray(listed) ? (listed as unknown[]) : [only]));
    types.add(type);
  }
  const [type] = types;
  return {
    ...described,
    ...(types.size === 1 && type !== undefined ? { type } : {}),
    enum: [...new Map(values.map((value) => [canonicalJson(value), value])).values()],
  };
}

/** @returns undefined where the two say different things with one keyword */
function mergeKeywords(a: JsonObject, b: JsonObject): JsonObject | undefined {
  const limits = [limitsOf(a), limitsOf(b)];
  // What stands beside a reference is said in an `allOf`, which everything that reads schemas understands.
  if (limits.some((one) => '$ref' in one) && limits.every((one) => Object.keys(one).length > 0)) return undefined;
  const merged: JsonObject = { ...a };
  for (const [key, value] of Object.entries(b)) {
    if (annotations.has(key) || !Object.hasOwn(a, key) || canonicalJson(a[key]) === canonicalJson(value))
      merged[key] = value;
    else if (key === 'required' && Array.isArray(a[key]) && Array.isArray(value)) {
      merged[key] = [...new Set([...(a[key] as unknown[]), ...(value as unknown[])])];
    } else return undefined;
  }
  return merged;
}

function limitsOf(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !annotations.has(key)));
}

/** The first description that any of them has. */
function annotationsOf(schemas: readonly JsonObject[]): JsonObject {
  const described = schemas.find((schema) => typeof schema.description === 'string');
  return described ? { description: described.description } : {};
}

function distinctSchemas(schemas: readonly JsonObject[]): JsonObject[] {
  return schemas.length < 2
    ? [...schemas]
    : [...new Map([...schemas].reverse().map((schema) => [canonicalJson(schema), schema])).values()].reverse();
}

/** JSON text that is the same for equal values, whatever the order of their members. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member,
  );
}
