import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** @typedef {import('@mcp-hub/bootstrap/workspace').Project} Project */

/**
 * The `references` that every tsconfig of the workspace should have, as its package.json files demand: a project's
 * `tsconfig.lib.json` names the workspace packages in `dependencies`, its `tsconfig.spec.json` those in
 * `devDependencies` too, the `tsconfig.json` of a project that does not build names both, and the root `tsconfig.json`
 * names every project that builds.
 *
 * @param {Project[]} projects
 * @returns {Map<string, string[]>} tsconfig path, relative to the workspace → paths of its references
 */
export function expectedReferences(projects) {
  const building = projects.filter((project) => project.builds);
  const byPackage = new Map(building.map((project) => [project.packageName, project]));
  const expected = new Map([['tsconfig.json', building.map(({ root }) => `./${root}/tsconfig.lib.json`)]]);
  for (const project of projects) {
    const paths = (/** @type {string[]} */ names) =>
      names.flatMap((name) => {
        const target = byPackage.get(name);
        return target ? [posix.join(posix.relative(project.root, target.root), 'tsconfig.lib.json')] : [];
      });
    const library = paths(project.dependencies);
    const all = [...new Set([...library, ...paths(project.devDependencies)])];
    if (!project.builds) {
      expected.set(`${project.root}/tsconfig.json`, all);
      continue;
    }
    expected.set(`${project.root}/tsconfig.lib.json`, library);
    expected.set(`${project.root}/tsconfig.spec.json`, ['./tsconfig.lib.json', ...all]);
  }
  return expected;
}

/**
 * What the tsconfig files say instead.
 *
 * @param {string} workspace its folder
 * @param {Project[]} projects
 * @returns {{ file: string, expected: string[], actual: string[] | undefined }[]} one for each file that differs;
 *   `actual` is undefined when there is no such file
 */
export function wrongReferences(workspace, projects) {
  return [...expectedReferences(projects)].flatMap(([file, expected]) => {
    const actual = readReferences(join(workspace, file));
    const same = actual !== undefined && [...actual].sort().join() === [...expected].sort().join();
    return same ? [] : [{ file, expected, actual }];
  });
}

/** @param {string} file */
function readReferences(file) {
  if (!existsSync(file)) return undefined;
  /** @type {{ path: string }[]} */
  const references = JSON.parse(readFileSync(file, 'utf8')).references ?? [];
  return references.map(({ path }) => path);
}
