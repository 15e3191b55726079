import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds the workspace's package.json, wherever the command was started. */
export const workspaceRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/**
 * @typedef {object} Project
 * @property {string} name the Nx name (`domain`)
 * @property {string} packageName the npm name (`@mcp-hub/domain`)
 * @property {string} root its folder, relative to the workspace, with forward slashes
 * @property {string[]} tags Nx tags written in its package.json
 * @property {string[]} dependencies package names under `dependencies`
 * @property {string[]} devDependencies package names under `devDependencies`
 * @property {boolean} builds whether it has a tsconfig.lib.json, so whether `dist` is made from `src`
 * @property {'test' | 'e2e' | undefined} testTarget the Nx target that runs its tests, if it has any
 */

/**
 * Every project of the workspace, found through the `workspaces` of the root package.json.
 *
 * @param {string} [root] the workspace's folder
 * @returns {Project[]} sorted by folder
 */
export function listProjects(root = workspaceRoot) {
  const { workspaces = [] } = readJson(join(root, 'package.json'));
  return workspaces
    .flatMap((/** @type {string} */ pattern) => expand(root, pattern))
    .filter((/** @type {string} */ folder) => existsSync(join(root, folder, 'package.json')))
    .sort()
    .map((/** @type {string} */ folder) => readProject(root, folder));
}

/**
 * @param {string} root the workspace's folder
 * @param {string} folder the project's folder, relative to it
 * @returns {Project}
 */
export function readProject(root, folder) {
  const manifest = readJson(join(root, folder, 'package.json'));
  const name = manifest.nx?.name ?? manifest.name;
  const hasTests = existsSync(join(root, folder, 'vitest.config.ts'));
  return {
    name,
    packageName: manifest.name,
    root: folder,
    tags: manifest.nx?.tags ?? [],
    dependencies: Object.keys(manifest.dependencies ?? {}),
    devDependencies: Object.keys(manifest.devDependencies ?? {}),
    builds: existsSync(join(root, folder, 'tsconfig.lib.json')),
    testTarget: hasTests ? (folder.endsWith('-e2e') ? 'e2e' : 'test') : undefined,
  };
}

/**
 * @param {string} root
 * @param {string} pattern a folder, or a folder followed by `/*`
 */
function expand(root, pattern) {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`);
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
