import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@mcp-hub/test-servers';
import { cleanEnvironment, NodeChild, workspaceRoot } from '../node-child.js';
import { descendantsOf } from '../process-figures.js';
import { Closers } from './closers.js';
import { HubApi } from './hub-api.js';
import type { RunningHub } from './hub-legs.js';
import { hubSettings } from './hub-settings.js';

export interface RunningStandalone extends RunningHub {
  pid: number;
  close: () => Promise<void>;
}

/** The hub in one process, with an SQLite file of its own. */
export async function startStandalone(env: Readonly<Record<string, string>>): Promise<RunningStandalone> {
  const closers = new Closers();
  const folder = await mkdtemp(join(tmpdir(), 'mcp-hub-bench-'));
  closers.add(() => rm(folder, { recursive: true, force: true }));
  const port = await freePort();
  const child = NodeChild.start(join(workspaceRoot, 'apps/standalone/dist/main.js'), {
    cwd: folder,
    env: { ...cleanEnvironment(), ...hubSettings, ...env, MCP_REGISTRY_API_PORT: String(port) },
  });
  closers.add(() => child.stop());
  const url = `http://127.0.0.1:${port}`;
  try {
    await child.whenReady({ url: `${url}/readyz` });
  } catch (error) {
    await closers.close();
    throw error;
  }
  const { pid } = child;
  return {
    pid,
    port,
    api: new HubApi(url),
    processes: [{ role: 'standalone', pid }],
    children: () => descendantsOf(pid).map((childPid) => ({ role: 'child', pid: childPid })),
    close: () => closers.close(),
  };
}
