import type { JsonObject, McpOutcome } from '@mcp-hub/application';

/**
 * The outcome of a call whose result is JSON text already; it is parsed only for those who read `result`.
 *
 * @param json an object; UTF-8 where it is bytes
 */
export function textOutcome(json: string | Uint8Array): Extract<McpOutcome, { kind: 'complete' }> {
  let parsed: JsonObject | undefined;
  return {
    kind: 'complete',
    json,
    get result() {
      parsed ??= JSON.parse(typeof json === 'string' ? json : new TextDecoder().decode(json)) as JsonObject;
      return parsed;
    },
  };
}
