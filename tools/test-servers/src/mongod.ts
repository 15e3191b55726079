import { findExecutable, versionOf } from './find-executable.js';
import type { ServerProgram } from './launched-server.js';

/** Tells how to start the real mongod if it is on the PATH, or may be downloaded (HUB_TEST_MONGO_DOWNLOAD=1). */
export async function findMongod(): Promise<ServerProgram | undefined> {
  const command = (await findExecutable('mongod')) ?? (await downloadMongod());
  if (command === undefined) return undefined;
  return {
    kind: 'mongod',
    version: await versionOf(command, /db version v(\S+)/),
    scheme: 'mongodb',
    command,
    args: ({ host, port, dir }) => [
      ...['--bind_ip', host, '--port', String(port), '--dbpath', dir],
      ...['--nounixsocket', '--wiredTigerCacheSizeGB', '0.25'],
    ],
    ready: /Waiting for connections/i,
  };
}

async function downloadMongod(): Promise<string | undefined> {
  if (process.env['HUB_TEST_MONGO_DOWNLOAD'] !== '1') return undefined;
  const { MongoBinary } = await import('mongodb-memory-server-core/lib/util/MongoBinary.js');
  return MongoBinary.getPath();
}
