import { RedisRouteTable } from '@mcp-hub/routes-redis';

/** The server that a gateway finds there. */
export const bareServerId = 'bench-bare';

const namespace = 'mcp-hub';
const incarnation = 'bench-bare-worker';
const leaseMs = 10_000;

/**
 * Makes a gateway take any HTTP server for a worker: writes the records that registry-api and a worker write, and keeps
 * the worker's lease alive.
 *
 * @returns ends it
 */
export async function announceBareWorker(redisUrl: string, targetUrl: string): Promise<() => Promise<void>> {
  const table = new RedisRouteTable({ url: redisUrl, namespace });
  await table.start();
  const directory = {
    id: bareServerId,
    name: bareServerId,
    generation: 1,
    revision: 1,
    state: 'enabled',
    replicas: 1,
    sessionRecovery: 'transparent',
    limits: {},
  } as const;
  await table.rewriteDirectory([directory], 'bench');
  await table.announceWorker(
    { incarnation, name: incarnation, url: targetUrl, capacity: 1, loaders: [], isDraining: false },
    leaseMs,
  );
  await table.putRoute({
    serverId: bareServerId,
    generation: 1,
    replica: 1,
    worker: incarnation,
    state: 'healthy',
    target: { kind: 'http', url: targetUrl },
    since: new Date().toISOString(),
  });
  const renewal = setInterval(() => void table.renewWorker(incarnation, leaseMs), leaseMs / 4);
  return async () => {
    clearInterval(renewal);
    await table.close();
  };
}
