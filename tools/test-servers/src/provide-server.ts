import type { RunningServer } from './running-server.js';
import { ServerUnavailable } from './server-errors.js';

/**
 * Starts a server for a project's test run, provides its URL, and gives back the teardown that stops it. Where the
 * server can't be had, a developer's run goes on without it, with one line on standard error; with CI=true it fails.
 *
 * @throws ServerUnavailable with CI=true; ServerStartFailed if an installed server does not come up.
 */
export async function provideServer(
  name: string,
  start: () => Promise<RunningServer>,
  provide: (url: string | undefined) => void,
): Promise<(() => Promise<void>) | undefined> {
  try {
    const server = await start();
    provide(server.url);
    return () => server.stop();
  } catch (error) {
    if (!(error instanceof ServerUnavailable) || process.env['CI'] === 'true') throw error;
    process.stderr.write(`SKIPPING every test that needs ${name}: ${error.message}\n`);
    provide(undefined);
    return undefined;
  }
}
