import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
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
  endWithParent();
  await install(workspaceRoot);
  await build(workspaceRoot, folder, [folder, ...alsoBuilt]);
  const main = join(workspaceRoot, folder, 'dist/main.js');
  if (!existsSync(main)) throw new SetupFailure(`${folder} has no dist/main.js`);
  process.argv[1] = main;
  await import(pathToFileURL(main).href);
}

/**
 * A SIGTERM for npm reaches only the shell between npm and this process, and ends that. So the end of the parent counts
 * as the signal that it did not pass on; without npm there is no such shell.
 */
function endWithParent() {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  timer.unref();
}
