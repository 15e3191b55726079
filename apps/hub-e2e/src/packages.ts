import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NpmRegistry } from '@mcp-hub/test-servers';
import { fixtures } from './hub-environment.js';

export interface OfferedPackages {
  /** Settings by which a hub finds them. */
  env: Record<string, string>;
  close(): Promise<void>;
}

/** Offers the packages among the fixtures by a registry on this machine, to a hub that keeps them in a folder of the tests. */
export async function offerPackages(): Promise<OfferedPackages> {
  const registry = await NpmRegistry.start();
  const cache = await mkdtemp(join(tmpdir(), 'mcp-hub-packages-'));
  await registry.publish(join(fixtures, 'hostile'));
  return {
    env: {
      MCP_REGISTRY_LOADER_PACKAGE_REGISTRIES: `npm=${registry.url}`,
      MCP_REGISTRY_LOADER_CACHE_DIR: cache,
    },
    close: async () => {
      await registry.close();
      await rm(cache, { recursive: true, force: true });
    },
  };
}
