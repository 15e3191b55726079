import { isObject, own, ownArray, ownObject, ownString, type JsonObject } from '../document/json.js';

/** A file as a caller gives it: base64 text, or `{filename, content_type, data}` with that text in `data`. */
export interface FileValue {
  bytes: Uint8Array;
  filename?: string;
  contentType?: string;
}

export type DecodedFile = { ok: true; file: FileValue } | { ok: false; problem: string };

const mediaTypeSyntax =
  /^[!#$&^_.+A-Za-z0-9-]+\/[!#$&^_.+A-Za-z0-9-]+(?: ?; ?[A-Za-z0-9_.-]+=(?:[A-Za-z0-9_.-]+|"[^"\\\r\n\0]*"))*$/;

/** @see openapi-to-mcp.md, section 4: decoded before sending, refused where it isn't base64 */
export function decodeFile(value: unknown): DecodedFile {
  if (!isObject(value)) {
    const bytes = typeof value === 'string' ? decodeBase64(value) : undefined;
    return bytes ? { ok: true, file: { bytes } } : { ok: false, problem: 'must be base64' };
  }
  const data = own(value, 'data');
  const bytes = typeof data === 'string' ? decodeBase64(data) : undefined;
  if (!bytes) return { ok: false, problem: 'data must be base64' };
  const filename = ownString(value, 'filename');
  const contentType = ownString(value, 'content_type');
  if (contentType !== undefined && !mediaTypeSyntax.test(contentType)) {
    return { ok: false, problem: 'content_type must be a media type, as in "image/png"' };
  }
  return {
    ok: true,
    file: {
      bytes,
      ...(filename === undefined ? {} : { filename }),
      ...(contentType === undefined ? {} : { contentType }),
    },
  };
}

/** Base64 or base64url, padded or not, line breaks between. */
function decodeBase64(text: string): Uint8Array | undefined {
  const compact = text.replaceAll(/\s+/g, '');
  const unpadded = compact.replace(/={1,2}$/, '');
  const isPadded = unpadded.length < compact.length;
  if (/[^A-Za-z0-9+/_-]/.test(unpadded) || unpadded.length % 4 === 1) return undefined;
  return isPadded && compact.length % 4 !== 0 ? undefined : Buffer.from(unpadded, 'base64');
}

/**
 * Whether the client's schema asks for base64 that stands for bytes. `format: byte` does not: there the text itself is
 * what the API wants.
 */
export function isBinarySchema(schema: unknown, definitions: JsonObject, depth = 0): boolean {
  if (!isObject(schema) || depth > 16) return false;
  const reference = own(schema, '$ref');
  if (typeof reference === 'string' && reference.startsWith('#/$defs/')) {
    return isBinarySchema(own(definitions, reference.slice('#/$defs/'.length)), definitions, depth + 1);
  }
  const encoding = own(schema, 'contentEncoding');
  const format = own(schema, 'format');
  if (format === 'binary' || ((encoding === 'base64' || encoding === 'base64url') && format !== 'byte')) return true;
  const inner = [...ownArray(schema, 'anyOf'), ...ownArray(schema, 'oneOf'), ...ownArray(schema, 'allOf')];
  return [...inner, own(schema, 'items')].some((part) => isBinarySchema(part, definitions, depth + 1));
}

/** A property of the client's schema, through references and what is put together by `allOf` and variants. */
export function propertySchema(schema: unknown, name: string, definitions: JsonObject, depth = 0): unknown {
  if (!isObject(schema) || depth > 16) return undefined;
  const reference = own(schema, '$ref');
  if (typeof reference === 'string' && reference.startsWith('#/$defs/')) {
    return propertySchema(own(definitions, reference.slice('#/$defs/'.length)), name, definitions, depth + 1);
  }
  const direct = own(ownObject(schema, 'properties'), name);
  if (direct !== undefined) return direct;
  for (const part of [...ownArray(schema, 'allOf'), ...ownArray(schema, 'anyOf'), ...ownArray(schema, 'oneOf')]) {
    const found = propertySchema(part, name, definitions, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
