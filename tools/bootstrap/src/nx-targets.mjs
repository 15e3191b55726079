import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readProject } from './workspace.mjs';

/**
 * The Nx plugin of this workspace: gives each project the targets that its files call for, so that a new project has
 * no targets to write down. Inputs, outputs and order are in nx.json, under `targetDefaults`.
 *
 * @type {import('nx/src/devkit-exports').CreateNodesV2}
 */
export const createNodesV2 = [
  '{apps,libs,tools}/**/package.json',
  (files, _options, { workspaceRoot }) =>
    // Packages among the fixtures are none of the workspace's projects.
    files
      .filter((file) => existsSync(join(workspaceRoot, dirname(file), 'tsconfig.json')))
      .map((file) => {
        const project = readProject(workspaceRoot, dirname(file));
        return [
          file,
          {
            projects: {
              [project.root]: {
                targets: targetsOf(project),
                tags: [`project:${project.name}`],
              },
            },
          },
        ];
      }),
];

/** @param {import('./workspace.mjs').Project} project */
function targetsOf(project) {
  const run = (/** @type {string} */ command) => ({
    command,
    options: { cwd: '{projectRoot}' },
  });
  return {
    ...(project.builds && { build: run('tsc -b tsconfig.lib.json') }),
    typecheck: run('tsc -b tsconfig.json'),
    lint: run('eslint . --max-warnings 0'),
    ...(project.testTarget && { [project.testTarget]: run('vitest run') }),
  };
}
