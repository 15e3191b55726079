import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

import { LOOPBACK } from './running-server.js';

// Below the range from which the system picks ports for outgoing connections. A server that is killed and started
// again needs its old port: from that range, a client that keeps reconnecting can be given it, and even connect to
// itself.
const LOWEST = 15_000;
const HIGHEST = 32_000;
const ATTEMPTS = 100;

/** Gives a port on which nobody listens now. Throws if a hundred random ones are all taken. */
export async function freePort(host: string = LOOPBACK): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port, host)) return port;
  }
  throw new Error(`No free port found between ${LOWEST} and ${HIGHEST} on ${host}.`);
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
