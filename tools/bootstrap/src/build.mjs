import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupFailure, runScript, say, scriptOf } from './child.mjs';
import { fingerprint, withOrphans, withReferences } from './staleness.mjs';

/**
 * Builds some projects and what they are made from, if anything changed since that was done last.
 *
 * @param {string} root the workspace's folder
 * @param {string} name of this set of projects, as a person reads it; its stamp is kept under that name
 * @param {string[]} folders of the projects, relative to the workspace
 * @throws {SetupFailure} when a source does not compile
 */
export async function build(root, name, folders) {
  const projects = withReferences(root, folders);
  const stamp = join(root, 'node_modules/.hub-build', name.replaceAll('/', '-'));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(root, projects)) return;
  say(`Building ${name} …`);
  for (const folder of withOrphans(root, projects)) rmSync(join(root, folder, 'dist'), { recursive: true });
  const configs = folders.map((folder) => `${folder}/tsconfig.lib.json`);
  const code = await runScript(scriptOf(root, 'typescript', 'tsc'), ['-b', ...configs], { cwd: root });
  if (code !== 0) throw new SetupFailure(`${name} does not compile: the errors are above.`, code);
  mkdirSync(join(root, 'node_modules/.hub-build'), { recursive: true });
  writeFileSync(stamp, fingerprint(root, projects));
}
