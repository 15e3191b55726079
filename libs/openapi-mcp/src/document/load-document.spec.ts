import { describe, expect, it } from 'vitest';
import { loadDocument } from './load-document.js';

describe('loadDocument', () => {
  it.each([
    ['JSON', '{"openapi":"3.0.3","info":{"title":"T","version":"1"},"paths":{}}'],
    ['YAML', 'openapi: 3.0.3\ninfo: {title: T, version: "1"}\npaths: {}\n'],
    ['JSON after a byte order mark', '\uFEFF{"openapi":"3.0.99","info":{"title":"T","version":"1"}}'],
    ['YAML inside a JSON string', JSON.stringify('openapi: 3.0.0\ninfo: {title: T, version: "1"}')],
    ['a version that YAML reads as a number', 'openapi: 3.0\ninfo: {title: T, version: 1}'],
  ])('reads %s', (_, source) => {
    expect(loadDocument(source)).toMatchObject({
      ok: true,
      document: { version: '3.0', title: 'T', apiVersion: '1' },
    });
  });

  it('reads an object as it is', () => {
    expect(loadDocument({ openapi: '3.2.0', paths: null })).toMatchObject({
      ok: true,
      document: { version: '3.2', title: 'Untitled API', apiVersion: '0.0.0' },
    });
  });

  it.each([
    ['an empty text', '  \n', 'empty'],
    ['a web page', '<!DOCTYPE html><html></html>', 'HTML'],
    ['broken text', '{"openapi": "3.0.0", "paths": {', 'neither JSON nor YAML: '],
    ['broken YAML', 'openapi: 3.0.0\npaths: {]', 'line 2'],
    ['a bare string', 'hello', 'not an object'],
    ['a list', '[1]', 'not an object'],
    ['Swagger 1.2', 'swaggerVersion: 1.2\nswagger: "1.2"', 'Swagger 1.2'],
    ['another kind of document', '{"name":"x"}', 'no "openapi" or "swagger" field'],
    ['an unknown version', 'openapi: 4.0.0', 'neither 3.x nor 2.0'],
    ['paths of a wrong type', 'openapi: 3.0.0\npaths: [1]', '"paths" is not an object'],
    ['a missing comma in JSON', '{\n  "openapi": "3.0.0",\n  "info": {}\n  "paths": {}\n}', 'line 4, column 3'],
    ['tabs for indentation', 'openapi: 3.0.0\n\tpaths: {}', 'line 2'],
    ['an alias without anchor', 'openapi: 3.0.0\npaths: *nothing', 'alias'],
  ])('says what is wrong with %s', (_, source, message) => {
    const loaded = loadDocument(source);
    expect(loaded.ok).toBe(false);
    expect(!loaded.ok && loaded.message).toContain(message);
  });

  it('refuses a bomb of YAML aliases', () => {
    const levels = Array.from({ length: 12 }, (_, level) =>
      level === 0
        ? 'a0: &a0 [x]'
        : `a${level}: &a${level} [${Array(10)
            .fill(`*a${level - 1}`)
            .join(',')}]`,
    );
    expect(loadDocument(['openapi: 3.0.0', ...levels].join('\n'))).toMatchObject({ ok: false });
  });

  it.each<[string, unknown, string]>([
    ['Swagger 2.0', { swagger: '2.0' }, '2.0'],
    ['Swagger 2.0 as a number', 'swagger: 2.0', '2.0'],
    ['OpenAPI 3 under the other name', { swagger: '3.0.1' }, '3.0'],
    ['a candidate', { openapi: '3.1.0-rc1' }, '3.1'],
    ['both versions', { openapi: '3.0.0', swagger: '2.0' }, '3.0'],
    ['a version to come', { openapi: '3.17.2' }, '3.17'],
  ])('reads the version of %s', (_, source, version) => {
    expect(loadDocument(source)).toMatchObject({ ok: true, document: { version } });
  });

  it('takes the last of several equal keys', () => {
    expect(loadDocument('openapi: 3.0.0\ninfo: {title: A, title: B}')).toMatchObject({ document: { title: 'B' } });
  });

  it('takes an empty list for empty paths, as some languages print them', () => {
    expect(loadDocument('{"openapi":"3.0.0","paths":[]}')).toMatchObject({ ok: true });
  });

  it('reads the first document of a stream that is not empty', () => {
    expect(loadDocument('---\n---\nopenapi: 3.0.0\n---\nopenapi: 3.1.0\n')).toMatchObject({
      document: { version: '3.0' },
    });
  });

  it('keeps what YAML 1.1 would convert', () => {
    expect(loadDocument('openapi: 3.0.0\non: 2024-01-01\nno: !!timestamp 2024-01-01\nyes: !x {a: on}')).toMatchObject({
      document: { root: { on: '2024-01-01', no: '2024-01-01', yes: { a: 'on' } } },
    });
  });

  it('does not let a key reach the prototype', () => {
    const loaded = loadDocument('openapi: 3.0.0\n__proto__: {polluted: 1}');
    expect(loaded).toMatchObject({ ok: true });
    expect(loaded.ok && Object.getPrototypeOf(loaded.document.root)).toBe(Object.prototype);
    expect(Object.hasOwn({}, 'polluted')).toBe(false);
  });

  it.each([
    ['JSON', `{"openapi":"3.0.0","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['YAML', `openapi: 3.0.0\nx: ${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['YAML that does not end', `openapi: 3.0.0\nx: ${'{a: '.repeat(100_000)}`],
  ])('refuses %s that is nested absurdly', (_, text) => {
    const loaded = loadDocument(text);
    expect(!loaded.ok && loaded.message).toMatch(/nest/);
  });

  it('refuses a value that contains itself, and reads one that is shared', () => {
    const shared = { type: 'string' };
    const loop: Record<string, unknown> = { openapi: '3.0.0', a: shared, b: shared };
    expect(loadDocument(loop)).toMatchObject({ ok: true });
    loop.c = { loop };
    expect(loadDocument(loop)).toEqual({ ok: false, message: 'It contains itself, at /c/loop.' });
  });

  it('reads a large document of aliases that are used a few times each', () => {
    const parts = Array.from({ length: 2_000 }, (_, index) => `p${index}: &p${index} {a: {b: [1, 2, 3]}}`);
    const uses = Array.from({ length: 2_000 }, (_, index) => `u${index}: [*p${index}, *p${index}]`);
    expect(loadDocument(['openapi: 3.0.0', ...parts, ...uses].join('\n'))).toMatchObject({ ok: true });
  });

  it('never throws, whatever the text', () => {
    const seeds = [
      'openapi: 3.0.0\n',
      '{"openapi":"3.0.0",',
      '- ',
      '&a ',
      '*a',
      '!!set ',
      '<<: ',
      '? ',
      ': ',
      '"',
      "'",
      '|\n ',
      '\t',
      '%YAML 9.9\n',
      '---\n',
      '\u0000',
      '\ud800',
      '{',
      '}',
      '[',
      ']',
      ',',
      '!<tag:x> ',
    ];
    let state = 7;
    const next = (limit: number) => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % limit;
    for (let round = 0; round < 3_000; round += 1) {
      const text = Array.from({ length: 1 + next(12) }, () => seeds[next(seeds.length)] ?? '').join('');
      expect(typeof loadDocument(text).ok).toBe('boolean');
    }
  });
});
