import { setUpAndBecome } from '../application.mjs';

/** `npm run hub -- …`: the command line. */
export function run() {
  // npm changes to the workspace's folder; file names among the arguments are meant from where the person is.
  if (process.env['npm_lifecycle_event'] === 'hub') process.chdir(process.env['INIT_CWD'] ?? '.');
  return setUpAndBecome('apps/cli');
}
