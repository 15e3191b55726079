import type { JsonObject } from '../document/json.js';
import { mapSubSchemas } from './sub-schemas.js';

const briefLength = 120;

/** The first sentence of a description, or as much of it as fits. */
export function briefText(text: string): string {
  if (text.length <= briefLength) return text;
  const start = text.slice(0, briefLength);
  const sentence = /^.{20,}?[.!?](?=\s)/s.exec(start)?.[0];
  return sentence ?? `${start.slice(0, Math.max(start.lastIndexOf(' '), 1))}…`;
}

/** A schema that says the same with fewer words: of descriptions the first sentence, no examples, no titles. */
export function briefSchema(schema: JsonObject): JsonObject {
  const { title, description, examples: _, ...rest } = mapSubSchemas(schema, briefSchema);
  if (typeof description === 'string') return { ...rest, description: briefText(description) };
  return typeof title === 'string' && Object.keys(rest).length === 0 ? { title } : rest;
}

/** What is left of a schema that is cut: anything of its type, described as it was (openapi-to-mcp.md, section 6). */
export function openSchema(schema: JsonObject): JsonObject {
  const { type, description } = schema;
  return {
    ...(type === undefined ? {} : { type }),
    ...(type === 'array' ? { items: {} } : {}),
    ...(typeof description === 'string' ? { description: briefText(description) } : {}),
  };
}

/** @param depth levels of schemas that stay whole; at least 1 */
export function cutAtDepth(schema: JsonObject, depth: number): JsonObject {
  const isDeep = (sub: JsonObject) => JSON.stringify(sub).length > JSON.stringify(openSchema(sub)).length + 16;
  return mapSubSchemas(schema, (sub, isPart) => {
    if (isPart) return cutAtDepth(sub, depth);
    if (depth > 1) return cutAtDepth(sub, depth - 1);
    return holdsMore(sub) && isDeep(sub) ? openSchema(sub) : sub;
  });
}

function holdsMore(schema: JsonObject): boolean {
  const inner: JsonObject[] = [];
  mapSubSchemas(schema, (sub) => {
    inner.push(sub);
    return sub;
  });
  return inner.some((sub) => Object.keys(sub).length > 0) || Object.hasOwn(schema, '$ref');
}
