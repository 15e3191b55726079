import type { HostileRemote } from './hostile-remote.js';
import type { Hub } from './hub.js';

/** What a hostile server is made of: an object in the worker, a child of it, or a server elsewhere. */
export const hostings = ['module', 'stdio', 'remote'] as const;
export type Hosting = (typeof hostings)[number];

/** @param limits of the entry */
export function hostileEntry(
  hosting: Hosting,
  id: string,
  remote: HostileRemote,
  limits: Record<string, number> = {},
): Record<string, unknown> {
  const source = {
    module: { module_config: { path: 'hostile-module.mjs' } },
    stdio: { packages: [{ registry_name: 'npm', name: '@hub-e2e/hostile', version: '1.0.0' }] },
    remote: { remotes: [{ type: 'streamable-http', url: remote.url }] },
  }[hosting];
  return { id, name: id, description: '', limits: { call_timeout: 2, ...limits }, ...source };
}

/** Publishes an entry and waits until it serves. @throws Error with what is wrong where it does not */
export async function serve(hub: Hub, entry: Record<string, unknown>): Promise<string> {
  const id = String(entry['id']);
  const published = await hub.publish(entry);
  if (published['runtime_status'] !== 'healthy') throw new Error(`${id}: ${JSON.stringify(published)}`);
  return hub.endpoint(id);
}

/** Publishes well-behaved servers until one is on the same worker as another server. @returns its id */
export async function serveBeside(hub: Hub, otherId: string): Promise<string> {
  const other = await hub.hostOf(otherId);
  for (let number = 1; number <= 8; number += 1) {
    const id = `beside-${otherId}-${number}`;
    await serve(hub, { id, name: id, description: '', module_config: { path: 'sdk-v1-server.mjs' } });
    if ((await hub.hostOf(id)).pid === other.pid) return id;
    await hub.remove(id);
  }
  throw new Error(`No server came to the worker of ${otherId}.`);
}
