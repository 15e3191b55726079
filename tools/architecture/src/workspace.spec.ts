import { listProjects, workspaceRoot } from '@mcp-hub/bootstrap/workspace';
import { expect, it } from 'vitest';
import { layerOfFolder } from './layers.mjs';
import { wrongReferences } from './references.mjs';
import { readSourceFiles } from './source-file.js';
import { findViolations } from './violations.js';

const projects = listProjects();

it('reads the imports of this workspace', () => {
  const files = readSourceFiles(workspaceRoot, projects);
  const self = files.find(({ path }) => path === 'tools/architecture/src/workspace.spec.ts');
  expect(self?.imports).toContain('@mcp-hub/bootstrap/workspace');
  expect(files.length).toBeGreaterThan(projects.length);
});

it('imports only downwards, without a cycle', () => {
  expect(findViolations(readSourceFiles(workspaceRoot, projects), projects)).toEqual([]);
});

it('tags every project with the layer of its folder', () => {
  const wrong = projects
    .filter(
      ({ root, tags }) =>
        tags.filter((tag) => tag.startsWith('layer:')).join() !== `layer:${layerOfFolder(root)?.name ?? '?'}`,
    )
    .map(({ root, tags }) => `${root}: ${tags.join()}`);
  expect(wrong).toEqual([]);
});

it('has tsconfig references that follow the package.json files (npm run sync writes them)', () => {
  expect(wrongReferences(workspaceRoot, projects)).toEqual([]);
});
