import { isObject, own, ownArray, ownObject, ownString, pointerTo, type JsonObject } from '../document/json.js';
import { parameterStyles, type PropertyEncoding } from './operation.js';
import type { ReadContext } from './read-context.js';

const none: ReadonlyMap<string, PropertyEncoding> = new Map();

/** The Encoding Objects of a Media Type Object, by property. */
export function readEncoding(
  media: JsonObject,
  mediaPointer: string,
  context: ReadContext,
): ReadonlyMap<string, PropertyEncoding> {
  const entries = Object.entries(ownObject(media, 'encoding'));
  if (entries.length === 0) return none;
  const encodings = entries.flatMap(([name, node]): [string, PropertyEncoding][] => {
    if (!isObject(node)) return [];
    return [[name, propertyEncoding(node, pointerTo(mediaPointer, 'encoding', name), context)]];
  });
  return new Map(encodings);
}

function propertyEncoding(node: JsonObject, pointer: string, context: ReadContext): PropertyEncoding {
  const contentType = ownString(node, 'contentType');
  const isContentType = contentType !== undefined && /^[\w.+*-]+\/[\w.+*-]+(?:[;, ][ -~]*)?$/.test(contentType);
  if (contentType !== undefined && !isContentType) {
    const message = 'Not a content type; it is ignored.';
    context.diagnostics.add('warning', pointerTo(pointer, 'contentType'), 'encoding_invalid', message);
  }
  const style = parameterStyles.find((candidate) => candidate === own(node, 'style'));
  const explode = own(node, 'explode');
  const allowReserved = own(node, 'allowReserved');
  const headers = fixedHeaders(node, pointerTo(pointer, 'headers'), context);
  return {
    ...(isContentType ? { contentType } : {}),
    ...(style === undefined ? {} : { style }),
    ...(typeof explode === 'boolean' ? { isExploded: explode } : {}),
    ...(typeof allowReserved === 'boolean' ? { allowsReserved: allowReserved } : {}),
    ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
  };
}

/** Those headers of a part that can have one value only, since no argument gives them one. */
function fixedHeaders(
  node: JsonObject,
  pointer: string,
  { references, diagnostics }: ReadContext,
): [name: string, value: string][] {
  return Object.entries(ownObject(node, 'headers')).flatMap(([name, declared]): [string, string][] => {
    const at = pointerTo(pointer, name);
    // The part's own content type is `contentType`.
    if (name.toLowerCase() === 'content-type') return [];
    const header = references.followObject(declared, at)?.value;
    const schema = header && references.follow(own(header, 'schema') ?? header, pointerTo(at, 'schema'))?.value;
    const value = isObject(schema) ? fixedValue(schema) : undefined;
    if (value === undefined) return [];
    if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(value)) return [[name, value]];
    diagnostics.add('warning', at, 'encoding_invalid', 'Not a header that can be sent; it is ignored.');
    return [];
  });
}

function fixedValue(schema: JsonObject): string | undefined {
  const values = ownArray(schema, 'enum');
  const value = own(schema, 'const') ?? (values.length === 1 ? values[0] : undefined) ?? own(schema, 'default');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
