import type { JsonObject } from '../document/json.js';

const readOnlyMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY']);

/** The hints of a tool, all of them said: their defaults are the opposite of what most operations are (section 3). */
export function annotationsOf(method: string): JsonObject {
  const isReadOnly = readOnlyMethods.has(method);
  return {
    readOnlyHint: isReadOnly,
    destructiveHint: !isReadOnly,
    idempotentHint: isReadOnly || method === 'PUT' || method === 'DELETE',
    openWorldHint: true,
  };
}
