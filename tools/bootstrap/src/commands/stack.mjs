import { setUpAndBecome } from '../application.mjs';
import { listProjects } from '../workspace.mjs';

/** `npm run stack -- …`: the split services with the servers that they need. */
export function run() {
  const services = listProjects().filter(({ root, builds }) => root.startsWith('apps/') && builds);
  return setUpAndBecome(
    'tools/stack',
    services.map(({ root }) => root),
  );
}
