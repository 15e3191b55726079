import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertDocument } from '../src/components/convert-document.js';
import type { ConversionOptions } from '../src/components/conversion.js';
import { accountingCodes } from '../src/document/diagnostic-codes.js';
import { isObject, ownObject, pointerTo } from '../src/document/json.js';
import { loadDocument } from '../src/document/load-document.js';
import { readCorpus } from './corpus/read-corpus.js';
import { plainOptions } from './recorded-api.js';

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'];
const folder = join(import.meta.dirname, 'fastmcp-facts/documents');
const documents: [string, unknown][] = [
  ...readdirSync(folder).map((name): [string, unknown] => [name, readFileSync(join(folder, name), 'utf8')]),
  ...readCorpus().cases.map(({ id, text, document }): [string, unknown] => [id, text ?? document]),
];

const anything = { methods: ['*'], pattern: '.*', tags: [], mcp_tags: [] };
const configurations: [string, Partial<ConversionOptions>][] = [
  ['tools', {}],
  ['resources', { route_maps: [{ ...anything, mcp_type: 'RESOURCE' }] }],
  ['templates', { route_maps: [{ ...anything, mcp_type: 'RESOURCE_TEMPLATE' }] }],
  ['some excluded', { route_maps: [{ ...anything, methods: ['GET'], mcp_type: 'EXCLUDE' }], exclude_deprecated: true }],
  ['one tool', { max_tools: 1 }],
];

describe.each(configurations)('every operation is a component or named in a diagnostic: %s', (_, options) => {
  it.each(documents)('%s', (_name, source) => {
    expect(unaccounted(source, options)).toEqual([]);
  });
});

describe('the count of what is not accounted for', () => {
  it('sees an operation that is lost', () => {
    const source = { openapi: '3.1.0', paths: { '/a': { get: {} }, '/b': { $ref: '#/paths/~1a' } } };
    expect(operationsOf(source)).toHaveLength(2);
    expect(missing(source, new Set(['GET /a']), [])).toEqual(['GET /b']);
    expect(missing(source, new Set(['GET /a']), ['/paths/~1b'])).toEqual([]);
  });
});

function unaccounted(source: unknown, options: Partial<ConversionOptions>): string[] {
  const loaded = loadDocument(source);
  if (!loaded.ok) return [];
  const converted = convertDocument(loaded.document, {
    ...plainOptions,
    base_url: 'http://upstream/v1',
    documentUrl: 'http://upstream/openapi.json',
    ...options,
  });
  if (!converted.ok) throw new Error(converted.message);
  const offered = new Set(converted.components.map(({ operation }) => `${operation.method} ${operation.path}`));
  const named = converted.diagnostics.filter(({ code }) => accountingCodes.has(code)).map(({ pointer }) => pointer);
  return missing(loaded.document.root, offered, named);
}

interface RawOperation {
  route: string;
  /** Where a diagnostic about it may be: its own place, that of its path, or where the path's reference leads. */
  pointers: string[];
}

/** Read from the document without any code of the converter. */
function operationsOf(root: Record<string, unknown>): RawOperation[] {
  return Object.entries(ownObject(root, 'paths')).flatMap(([path, node]) => {
    if (path.startsWith('x-')) return [];
    const item = ownObject({ node }, 'node');
    const target = referenceTarget(root, item);
    return Object.entries({ ...target?.value, ...item })
      .filter(([method]) => methods.includes(method))
      .map(([method]) => ({
        route: `${method.toUpperCase()} ${path}`,
        pointers: [
          pointerTo('/paths', path),
          pointerTo('/paths', path, method),
          ...(target ? [pointerTo(target.pointer, method)] : []),
        ],
      }));
  });
}

function referenceTarget(root: Record<string, unknown>, item: Record<string, unknown>) {
  const { $ref: reference } = item;
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return undefined;
  const tokens = reference
    .slice(2)
    .split('/')
    .map((token) => decodeURIComponent(token).replaceAll('~1', '/'));
  const value = tokens.reduce<unknown>((node, token) => (isObject(node) ? node[token] : undefined), root);
  return isObject(value) ? { value, pointer: pointerTo('', ...tokens) } : undefined;
}

function missing(root: Record<string, unknown>, offered: ReadonlySet<string>, named: readonly string[]): string[] {
  return operationsOf(root)
    .filter(({ route, pointers }) => !offered.has(route) && !pointers.some((pointer) => named.includes(pointer)))
    .map(({ route }) => route);
}
