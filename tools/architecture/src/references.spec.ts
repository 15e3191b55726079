import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Project } from '@mcp-hub/bootstrap/workspace';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { expectedReferences, wrongReferences } from './references.mjs';

const domain = aProject('libs/domain', {});
const servers = aProject('tools/test-servers', {});
const store = aProject('libs/adapters/store', {
  dependencies: ['@mcp-hub/domain', 'mongoose'],
  devDependencies: ['@mcp-hub/test-servers'],
});
let workspace: string;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'references '));
});
afterEach(() => {
  rmSync(workspace, { recursive: true });
});

function aProject(root: string, some: Partial<Project>): Project {
  const name = root.split('/').at(-1) ?? root;
  const packageName = `@mcp-hub/${name}`;
  return {
    name,
    packageName,
    root,
    tags: [],
    dependencies: [],
    devDependencies: [],
    builds: true,
    testTarget: 'test',
    ...some,
  };
}

it('derives the references of a project from its workspace dependencies', () => {
  const expected = expectedReferences([domain, servers, store]);
  expect(expected.get('libs/adapters/store/tsconfig.lib.json')).toEqual(['../../domain/tsconfig.lib.json']);
  expect(expected.get('libs/adapters/store/tsconfig.spec.json')).toEqual([
    './tsconfig.lib.json',
    '../../domain/tsconfig.lib.json',
    '../../../tools/test-servers/tsconfig.lib.json',
  ]);
});

it('puts the references of a project that does not build into its tsconfig.json', () => {
  const e2e = aProject('apps/hub-e2e', {
    dependencies: ['@mcp-hub/domain'],
    builds: false,
  });
  const expected = expectedReferences([domain, e2e]);
  expect(expected.get('apps/hub-e2e/tsconfig.json')).toEqual(['../../libs/domain/tsconfig.lib.json']);
  expect(expected.get('tsconfig.json')).toEqual(['./libs/domain/tsconfig.lib.json']);
});

it('names the files whose references differ', () => {
  for (const [file, paths] of expectedReferences([domain, store])) {
    const references = file === 'libs/adapters/store/tsconfig.lib.json' ? [] : paths.map((path) => ({ path }));
    mkdirSync(dirname(join(workspace, file)), { recursive: true });
    writeFileSync(join(workspace, file), JSON.stringify({ references }));
  }
  expect(wrongReferences(workspace, [domain, store])).toEqual([
    {
      file: 'libs/adapters/store/tsconfig.lib.json',
      expected: ['../../domain/tsconfig.lib.json'],
      actual: [],
    },
  ]);
});

it('names a file that is missing', () => {
  expect(wrongReferences(workspace, [domain]).map(({ file, actual }) => [file, actual])).toContainEqual([
    'libs/domain/tsconfig.lib.json',
    undefined,
  ]);
});
