import type { RunningServer } from './running-server.js';
import { ServerNotOwned, ServerUnavailable } from './server-errors.js';

const CONNECT_TIMEOUT_MS = 10_000;
const DEFAULT_PORT = 27_017;

/**
 * A MongoDB that somebody else runs. It is never stopped, and refuses to be killed, paused or restarted.
 *
 * @throws ServerUnavailable if it doesn't answer.
 */
export async function connectExternalMongo(
  uri: string,
  { timeoutMs = CONNECT_TIMEOUT_MS }: { timeoutMs?: number } = {},
): Promise<RunningServer> {
  const version = await askVersion(uri, timeoutMs);
  const refuse = (verb: string): never => {
    throw new ServerNotOwned(
      `The server that MONGODB_TEST_URI names can't be ${verb}: unset it to have one of our own.`,
    );
  };
  return {
    url: uri,
    port: portOf(uri),
    pid: 0,
    kind: 'mongod',
    version,
    stop: () => Promise.resolve(),
    kill: () => refuse('killed'),
    restart: async () => refuse('restarted'),
    pause: () => refuse('paused'),
    resume: () => refuse('resumed'),
  };
}

async function askVersion(uri: string, timeoutMs: number): Promise<string> {
  // Only this case needs the driver; loading it takes longer than starting Redis.
  const { MongoClient } = await import('mongodb');
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: timeoutMs });
  try {
    const { version } = await client.db('admin').command({ buildInfo: 1 });
    return String(version);
  } catch (error) {
    throw new ServerUnavailable(
      'The MongoDB that MONGODB_TEST_URI names does not answer. Start it, correct the URI, or unset the variable.',
      { cause: error },
    );
  } finally {
    await client.close();
  }
}

// Not `new URL`: a connection string may name several hosts.
function portOf(uri: string): number {
  const firstHost = /^mongodb:\/\/(?:[^@/]*@)?([^,/?]+)/.exec(uri)?.[1] ?? '';
  return Number(/:(\d+)$/.exec(firstHost)?.[1] ?? DEFAULT_PORT);
}
