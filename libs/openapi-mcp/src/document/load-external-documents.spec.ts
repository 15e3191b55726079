import { describe, expect, it } from 'vitest';
import { Diagnostics } from './diagnostics.js';
import type { JsonObject } from './json.js';
import { loadDocument } from './load-document.js';
import { loadExternalDocuments, type ExternalDocumentOptions } from './load-external-documents.js';
import { References } from './references.js';

const base = 'https://api.example/docs/openapi.yaml';

async function load(root: JsonObject, files: Record<string, unknown>, options: Partial<ExternalDocumentOptions> = {}) {
  const read: string[] = [];
  const loaded = loadDocument({ openapi: '3.1.0', ...root });
  if (!loaded.ok) throw new Error(loaded.message);
  const document = await loadExternalDocuments(loaded.document, {
    base,
    isAllowed: () => true,
    read: (url) => {
      read.push(url);
      const file = files[url.replace('https://api.example/', '')];
      if (file === undefined) return Promise.reject(new Error('HTTP 404'));
      return Promise.resolve(typeof file === 'string' ? file : JSON.stringify(file));
    },
    maxDocuments: 10,
    maxLength: 10_000,
    ...options,
  });
  const diagnostics = new Diagnostics();
  const references = new References(document.root, diagnostics, document.externals);
  return { read, references, diagnostics, document };
}

describe('loadExternalDocuments', () => {
  it('reads each document once, those of the documents it read too', async () => {
    const { read, references } = await load(
      { a: { $ref: 'one.yaml#/x' }, b: { $ref: './one.yaml#/y' }, c: { $ref: '#/a' }, d: { $ref: 'openapi.yaml#/a' } },
      {
        'docs/one.yaml': 'x: {$ref: ../two.json}\ny: {$ref: "#/z"}\nz: 1',
        'two.json': { $ref: 'docs/one.yaml#/z' },
      },
    );
    expect(read).toEqual(['https://api.example/docs/one.yaml', 'https://api.example/two.json']);
    expect(references.follow({ $ref: 'one.yaml#/x' }, '')).toEqual({
      value: 1,
      pointer: 'https://api.example/docs/one.yaml#/z',
    });
    expect(references.follow({ $ref: 'one.yaml#/y' }, '')?.value).toBe(1);
    expect(references.follow({ $ref: 'openapi.yaml#/a' }, '')?.value).toBe(1);
  });

  it('looks for references neither in examples nor in extensions', async () => {
    const { read } = await load(
      {
        example: { $ref: 'no1.json' },
        'x-data': { $ref: 'no2.json' },
        properties: { example: { $ref: 'yes1.json' }, 'x-data': { $ref: 'yes2.json' } },
        discriminator: { mapping: { cat: 'yes3.json#/Cat', dog: 'Dog' } },
      },
      {},
    );
    expect(read.map((url) => url.slice(base.length - 'openapi.yaml'.length)).sort()).toEqual([
      'yes1.json',
      'yes2.json',
      'yes3.json',
    ]);
  });

  it('does not take the name of a schema for a file', async () => {
    const { read } = await load({ components: { schemas: { Pet: {} } }, a: { $ref: 'Pet' } }, {});
    expect(read).toEqual([]);
  });

  it.each<[string, Partial<ExternalDocumentOptions>, Record<string, unknown>, string]>([
    ['that is refused', { isAllowed: () => false }, {}, 'it is not allowed'],
    ['that fails', {}, {}, 'HTTP 404'],
    ['beyond the number', { maxDocuments: 0 }, { 'docs/one.json': {} }, 'more than 0 documents'],
    ['beyond the length', { maxLength: 5 }, { 'docs/one.json': { a: 'long' } }, 'more than 5 characters'],
    ['that is broken', {}, { 'docs/one.json': '{"a": ' }, 'neither JSON nor YAML'],
  ])('tells of a document %s where it is referred to', async (_, options, files, reason) => {
    const { references, diagnostics } = await load({ a: { $ref: 'one.json#/x' } }, files, options);
    expect(references.follow({ $ref: 'one.json#/x' }, '/a')).toBeUndefined();
    const [found] = diagnostics.list();
    expect(found).toMatchObject({ code: 'reference_external', pointer: '/a' });
    expect(found?.message).toContain(reason);
  });

  it('never asks for more documents than it may, whether they are there or not', async () => {
    const references = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`r${n}`, { $ref: `f${n}.json` }]));
    const { read, document } = await load(references, {}, { maxDocuments: 10 });
    expect(read).toHaveLength(10);
    expect(document.externals?.failures.size).toBe(100);
  });

  it('reports a place that the other document does not have', async () => {
    const { references, diagnostics } = await load({ a: { $ref: 'one.json#/x' } }, { 'docs/one.json': {} });
    expect(references.follow({ $ref: 'one.json#/x' }, '/a')).toBeUndefined();
    expect(diagnostics.list()).toMatchObject([{ code: 'reference_dangling', pointer: '/a' }]);
  });

  it('resolves against $self', async () => {
    const { read } = await load({ $self: 'https://other.example/v2/api', a: { $ref: 'one.json' } }, {});
    expect(read).toEqual(['https://other.example/v2/one.json']);
  });
});
