import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { SetupFailure } from './child.mjs';
import { install } from './install.mjs';
import { workspaceRoot } from './workspace.mjs';

/**
 * Does all set-up that a program of this workspace needs, then becomes it: the program runs in this very process, so
 * arguments, signals, standard streams and the exit code are its own.
 *
 * @param {string} folder of the project that has the program as `dist/main.js`
 * @param {string[]} [alsoBuilt] folders of other projects whose programs it starts
 * @throws {SetupFailure} when the set-up fails
 */
export async function setUpAndBecome(folder, alsoBuilt = []) {
  await install(workspaceRoot);
  await build(workspaceRoot, folder, [folder, ...alsoBuilt]);
  const main = join(workspaceRoot, folder, 'dist/main.js');
  if (!existsSync(main)) throw new SetupFailure(`${folder} has no dist/main.js`);
  process.argv[1] = main;
  await import(pathToFileURL(main).href);
}
