import { join } from 'node:path';
import { NpmRegistry } from '@mcp-hub/test-servers';
import { Closers } from '../legs/closers.js';
import type { HubApi } from '../legs/hub-api.js';
import type { Entry } from '../legs/hub-entries.js';
import { fixtures } from '../legs/hub-settings.js';
import { reasonOf } from '../legs/leg.js';
import { NodeChild } from '../node-child.js';
import type { Disturbance, IsolationReport } from './isolation-report.js';

const packageName = 'bench-misbehaving';

export interface BadServers {
  /** For the hub: where packages come from. */
  env: Record<string, string>;
  entries: { server: Disturbance['server']; entry: Entry }[];
  close: () => Promise<void>;
}

/** One server with bad manners, as a remote and as a package. */
export async function startBadServers(): Promise<BadServers> {
  const closers = new Closers();
  const folder = join(fixtures, 'misbehaving');
  try {
    const remote = NodeChild.start(join(folder, 'http.mjs'));
    closers.add(() => remote.stop());
    const { port } = await remote.ask<{ port: number }>();
    const registry = await NpmRegistry.start();
    closers.add(() => registry.close());
    await registry.publish(folder);
    const about = { description: 'Misbehaves when it is called.' };
    const remotes = [{ type: 'streamable-http', url: `http://127.0.0.1:${port}/mcp` }];
    const packages = [{ registry_name: 'npm', name: packageName, version: '1.0.0' }];
    return {
      env: { MCP_REGISTRY_LOADER_PACKAGE_REGISTRIES: `npm=${registry.url}` },
      entries: [
        { server: 'remote', entry: { id: 'bad-remote', name: 'bad-remote', ...about, remotes } },
        { server: 'stdio child', entry: { id: 'bad-child', name: 'bad-child', ...about, packages } },
      ],
      close: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** @returns those that came up; the others are added to `missing` */
export async function publishBadServers(
  api: HubApi,
  { entries }: BadServers,
  missing: IsolationReport['missing'],
): Promise<BadServers['entries']> {
  const up: BadServers['entries'] = [];
  for (const { server, entry } of entries) {
    try {
      await api.publish(entry);
      await api.whenHealthy(entry.id);
      up.push({ server, entry });
    } catch (error) {
      missing.push({ server, reason: reasonOf(error) });
    }
  }
  return up;
}
