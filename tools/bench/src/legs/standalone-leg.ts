import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@mcp-hub/test-servers';
import { cleanEnvironment, NodeChild, workspaceRoot } from '../node-child.js';
import { Closers } from './closers.js';
import { echoModule, HubApi, mcpPath } from './hub-api.js';
import { hubSettings } from './hub-settings.js';
import type { RunningLegs } from './leg.js';

export interface RunningStandalone {
  port: number;
  pid: number;
  api: HubApi;
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
    await child.whenReady(url);
  } catch (error) {
    await closers.close();
    throw error;
  }
  return { port, pid: child.pid, api: new HubApi(url), close: () => closers.close() };
}

export async function startStandaloneLeg(env: Readonly<Record<string, string>>): Promise<RunningLegs> {
  const { port, pid, api, close } = await startStandalone(env);
  const serverId = 'bench-module';
  try {
    await api.publish(echoModule(serverId));
    await api.whenHealthy(serverId);
  } catch (error) {
    await close();
    throw error;
  }
  const endpoint = { port, path: mcpPath(serverId) };
  return { legs: [{ id: 'd', endpoint, processes: [{ role: 'standalone', pid }] }], close };
}
