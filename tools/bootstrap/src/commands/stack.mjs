import { setUpAndBecome } from '../application.mjs';
import { listProjects } from '../workspace.mjs';

/** `npm run stack -- …`: the split services with the servers that they need. */
export function run() {
  // npm changes to the workspace's folder; a file name among the arguments is meant from where the person is.
  if (process.env['npm_lifecycle_event'] === 'stack') process.chdir(process.env['INIT_CWD'] ?? '.');
  const services = listProjects().filter(({ root, builds }) => root.startsWith('apps/') && builds);
  return setUpAndBecome(
    'tools/stack',
    services.map(({ root }) => root),
  );
}
