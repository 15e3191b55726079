import { setUpAndBecome } from '../application.mjs';

/** `npm run corpus -- …`: what becomes of thousands of real OpenAPI documents. */
export function run() {
  // npm changes to the workspace's folder; file names among the arguments are meant from where the person is.
  if (process.env['npm_lifecycle_event'] === 'corpus') process.chdir(process.env['INIT_CWD'] ?? '.');
  return setUpAndBecome('tools/corpus');
}
