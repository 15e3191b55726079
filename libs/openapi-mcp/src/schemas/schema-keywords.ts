import { jsonLength } from './json-length.js';

/** Longer defaults and examples cost more in every list than they tell. */
const longestExample = 256;

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
const isString = (value: unknown) => typeof value === 'string';
const isBoolean = (value: unknown) => typeof value === 'boolean';
const isExample = (value: unknown) => jsonLength(value, longestExample) !== undefined;

/** The keywords of JSON Schema 2020-12 whose value is no schema, and what makes a value of theirs valid. */
export const plainKeywords: ReadonlyMap<string, (value: unknown) => boolean> = new Map<
  string,
  (value: unknown) => boolean
>([
  ['title', isString],
  ['description', isString],
  ['default', isExample],
  ['examples', (value) => Array.isArray(value) && isExample(value)],
  ['deprecated', isBoolean],
  ['const', (value) => jsonLength(value, 100_000) !== undefined],
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
]);

const numericKeywords: ReadonlySet<string> = new Set(
  [...plainKeywords].filter(([, check]) => check === isNumber || check === isCount).map(([key]) => key),
);

/** Says nothing about values: schemas that differ only in these accept the same. */
export const annotations: ReadonlySet<string> = new Set(['title', 'description', 'default', 'examples', 'deprecated']);

/** @returns what a number or flag that was written as text means; undefined where it means nothing */
export function readAsText(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (numericKeywords.has(key) || key === 'multipleOf') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  if (plainKeywords.get(key) !== isBoolean) return undefined;
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

/** Keywords that hold one schema, or schemas by name, for what is within a value. */
export const schemaKeywords = [
  'contains',
  'propertyNames',
  'additionalProperties',
  'unevaluatedItems',
  'unevaluatedProperties',
  'contentSchema',
] as const;
export const schemaMapKeywords = ['properties', 'patternProperties'] as const;

/** Known, but no part of what clients get: OpenAPI's own, and what would give a schema an address of its own. */
const silentKeywords: ReadonlySet<string> = new Set([
  'nullable',
  'discriminator',
  'xml',
  'externalDocs',
  'example',
  'readOnly',
  'writeOnly',
  'collectionFormat',
  'allowEmptyValue',
  'id',
  '$schema',
  '$id',
  '$anchor',
  '$dynamicRef',
  '$dynamicAnchor',
  '$recursiveRef',
  '$recursiveAnchor',
  '$vocabulary',
  '$comment',
  '$defs',
  'definitions',
]);

const otherKeywords = new Set<string>([
  'type',
  'enum',
  'pattern',
  'items',
  'prefixItems',
  'additionalItems',
  'required',
  'dependentRequired',
  'dependencies',
  '$ref',
  'not',
  'if',
  'then',
  'else',
  'dependentSchemas',
  'allOf',
  'anyOf',
  'oneOf',
  ...schemaKeywords,
  ...schemaMapKeywords,
]);

export function isKnownKeyword(key: string): boolean {
  return plainKeywords.has(key) || otherKeywords.has(key) || silentKeywords.has(key) || key.startsWith('x-');
}

/** Whether a schema of this key can have schemas or references within. */
export function holdsSchemas(key: string): boolean {
  return otherKeywords.has(key) && !['type', 'enum', 'pattern', 'required', 'dependentRequired'].includes(key);
}

/** Values without repetition, by their JSON; what is no JSON is left out. */
export function distinct(values: readonly unknown[]): unknown[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    if (jsonLength(value, 100_000) === undefined) return false;
    const key = JSON.stringify(value);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
