import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { selectProjects } from './commands/test.mjs';
import { listProjects } from './workspace.mjs';

/** @type {string} */
let root;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'workspace '));
  writeFileSync(join(root, 'package.json'), JSON.stringify({ workspaces: ['libs/*', 'apps/*', 'tools/*'] }));
  addProject('libs/domain', ['tsconfig.lib.json', 'vitest.config.ts']);
  addProject('apps/hub-e2e', ['vitest.config.ts']);
  addProject('tools/stack', ['tsconfig.lib.json']);
  mkdirSync(join(root, 'libs/adapters'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function addProject(/** @type {string} */ folder, /** @type {string[]} */ files) {
  const name = folder.split('/').at(-1);
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, folder, 'package.json'), JSON.stringify({ name: `@mcp-hub/${name}`, nx: { name } }));
  for (const file of files) writeFileSync(join(root, folder, file), '');
}

it('lists the folders that have a package.json', () => {
  expect(listProjects(root).map((project) => [project.root, project.name, project.packageName])).toEqual([
    ['apps/hub-e2e', 'hub-e2e', '@mcp-hub/hub-e2e'],
    ['libs/domain', 'domain', '@mcp-hub/domain'],
    ['tools/stack', 'stack', '@mcp-hub/stack'],
  ]);
});

it('tells what a project does from its files', () => {
  expect(listProjects(root).map(({ builds, testTarget }) => [builds, testTarget])).toEqual([
    [false, 'e2e'],
    [true, 'test'],
    [true, undefined],
  ]);
});

it('selects all projects with tests when none is named', () => {
  expect(selectProjects(listProjects(root), []).map(({ name }) => name)).toEqual(['hub-e2e', 'domain']);
});

it.each(['domain', '@mcp-hub/domain', 'libs/domain', 'libs/domain/'])('selects a project by %s', (name) => {
  expect(selectProjects(listProjects(root), [name]).map((project) => project.name)).toEqual(['domain']);
});

it('refuses a name that fits no project with tests', () => {
  expect(() => selectProjects(listProjects(root), ['stack'])).toThrow('called stack. There are: hub-e2e, domain.');
});
