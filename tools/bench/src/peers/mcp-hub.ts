import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@mcp-hub/test-servers';
import { Closers } from '../legs/closers.js';
import { fixtures } from '../legs/hub-settings.js';
import type { Leg, MissingLeg, RunningLegs } from '../legs/leg.js';
import { echoTool, type Target } from '../load/target.js';
import { cleanEnvironment, NodeChild } from '../node-child.js';
import { descendantsOf } from '../process-figures.js';

const serverName = 'bench';

interface Health {
  state?: string;
  servers?: { name: string; status: string; error?: unknown }[];
}

/** mcp-hub with the module of our own legs as its child (p1), or with the bare server as a remote (p2). */
export async function startMcpHub(
  program: string,
  id: 'p1' | 'p2',
  bare: { port: number; pid: number },
): Promise<RunningLegs> {
  const closers = new Closers();
  const folder = await mkdtemp(join(tmpdir(), 'mcp-hub-bench-peer-'));
  closers.add(() => rm(folder, { recursive: true, force: true }));
  try {
    const config = join(folder, 'servers.json');
    await writeFile(config, JSON.stringify({ mcpServers: { [serverName]: serverOf(id, bare.port) } }));
    await writeCatalog(folder);
    const port = await freePort();
    const child = NodeChild.start(fileURLToPath(new URL('./mcp-hub-main.js', import.meta.url)), {
      cwd: folder,
      env: { ...cleanEnvironment(), ...ownFolders(folder) },
      args: [program, '--port', String(port), '--config', config],
      isQuiet: true,
    });
    closers.add(() => child.stop());
    let health: Health = {};
    const isReady = async (answer: Response): Promise<boolean> => {
      health = (await answer.json()) as Health;
      return health.state === 'ready';
    };
    await child.whenReady({ url: `http://127.0.0.1:${port}/api/health`, isReady });
    return { legs: [legOf(id, health, port, child.pid, bare.pid)], close: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

function serverOf(id: 'p1' | 'p2', barePort: number): object {
  return id === 'p1'
    ? { command: process.execPath, args: [join(fixtures, 'echo-stdio.mjs')] }
    : { url: `http://127.0.0.1:${barePort}/mcp` };
}

/** Where it keeps things, by the XDG specification: nothing of the person's own is read or changed. */
function ownFolders(folder: string): Record<string, string> {
  return { HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_STATE_HOME: folder };
}

/** A catalogue that is fresh, so that it fetches none. */
async function writeCatalog(folder: string): Promise<void> {
  const cache = join(folder, 'mcp-hub/cache');
  await mkdir(cache, { recursive: true });
  const registry = { version: '1', generatedAt: 0, totalServers: 1, servers: [{ id: 'none', name: 'none' }] };
  const text = JSON.stringify({ registry, lastFetchedAt: Date.now(), serverDocumentation: {} });
  await writeFile(join(cache, 'registry.json'), text);
}

function legOf(id: 'p1' | 'p2', health: Health, port: number, pid: number, barePid: number): Leg | MissingLeg {
  const server = health.servers?.find(({ name }) => name === serverName);
  if (server?.status !== 'connected') {
    return { id, reason: `mcp-hub says of it: ${server?.status ?? 'nothing'}, ${JSON.stringify(server?.error)}` };
  }
  const target: Target = { port, path: '/mcp', dialect: 'http-sse', call: echoTool(`${serverName}__echo`) };
  const behind =
    id === 'p1'
      ? descendantsOf(pid).map((child) => ({ role: 'child', pid: child }))
      : [{ role: 'bare server', pid: barePid }];
  return { id, target, processes: [{ role: 'mcp-hub', pid }, ...behind] };
}
