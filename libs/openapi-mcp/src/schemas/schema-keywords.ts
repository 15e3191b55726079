import { isObject } from '../document/json.js';

const types = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
const isString = (value: unknown) => typeof value === 'string';
const isBoolean = (value: unknown) => typeof value === 'boolean';
const isAnything = () => true;

/** The keywords of JSON Schema 2020-12 whose value is no schema, and what makes a value of theirs valid. */
export const plainKeywords: ReadonlyMap<string, (value: unknown) => boolean> = new Map<
  string,
  (value: unknown) => boolean
>([
  ['title', isString],
  ['description', isString],
  ['default', isAnything],
  ['examples', Array.isArray],
  ['deprecated', isBoolean],
  ['readOnly', isBoolean],
  ['writeOnly', isBoolean],
  ['const', isAnything],
  ['multipleOf', (value) => isNumber(value) && (value as number) > 0],
  ['maximum', isNumber],
  ['exclusiveMaximum', isNumber],
  ['minimum', isNumber],
  ['exclusiveMinimum', isNumber],
  ['maxLength', isCount],
  ['minLength', isCount],
  ['maxItems', isCount],
  ['minItems', isCount],
  ['uniqueItems', isBoolean],
  ['maxContains', isCount],
  ['minContains', isCount],
  ['maxProperties', isCount],
  ['minProperties', isCount],
  ['format', isString],
  ['contentEncoding', isString],
  ['contentMediaType', isString],
  ['pattern', isRegularExpression],
]);

/** Keywords that hold one schema, a list of schemas, or schemas by name. */
export const schemaKeywords = [
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'additionalProperties',
  'unevaluatedItems',
  'unevaluatedProperties',
] as const;
export const schemaListKeywords = ['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const;
export const schemaMapKeywords = ['properties', 'patternProperties', 'dependentSchemas'] as const;

/** Keywords that every version of OpenAPI's schemas may have and that mean nothing to JSON Schema: dropped silently. */
export const openApiKeywords: ReadonlySet<string> = new Set([
  'nullable',
  'discriminator',
  'xml',
  'externalDocs',
  'example',
  '$schema',
  '$id',
  '$anchor',
  '$comment',
  '$defs',
  'definitions',
]);

export function isRegularExpression(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    new RegExp(value, 'u');
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** @returns the valid ones among the declared types, without repetition; undefined where there are none */
export function knownTypes(declared: unknown): string[] | undefined {
  const candidates: unknown[] = Array.isArray(declared) ? declared : [declared];
  const known = candidates
    .map((type) => (type === 'file' ? 'string' : type))
    .filter((type): type is string => typeof type === 'string' && types.has(type));
  return known.length > 0 ? [...new Set(known)] : undefined;
}

/** Values without repetition, by their JSON. */
export function distinct(values: readonly unknown[]): unknown[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const key = JSON.stringify(isObject(value) ? Object.entries(value).sort() : value);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
