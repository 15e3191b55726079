import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reasonToInstall } from './install.mjs';

/** @type {string} */
let root;
const dependency = { version: '1.0.0', integrity: 'sha512-a' };
const locked = {
  '': { name: 'workspace' },
  'node_modules/a': dependency,
  'node_modules/fsevents': { ...dependency, optional: true },
  'node_modules/@mcp-hub/domain': { resolved: 'libs/domain', link: true },
  'libs/domain': { name: '@mcp-hub/domain' },
};
const { '': _root, 'node_modules/fsevents': _optional, ...installed } = locked;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'install '));
  writeLock(locked);
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function writeLock(/** @type {object} */ packages) {
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
}

function writeRecord(/** @type {object} */ packages) {
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
}

it('installs when there is no node_modules', () => {
  expect(reasonToInstall(root)).toBe('there are none yet');
});

it('installs when an install was broken off', () => {
  mkdirSync(join(root, 'node_modules'));
  expect(reasonToInstall(root)).toBe('package-lock.json changed');
});

it('accepts what npm install put there', () => {
  writeRecord(installed);
  expect(reasonToInstall(root)).toBeUndefined();
  expect(existsSync(join(root, 'node_modules/.hub-install'))).toBe(true);
});

it('installs when the lock file asks for another version than was stamped', () => {
  writeRecord(installed);
  reasonToInstall(root);
  writeLock({
    ...locked,
    'node_modules/a': { ...dependency, version: '1.0.1' },
  });
  expect(reasonToInstall(root)).toBe('package-lock.json changed');
});

it('installs when a workspace package was added', () => {
  writeRecord(installed);
  writeLock({
    ...locked,
    'node_modules/@mcp-hub/new': { resolved: 'libs/new', link: true },
  });
  expect(reasonToInstall(root)).toBe('package-lock.json changed');
});
