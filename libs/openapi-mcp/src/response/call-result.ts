import type { JsonObject } from '../document/json.js';

/** The result of `tools/call`. */
export interface CallResult extends JsonObject {
  content: JsonObject[];
  structuredContent?: JsonObject;
  isError?: boolean;
}

export function textContent(text: string): JsonObject {
  return { type: 'text', text };
}

export function errorResult(text: string): CallResult {
  return { content: [textContent(text)], isError: true };
}
