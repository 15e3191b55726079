import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

/**
 * The folders of a project and of all that it is built from, by the references of their tsconfig.lib.json files.
 *
 * @param {string} root the workspace's folder
 * @param {string[]} folders of the projects to start from, relative to it
 * @returns {string[]} sorted
 */
export function withReferences(root, folders) {
  const found = new Set(folders);
  for (const folder of found) {
    const { references = [] } = JSON.parse(readFileSync(join(root, folder, 'tsconfig.lib.json'), 'utf8'));
    for (const { path } of references) found.add(posix.dirname(posix.join(folder, path)));
  }
  return [...found].sort();
}

/**
 * A digest of the names, sizes and times of all that a build of some projects reads, and of what tsc noted about its
 * last build. The same digest as after a build means that there is nothing to build. Reads no file, so it is quick.
 *
 * @param {string} root the workspace's folder
 * @param {string[]} folders of the projects
 */
export function fingerprint(root, folders) {
  const hash = createHash('sha256');
  const add = (/** @type {string} */ path) => {
    const stats = statSync(join(root, path), { throwIfNoEntry: false });
    hash.update(`${path} ${stats ? `${stats.size} ${stats.mtimeMs}` : 'absent'}\n`);
  };
  ['tsconfig.base.json', 'node_modules/.hub-install'].forEach(add);
  for (const folder of folders) {
    ['package.json', 'tsconfig.lib.json', 'dist/tsconfig.lib.tsbuildinfo'].forEach((name) => add(`${folder}/${name}`));
    listFiles(join(root, folder, 'src'))
      .filter((path) => !path.endsWith('.spec.ts'))
      .sort()
      .forEach((path) => add(`${folder}/src/${path}`));
  }
  return hash.digest('hex');
}

/**
 * The projects whose `dist` holds a module that no source file makes any more. tsc never deletes one.
 *
 * @param {string} root the workspace's folder
 * @param {string[]} folders of the projects
 * @returns {string[]} those folders among them
 */
export function withOrphans(root, folders) {
  return folders.filter((folder) =>
    listFiles(join(root, folder, 'dist'))
      .filter((path) => /\.m?js$/.test(path))
      .some((path) => !existsSync(join(root, folder, 'src', path.replace(/js$/, 'ts')))),
  );
}

/**
 * @param {string} folder
 * @returns {string[]} paths relative to it, of all files below it; none if it does not exist
 */
function listFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? listFiles(join(folder, entry.name)).map((path) => `${entry.name}/${path}`) : [entry.name],
  );
}
