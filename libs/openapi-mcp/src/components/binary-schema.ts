import { isObject, own, ownArray, ownString, pointerTo, type JsonObject } from '../document/json.js';
import { bodyKindOf } from '../operations/read-request-body.js';
import type { References } from '../document/references.js';

type Convert = (schema: unknown, pointer: string) => JsonObject;

/** Files within lists within variants…: deeper ones are text. */
const deepest = 4;

/** How a caller gives bytes (openapi-to-mcp.md, section 4): base64, alone or with a name and a type. */
export function binarySchema(description?: string): JsonObject {
  const how = 'base64, or an object with the base64 in "data"';
  return {
    description: description === undefined ? `Binary content: ${how}.` : `${description} (${how})`,
    anyOf: [
      { type: 'string', contentEncoding: 'base64' },
      {
        type: 'object',
        properties: {
          filename: { type: 'string' },
          content_type: { type: 'string' },
          data: { type: 'string', contentEncoding: 'base64' },
        },
        required: ['data'],
        additionalProperties: false,
      },
    ],
  };
}

/**
 * The client's schema of a part of a body that holds bytes, or a list of such.
 *
 * @param partType the media type that `encoding` gives the part
 * @returns undefined where it holds none
 */
export function partWithBinary(
  schema: unknown,
  pointer: string,
  references: References,
  convert: Convert,
  partType?: string,
  depth = 0,
): JsonObject | undefined {
  const located = references.follow(schema, pointer);
  if (!located || !isObject(located.value) || depth > deepest) return undefined;
  const target = located.value;
  const description =
    (isObject(schema) ? ownString(schema, 'description') : undefined) ?? ownString(target, 'description');
  if (isBinary(target, partType)) return nullable(target, binarySchema(description));
  const inner = (node: unknown, at: string) => partWithBinary(node, at, references, convert, partType, depth + 1);
  if (own(target, 'items') !== undefined) {
    const { items, ...rest } = target;
    const files = inner(items, pointerTo(located.pointer, 'items'));
    return files && { ...convert(rest, located.pointer), items: files };
  }
  for (const keyword of ['anyOf', 'oneOf', 'allOf'] as const) {
    const variants = ownArray(target, keyword).map((node, index) => ({
      node,
      at: pointerTo(located.pointer, keyword, index),
    }));
    const found = variants.map(({ node, at }) => inner(node, at));
    if (found.every((one) => one === undefined)) continue;
    const all = variants.map(({ node, at }, index) => found[index] ?? convert(node, at));
    const [first] = all;
    if (all.length === 1 && first) return first;
    return { ...(description === undefined ? {} : { description }), anyOf: all };
  }
  return undefined;
}

function isBinary(schema: JsonObject, partType: string | undefined): boolean {
  const type = own(schema, 'type');
  const types: unknown[] = Array.isArray(type) ? (type as unknown[]) : [type];
  if (types.includes('file')) return true;
  if (type !== undefined && !types.includes('string')) return false;
  const format = own(schema, 'format');
  if (format === 'binary') return true;
  if (own(schema, 'contentEncoding') === 'base64') return true;
  const mediaType = ownString(schema, 'contentMediaType');
  if (mediaType !== undefined) return isBinaryType(mediaType);
  const isPlain = format === undefined && !('enum' in schema) && !('properties' in schema) && !('items' in schema);
  return type !== undefined && isPlain && partType !== undefined && isBinaryType(partType);
}

/** Of a list of types as OpenAPI's `contentType` may be, the first one counts. */
function isBinaryType(mediaType: string): boolean {
  const first = (mediaType.split(',')[0] ?? '').trim();
  return bodyKindOf(first) === 'binary';
}

function nullable(schema: JsonObject, binary: JsonObject): JsonObject {
  const type = own(schema, 'type');
  const isNullable = own(schema, 'nullable') === true || (Array.isArray(type) && type.includes('null'));
  return isNullable ? { ...binary, anyOf: [...ownArray(binary, 'anyOf'), { type: 'null' }] } : binary;
}
