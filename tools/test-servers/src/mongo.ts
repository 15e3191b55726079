import { connectExternalMongo } from './external-mongo.js';
import { launch } from './launched-server.js';
import { prepareStandIn } from './mongo-stand-in.js';
import { findMongod } from './mongod.js';
import type { RunningServer, ServerOptions } from './running-server.js';
import { reportToStderr } from './running-server.js';

/**
 * Gives a MongoDB server, the realest there is: the one that MONGODB_TEST_URI names (then `pid` is 0, and each caller
 * uses database names of its own), else mongod from the PATH (or downloaded, with HUB_TEST_MONGO_DOWNLOAD=1), else
 * the wire-compatible stand-in.
 *
 * @throws ServerUnavailable if none of them can be had; ServerStartFailed if the one that can does not come up.
 */
export async function startMongo(options: ServerOptions = {}): Promise<RunningServer> {
  const external = process.env['MONGODB_TEST_URI'];
  if (external) return connectExternalMongo(external);
  const program = (await findMongod()) ?? (await prepareStandIn(options.report ?? reportToStderr));
  return launch(program, options);
}
