import type { Diagnostics } from '../document/diagnostics.js';
import { ownArray, strings, type JsonObject } from '../document/json.js';
import type { References } from '../document/references.js';

/** What all readers of one document share. */
export interface ReadContext {
  references: References;
  diagnostics: Diagnostics;
  isSwagger: boolean;
  /** Swagger 2.0's media types of the whole document, of bodies and of answers. */
  consumes: readonly string[];
  produces: readonly string[];
}

/** A node and where it is. */
export interface At {
  value: JsonObject;
  pointer: string;
}

/** Swagger 2.0's `consumes` and `produces`: an operation's own replace the document's, an empty list too. */
export function mediaTypesOf(
  operation: JsonObject,
  key: 'consumes' | 'produces',
  context: Pick<ReadContext, 'consumes' | 'produces'>,
): readonly string[] {
  return Array.isArray(operation[key]) && Object.hasOwn(operation, key)
    ? mediaTypes(ownArray(operation, key))
    : context[key];
}

/** Those of a list that name a media type. */
export function mediaTypes(values: readonly unknown[]): string[] {
  const named = strings(values).map((value) => (value.split(',')[0] ?? '').trim());
  return [...new Set(named.filter(isMediaType))];
}

export function isMediaType(value: string): boolean {
  return /^[^/\s;,]+\/[^/\s;,]+\s*(?:;|$)/.test(value);
}
