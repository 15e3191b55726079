import { checkDepth, checkShape } from './check-shape.js';
import type { ExternalDocuments } from './external-documents.js';
import { isObject, own, ownString, type JsonObject } from './json.js';
import { parseText } from './parse-text.js';

export interface OpenApiDocument {
  /** `2.0` (Swagger), `3.0`, `3.1`, `3.2`, …: the patch level does not matter. */
  version: string;
  title: string;
  apiVersion: string;
  root: JsonObject;
  /** Pointers of values that an alias of YAML made contain themselves; references stand there now. */
  cycles?: readonly string[];
  /** What its references to other documents lead to, once `loadExternalDocuments` has read them. */
  externals?: ExternalDocuments;
}

export type LoadedDocument = { ok: true; document: OpenApiDocument } | { ok: false; message: string };

/**
 * Reads an OpenAPI 3.x or Swagger 2.0 document (openapi-to-mcp.md, section 1). Nothing is converted: what reads it
 * knows the versions.
 *
 * @param source JSON or YAML text, or a value that was parsed already
 * @returns a message that names what is wrong where it is no such document; never throws
 */
export function loadDocument(source: unknown): LoadedDocument {
  const read = typeof source === 'string' ? readText(source) : readValue(source);
  if (!read.ok) return read;
  // Text within text: an inline document that was given as YAML in a JSON string.
  if (typeof read.value === 'string' && typeof source === 'string' && read.value !== source) {
    return loadDocument(read.value);
  }
  return checkDocument(read.value, read.cycles);
}

type Read = { ok: true; value: unknown; cycles: readonly string[] } | { ok: false; message: string };

/** JSON or YAML text as data that can be walked. */
export function readText(source: string): Read {
  const parsed = parseText(source);
  if (!parsed.ok) return parsed;
  const shape = parsed.syntax === 'json' ? checkDepth(parsed.value) : checkShape(parsed.value, true);
  return shape.ok ? { ok: true, value: parsed.value, cycles: shape.cycles } : shape;
}

function readValue(value: unknown): Read {
  const shape = checkShape(value, false);
  return shape.ok ? { ok: true, value, cycles: [] } : shape;
}

function checkDocument(value: unknown, cycles: readonly string[]): LoadedDocument {
  if (!isObject(value)) return { ok: false, message: 'It is not an object with an "openapi" field.' };
  const version = versionOf(value);
  if (!version.ok) return version;
  const paths = own(value, 'paths');
  const isEmptyList = Array.isArray(paths) && paths.length === 0;
  if (paths !== undefined && paths !== null && !isObject(paths) && !isEmptyList) {
    return { ok: false, message: 'Its "paths" is not an object.' };
  }
  const info = own(value, 'info');
  const apiVersion = isObject(info) ? own(info, 'version') : undefined;
  return {
    ok: true,
    document: {
      version: version.version,
      title: (isObject(info) ? ownString(info, 'title') : undefined) ?? 'Untitled API',
      apiVersion: typeof apiVersion === 'string' || typeof apiVersion === 'number' ? String(apiVersion) : '0.0.0',
      root: value,
      ...(cycles.length > 0 ? { cycles } : {}),
    },
  };
}

function versionOf(root: JsonObject): { ok: true; version: string } | { ok: false; message: string } {
  const openapi = own(root, 'openapi');
  const swagger = own(root, 'swagger');
  const declared = isVersion(openapi) ? openapi : swagger;
  if (!isVersion(declared)) {
    return { ok: false, message: 'It has no "openapi" or "swagger" field that names its version.' };
  }
  const text = String(declared).trim().replace(/^v/i, '');
  if (/^2(?:\.0+)*$/.test(text)) return { ok: true, version: '2.0' };
  const version = /^3(?:\.\d+)?(?=[.-]|$)/.exec(text)?.[0];
  if (version !== undefined) return { ok: true, version: version === '3' ? '3.0' : version };
  return isVersion(openapi)
    ? { ok: false, message: 'Its "openapi" version is neither 3.x nor 2.0.' }
    : { ok: false, message: `It is a Swagger ${text.slice(0, 20)} document; Swagger 2.0 and OpenAPI 3.x are read.` };
}

function isVersion(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
