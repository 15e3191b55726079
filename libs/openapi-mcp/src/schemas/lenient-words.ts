import { isObject, own, ownString, type JsonObject } from '../document/json.js';
import { briefText } from './cut-schema.js';
import type { Members } from './lenient-members.js';
import { readTypes } from './schema-types.js';
import { mapSubSchemas } from './sub-schemas.js';

const mostNames = 12;
const longestValue = 40;

/** `string (date-time): When it was made`, `"a" | "b": Its state`: what a schema would say in keywords, then the text. */
export function wordsFor(members: Members, tellsVariants: boolean): string {
  const kind = kindOf(members, tellsVariants ? members.variants.map(({ schema }) => nameOf(schema)) : []);
  const text = members.description === undefined ? '' : briefText(members.description).trim();
  return [kind, text].filter((part) => part !== '').join(': ');
}

function kindOf({ types, format, values, properties, items }: Members, variants: readonly string[]): string {
  if (values.length > 0) {
    const listed = values.slice(0, mostNames).map((value) => JSON.stringify(value).slice(0, longestValue));
    return [...listed, ...(values.length > listed.length ? ['…'] : [])].join(' | ');
  }
  // Its structure tells.
  if (variants.length === 0 && (properties.size > 0 || items)) return '';
  const names = [...new Set([...types, ...variants])].filter((name) => name !== '').slice(0, mostNames);
  const kind = names.join(' | ');
  return kind === '' || format === undefined ? kind : `${kind} (${format})`;
}

function nameOf(schema: unknown): string {
  if (!isObject(schema)) return '';
  const reference = own(schema, '$ref');
  if (typeof reference === 'string') return reference.slice(reference.lastIndexOf('/') + 1);
  return ownString(schema, 'title') ?? readTypes(own(schema, 'type')).types?.join(' | ') ?? '';
}

const isKind = /^("|(string|integer|number|boolean|object|array)\b).{0,60}$/;

/** The same with the names and kinds only. */
export function lenientBrief(schema: JsonObject): JsonObject {
  const { description, ...rest } = mapSubSchemas(schema, lenientBrief);
  const kind = typeof description === 'string' ? description.split(': ', 1)[0] : undefined;
  return kind !== undefined && Object.keys(rest).length === 0 && isKind.test(kind) ? { description: kind } : rest;
}
