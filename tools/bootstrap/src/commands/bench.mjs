import { setUpAndBecome } from '../application.mjs';
import { listProjects } from '../workspace.mjs';

/** `npm run bench -- …`: what the hub costs a call, and at rest. */
export function run() {
  // npm changes to the workspace's folder; file names among the arguments are meant from where the person is.
  if (process.env['npm_lifecycle_event'] === 'bench') process.chdir(process.env['INIT_CWD'] ?? '.');
  const services = listProjects().filter(({ root, builds }) => root.startsWith('apps/') && builds);
  return setUpAndBecome(
    'tools/bench',
    services.map(({ root }) => root),
  );
}
