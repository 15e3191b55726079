import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint, withOrphans, withReferences } from './staleness.mjs';

/** @type {string} */
let root;
const folders = ['libs/a', 'libs/b'];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'staleness '));
  write('tsconfig.base.json', '{}');
  write('libs/a/tsconfig.lib.json', '{}');
  write('libs/a/src/index.ts', 'one');
  write('libs/a/src/deep/x.ts', 'x');
  write('libs/a/src/index.spec.ts', 'test');
  write('libs/b/tsconfig.lib.json', JSON.stringify({ references: [{ path: '../a/tsconfig.lib.json' }] }));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(/** @type {string} */ path, /** @type {string} */ text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('the fingerprint', () => {
  /** @type {[string, () => void, boolean][]} */
  const changes = [
    ['nothing', () => undefined, true],
    ['a test', () => write('libs/a/src/index.spec.ts', 'another'), true],
    ['the text of a source file', () => write('libs/a/src/index.ts', 'longer'), false],
    ['the time of a source file', () => utimesSync(join(root, 'libs/a/src/index.ts'), 1, 1), false],
    ['a new source file', () => write('libs/b/src/new.ts', ''), false],
    ['a removed source file', () => rmSync(join(root, 'libs/a/src/deep/x.ts')), false],
    ['a compiler option', () => write('tsconfig.base.json', '{"compilerOptions":{}}'), false],
    ['a reference', () => write('libs/a/tsconfig.lib.json', '{"references":[]}'), false],
    ['the outcome of the last build', () => write('libs/a/dist/tsconfig.lib.tsbuildinfo', '{}'), false],
    ['the installed packages', () => write('node_modules/.hub-install', 'hash'), false],
  ];
  it.each(changes)('after a change of %s', (_what, change, isSame) => {
    const before = fingerprint(root, folders);
    change();
    expect(fingerprint(root, folders) === before).toBe(isSame);
  });
});

it('follows references to the projects that others are built from', () => {
  expect(withReferences(root, ['libs/b'])).toEqual(['libs/a', 'libs/b']);
});

it('finds the project whose output outlived its source', () => {
  write('libs/a/dist/index.js', '');
  write('libs/a/dist/deep/x.js', '');
  expect(withOrphans(root, folders)).toEqual([]);
  rmSync(join(root, 'libs/a/src/deep/x.ts'));
  expect(withOrphans(root, folders)).toEqual(['libs/a']);
});
