import { install } from '../install.mjs';
import { workspaceRoot } from '../workspace.mjs';

/** What the other commands do first: `npm ci` if package-lock.json is not what was installed last. */
export const run = () => install(workspaceRoot);
