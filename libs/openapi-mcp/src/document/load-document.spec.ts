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
    ['broken YAML', 'openapi: 3.0.0\npaths: {', 'line 2'],
    ['a bare string', 'hello', 'not an object'],
    ['a list', '[1]', 'not an object'],
    ['Swagger 2.0', 'swagger: "2.0"', 'Swagger 2.0'],
    ['another kind of document', '{"name":"x"}', 'no "openapi" field'],
    ['an unknown version', 'openapi: 4.0.0', 'not 3.x'],
    ['paths of a wrong type', 'openapi: 3.0.0\npaths: []', '"paths" is not an object'],
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
});
