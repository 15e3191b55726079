import type { JsonObject } from '../document/json.js';
import type { CallResult } from './call-result.js';

/** JSON text of structured content, as the API wrote it. */
const writtenAs = new WeakMap<JsonObject, string>();

/** Remembers the JSON text that a structured content was parsed from. */
export function rememberText(structuredContent: JsonObject, text: string): void {
  writtenAs.set(structuredContent, text);
}

/**
 * A result as JSON in which the structured content too has the digits that the API sent (integers over 2^53), and
 * which costs no second writing of a large answer.
 */
export function serializeResult(result: CallResult): string {
  const { structuredContent, ...rest } = result;
  const text = structuredContent && writtenAs.get(structuredContent);
  if (text === undefined) return JSON.stringify(result);
  return `${JSON.stringify(rest).slice(0, -1)},"structuredContent":${text}}`;
}
