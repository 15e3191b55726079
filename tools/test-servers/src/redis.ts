import { findExecutable, versionOf } from './find-executable.js';
import { launch } from './launched-server.js';
import type { RunningServer, ServerOptions } from './running-server.js';
import { ServerUnavailable } from './server-errors.js';

const REMEDY =
  'There is no redis-server on the PATH. Install Redis 6.2 or newer (Debian and Ubuntu: `apt-get install redis-server`; macOS: `brew install redis`).';

/**
 * Full path of redis-server.
 *
 * @throws ServerUnavailable if there is none.
 */
export async function findRedis(): Promise<string> {
  const command = await findExecutable('redis-server');
  if (command === undefined) throw new ServerUnavailable(REMEDY);
  return command;
}

/**
 * Starts a Redis server on 127.0.0.1 that keeps what it acknowledged, also when it is killed.
 *
 * @throws ServerUnavailable if there is no redis-server; ServerStartFailed if it does not come up.
 */
export async function startRedis(options: ServerOptions = {}): Promise<RunningServer> {
  const command = await findRedis();
  const version = await versionOf(command, /\bv=(\S+)/);
  return launch(
    {
      kind: 'redis',
      version,
      scheme: 'redis',
      command,
      args: ({ host, port, dir }) => [
        ...['--bind', host, '--port', String(port), '--dir', dir],
        // Each command is in the file before its answer is sent. Not fsynced: that guards against power cuts only, and
        // the default, fsync each second, holds writes back while it runs.
        ...['--appendonly', 'yes', '--appendfsync', 'no', '--save', ''],
        ...['--protected-mode', 'no', '--daemonize', 'no'],
      ],
      ready: /Ready to accept connections/,
    },
    options,
  );
}
