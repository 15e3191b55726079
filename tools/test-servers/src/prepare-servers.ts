import { connectExternalMongo } from './external-mongo.js';
import { prepareStandIn } from './mongo-stand-in.js';
import { findMongod } from './mongod.js';
import { findRedis } from './redis.js';
import { reportToStderr } from './running-server.js';
import { ServerUnavailable } from './server-errors.js';

/** For each server why it can't be had, with the remedy; undefined if it can. */
export interface Readiness {
  readonly redis: string | undefined;
  readonly mongo: string | undefined;
}

/**
 * Does ahead of time what the start functions would do first: looks for the programs, fetches and compiles the
 * stand-in. Starts nothing.
 */
export async function prepareServers(report: (line: string) => void = reportToStderr): Promise<Readiness> {
  return {
    redis: await reasonOf(findRedis),
    mongo: await reasonOf(async () => {
      const external = process.env['MONGODB_TEST_URI'];
      if (external) return connectExternalMongo(external);
      return (await findMongod()) ?? prepareStandIn(report);
    }),
  };
}

async function reasonOf(look: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await look();
    return undefined;
  } catch (error) {
    if (error instanceof ServerUnavailable) return error.message;
    throw error;
  }
}
