import type { Project } from '@mcp-hub/bootstrap/workspace';
import { describe, expect, it } from 'vitest';
import { aSourceFile } from './source-file.js';
import { findViolations } from './violations.js';

function aProject(root: string): Project {
  const name = root.split('/').at(-1) ?? root;
  return {
    name,
    packageName: `@mcp-hub/${name}`,
    root,
    tags: [],
    dependencies: [],
    devDependencies: [],
    builds: true,
    testTarget: 'test',
  };
}

const roots = [
  ...['libs/domain', 'libs/openapi-mcp', 'libs/application', 'libs/mcp', 'libs/loaders', 'libs/platform'],
  ...['libs/adapters/store-mongo', 'libs/adapters/store-sqlite', 'libs/adapters/in-process'],
  ...['libs/features/registry', 'libs/features/gateway'],
  ...['apps/registry-api', 'apps/standalone', 'apps/cli', 'apps/standalone-e2e', 'tools/test-servers'],
];
const projects = roots.map(aProject);

function check(files: Record<string, string>): string[] {
  const sources = Object.entries(files).map(([path, text]) => {
    const project = projects.find(({ root }) => path.startsWith(`${root}/`));
    if (!project) throw new Error(`no project holds ${path}`);
    return aSourceFile(path, project, text);
  });
  return findViolations(sources, projects);
}

const importing = (specifier: string): string => `import { x } from '${specifier}';`;

describe('between layers', () => {
  it.each([
    ['libs/domain/src/a.ts', '@mcp-hub/application'],
    ['libs/openapi-mcp/src/a.ts', '@mcp-hub/application'],
    ['libs/application/src/a.ts', '@mcp-hub/mcp'],
    ['libs/adapters/store-mongo/src/a.ts', '@mcp-hub/store-sqlite'],
    ['libs/adapters/store-mongo/src/a.ts', '@mcp-hub/registry'],
    ['libs/loaders/src/a.ts', '@mcp-hub/in-process'],
    ['libs/platform/src/a.ts', '@mcp-hub/mcp'],
    ['libs/features/registry/src/a.ts', '@mcp-hub/gateway'],
    ['libs/features/registry/src/a.ts', '@mcp-hub/in-process'],
    ['libs/features/registry/src/a.ts', '@mcp-hub/registry-api'],
    ['apps/registry-api/src/a.ts', '@mcp-hub/standalone'],
    ['apps/registry-api/src/a.ts', '@mcp-hub/test-servers'],
  ])('refuses that %s imports %s', (path, specifier) => {
    expect(check({ [path]: importing(specifier) })).toEqual([expect.stringContaining(`may not import ${specifier}`)]);
  });

  it.each([
    ['libs/application/src/a.ts', '@mcp-hub/domain'],
    ['libs/loaders/src/a.ts', '@mcp-hub/mcp'],
    ['libs/features/registry/src/a.ts', '@mcp-hub/platform'],
    ['libs/features/registry/src/a.spec.ts', '@mcp-hub/in-process'],
    ['libs/adapters/store-mongo/src/a.int.spec.ts', '@mcp-hub/test-servers'],
    ['apps/registry-api/src/a.ts', '@mcp-hub/store-mongo'],
    ['apps/cli/src/a.ts', '@mcp-hub/standalone'],
    ['apps/standalone-e2e/test/a.ts', '@mcp-hub/test-servers'],
  ])('lets %s import %s', (path, specifier) => {
    expect(check({ [path]: importing(specifier) })).toEqual([]);
  });

  it.each([
    ['a type import', `import type { X } from '@mcp-hub/application';`],
    ['a re-export', `export { x } from '@mcp-hub/application';`],
    ['a dynamic import', `export const x = await import('@mcp-hub/application');`],
    ['an import type', `export type X = import('@mcp-hub/application').X;`],
    ['an entry below the package', importing('@mcp-hub/application/ports')],
  ])('sees %s', (_kind, text) => {
    expect(check({ 'libs/domain/src/a.ts': text })).toHaveLength(1);
  });

  it('refuses a relative path into another project', () => {
    const found = check({
      'libs/domain/src/a.ts': importing('../../application/src/index.js'),
    });
    expect(found).toEqual([expect.stringContaining('leaves its project')]);
  });

  it('refuses the testing entry of a package in production code', () => {
    const path = 'libs/adapters/in-process/src/a.ts';
    expect(check({ [path]: importing('@mcp-hub/application/testing') })).toHaveLength(1);
    expect(
      check({
        [path.replace('.ts', '.spec.ts')]: importing('@mcp-hub/application/testing'),
      }),
    ).toEqual([]);
  });
});

describe('packages', () => {
  it.each([
    ['libs/domain/src/a.ts', 'yaml'],
    ['libs/application/src/a.ts', 'undici'],
    ['libs/application/src/a.ts', '@nestjs/common'],
    ['libs/mcp/src/a.ts', '@nestjs/common'],
    ['libs/loaders/src/a.ts', '@modelcontextprotocol/sdk/server/mcp.js'],
    ['libs/adapters/store-sqlite/src/a.ts', 'mongoose'],
    ['libs/adapters/in-process/src/a.ts', 'ioredis'],
    ['libs/features/registry/src/a.ts', 'mongoose'],
    ['apps/registry-api/src/a.ts', 'bullmq'],
    ['libs/platform/src/a.ts', 'vitest'],
  ])('refuses that %s imports %s', (path, specifier) => {
    expect(check({ [path]: importing(specifier) })).toEqual([
      expect.stringContaining(`may not import the package ${specifier}`),
    ]);
  });

  it.each([
    ['libs/openapi-mcp/src/a.ts', 'yaml'],
    ['libs/mcp/src/a.ts', '@modelcontextprotocol/sdk/server/mcp.js'],
    ['libs/adapters/store-mongo/src/a.ts', '@nestjs/mongoose'],
    ['libs/adapters/store-mongo/src/a.ts', 'mongoose'],
    ['libs/domain/src/a.spec.ts', 'fast-check'],
    ['libs/application/src/testing/a.ts', 'vitest'],
    ['libs/loaders/src/fixtures/a.ts', '@modelcontextprotocol/server'],
  ])('lets %s import %s', (path, specifier) => {
    expect(check({ [path]: importing(specifier) })).toEqual([]);
  });

  it.each(['node:fs/promises', 'node:http', 'fs'])('refuses %s in a layer without input and output', (specifier) => {
    expect(check({ 'libs/domain/src/a.ts': importing(specifier) })).toHaveLength(1);
    expect(check({ 'libs/loaders/src/a.ts': importing(specifier) })).toEqual([]);
  });

  it('lets a layer without input and output compute hashes', () => {
    expect(check({ 'libs/domain/src/a.ts': importing('node:crypto') })).toEqual([]);
  });
});

describe('cycles', () => {
  it('refuses files that import each other', () => {
    const found = check({
      'libs/domain/src/a.ts': importing('./b.js'),
      'libs/domain/src/b.ts': importing('./c/index.js'),
      'libs/domain/src/c/index.ts': `import type { X } from '../a.js';`,
    });
    expect(found).toEqual([expect.stringContaining('these files import each other')]);
  });

  it('refuses projects that import each other', () => {
    const found = check({
      'libs/features/registry/src/a.spec.ts': importing('@mcp-hub/test-servers'),
      'tools/test-servers/src/a.ts': importing('@mcp-hub/registry'),
    });
    expect(found).toEqual([expect.stringContaining('these projects import each other')]);
  });
});
