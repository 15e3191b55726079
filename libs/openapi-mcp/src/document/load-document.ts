import { parse as parseYaml, YAMLParseError } from 'yaml';
import { isObject, own, ownString, type JsonObject } from './json.js';

export interface OpenApiDocument {
  /** `3.0`, `3.1`, `3.2`, …: the patch level does not matter. */
  version: string;
  title: string;
  apiVersion: string;
  root: JsonObject;
}

export type LoadedDocument = { ok: true; document: OpenApiDocument } | { ok: false; message: string };

/**
 * Reads an OpenAPI 3.x document (openapi-to-mcp.md, section 1).
 *
 * @param source JSON or YAML text, or a value that was parsed already
 * @returns a message that names what is wrong where it is no such document
 */
export function loadDocument(source: unknown): LoadedDocument {
  const parsed = typeof source === 'string' ? parseText(source) : { ok: true as const, value: source };
  if (!parsed.ok) return parsed;
  // Text within text: an inline document that was given as YAML in a JSON string.
  if (typeof parsed.value === 'string' && typeof source === 'string' && parsed.value !== source) {
    return loadDocument(parsed.value);
  }
  return checkDocument(parsed.value);
}

function parseText(source: string): { ok: true; value: unknown } | { ok: false; message: string } {
  const text = source.replace(/^\uFEFF/, '');
  if (text.trim() === '') return { ok: false, message: 'It is empty.' };
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) return { ok: false, message: 'It is an HTML or XML page.' };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return parseAsYaml(text);
  }
}

function parseAsYaml(text: string): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    return {
      ok: true,
      value: parseYaml(text, {
        uniqueKeys: false,
        merge: true,
        logLevel: 'error',
      }),
    };
  } catch (error) {
    if (error instanceof YAMLParseError) {
      const reason = (error.message.split('\n')[0] ?? '').replace(/:$/, '');
      return { ok: false, message: `It is neither JSON nor YAML: ${reason}.` };
    }
    // The parser reports a bomb of aliases, and an alias without its anchor, as a plain ReferenceError.
    if (error instanceof ReferenceError) return { ok: false, message: `Its YAML is refused: ${error.message}` };
    throw error;
  }
}

function checkDocument(value: unknown): LoadedDocument {
  if (!isObject(value))
    return {
      ok: false,
      message: 'It is not an object with an "openapi" field.',
    };
  if (own(value, 'swagger') !== undefined && own(value, 'openapi') === undefined) {
    return {
      ok: false,
      message: 'It is a Swagger 2.0 document; OpenAPI 3.x is read. Convert it first.',
    };
  }
  const declared = own(value, 'openapi');
  if (typeof declared !== 'string' && typeof declared !== 'number') {
    return {
      ok: false,
      message: 'It has no "openapi" field that names its version.',
    };
  }
  const version = /^3(?:\.\d+)?(?=\.|$)/.exec(String(declared))?.[0];
  if (version === undefined) return { ok: false, message: `Its "openapi" version is not 3.x.` };
  const paths = own(value, 'paths');
  if (paths !== undefined && paths !== null && !isObject(paths)) {
    return { ok: false, message: 'Its "paths" is not an object.' };
  }
  const info = own(value, 'info');
  const apiVersion = isObject(info) ? own(info, 'version') : undefined;
  return {
    ok: true,
    document: {
      version: version === '3' ? '3.0' : version,
      title: (isObject(info) ? ownString(info, 'title') : undefined) ?? 'Untitled API',
      apiVersion: typeof apiVersion === 'string' || typeof apiVersion === 'number' ? String(apiVersion) : '0.0.0',
      root: value,
    },
  };
}
