import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, waitUntil } from '@mcp-hub/test-servers';
import type { StackState } from '@mcp-hub/stack';
import { firstLine } from './first-line.js';
import { hubEnvironment, token } from './hub-environment.js';
import { stopProcess } from './stop-process.js';

/** The two ways in which the hub is deployed: three services, or all in one process. */
export const hubForms = ['standalone', 'split'] as const;
export type HubForm = (typeof hubForms)[number];

const workspaceRoot = fileURLToPath(new URL('../../../', import.meta.url));

interface HubUrls {
  /** Of the REST API. */
  api: string;
  gateway: string;
}

/** A running hub, which hosts what it is given. */
export interface Hub {
  /** Publishes an entry, and waits until its server serves. @returns its URL */
  host(entry: Readonly<Record<string, unknown>> & { id: string }): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a hub of this form, on its own, with nothing in it. @param npmRegistry where its packages come from */
export async function startHub(form: HubForm, npmRegistry: string): Promise<Hub> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-hub-conformance-'));
  const env = {
    ...hubEnvironment(),
    MCP_REGISTRY_LOADER_CACHE_DIR: join(folder, 'cache'),
    MCP_REGISTRY_LOADER_PACKAGE_REGISTRIES: `npm=${npmRegistry}`,
  };
  const started: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((child) => stopProcess(child)));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const start = form === 'standalone' ? startStandalone : startSplit;
    const { api, gateway } = await start(folder, env, (child) => started.push(child));
    const host = async (entry: Parameters<Hub['host']>[0]): Promise<string> => {
      await publish(api, entry);
      return `${gateway}/servers/${entry.id}/mcp`;
    };
    return { host, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Start = (
  folder: string,
  env: Readonly<Record<string, string>>,
  onStart: (child: ChildProcess) => void,
) => Promise<HubUrls>;

const startStandalone: Start = async (folder, env, onStart) => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [join(workspaceRoot, 'apps/standalone/dist/main.js')], {
    cwd: folder,
    env: { ...env, MCP_REGISTRY_API_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onStart(child);
  await waitUntil(async () => (await fetch(`${url}/readyz`)).ok, {
    timeoutMs: 60_000,
    describe: 'the standalone to be ready',
  });
  return { api: url, gateway: url };
};

const startSplit: Start = async (_, env, onStart) => {
  const child = spawn(process.execPath, [join(workspaceRoot, 'tools/stack/dist/main.js')], {
    cwd: workspaceRoot,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onStart(child);
  const { api, gateway } = JSON.parse(await firstLine(child, 'The stack', 120_000)) as StackState;
  return { api, gateway };
};

async function publish(api: string, entry: Parameters<Hub['host']>[0]): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const published = await fetch(`${api}/v0/publish`, { method: 'POST', headers, body: JSON.stringify(entry) });
  if (!published.ok) throw new Error(`The hub did not take ${entry.id}: ${published.status} ${await published.text()}`);
  let status: unknown;
  await waitUntil(
    async () => {
      const answer = await fetch(`${api}/v0/servers/${entry.id}`, { headers });
      const details = (await answer.json()) as Record<string, unknown>;
      status = [details['runtime_status'], details['status_detail']];
      return details['runtime_status'] === 'healthy';
    },
    { timeoutMs: 60_000, describe: () => `${entry.id} to be healthy in the hub; it is ${JSON.stringify(status)}` },
  );
}
