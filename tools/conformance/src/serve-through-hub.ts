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
import type { Subject } from './subject.js';

/** The two ways in which the hub is deployed: three services, or all in one process. */
export const hubForms = ['standalone', 'split'] as const;
export type HubForm = (typeof hubForms)[number];

const workspaceRoot = fileURLToPath(new URL('../../../', import.meta.url));
const serverId = 'conformance';

interface Hub {
  /** Of the REST API. */
  api: string;
  gateway: string;
}

/** Starts a hub of this form, hosts the fixture in it as a module, and waits until it serves. */
export async function serveThroughHub(form: HubForm): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-hub-conformance-'));
  const started: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((child) => stopProcess(child)));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const start = form === 'standalone' ? startStandalone : startSplit;
    const hub = await start(folder, (child) => started.push(child));
    await publishFixture(hub.api);
    return { url: `${hub.gateway}/servers/${serverId}/mcp`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startStandalone(folder: string, onStart: (child: ChildProcess) => void): Promise<Hub> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [join(workspaceRoot, 'apps/standalone/dist/main.js')], {
    cwd: folder,
    env: { ...hubEnvironment(), MCP_REGISTRY_API_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onStart(child);
  await waitUntil(async () => (await fetch(`${url}/readyz`)).ok, {
    timeoutMs: 60_000,
    describe: 'the standalone to be ready',
  });
  return { api: url, gateway: url };
}

async function startSplit(_folder: string, onStart: (child: ChildProcess) => void): Promise<Hub> {
  const child = spawn(process.execPath, [join(workspaceRoot, 'tools/stack/dist/main.js')], {
    cwd: workspaceRoot,
    env: hubEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onStart(child);
  const { api, gateway } = JSON.parse(await firstLine(child, 'The stack', 120_000)) as StackState;
  return { api, gateway };
}

async function publishFixture(api: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const entry = {
    id: serverId,
    name: 'Conformance fixture',
    description: 'What the official conformance suites ask for',
    module_config: { path: 'server.mjs', factory: 'createServer' },
    load_immediately: true,
  };
  const published = await fetch(`${api}/v0/publish`, { method: 'POST', headers, body: JSON.stringify(entry) });
  if (!published.ok) throw new Error(`The hub did not take the fixture: ${published.status} ${await published.text()}`);
  let status: unknown;
  await waitUntil(
    async () => {
      const answer = await fetch(`${api}/v0/servers/${serverId}`, { headers });
      const details = (await answer.json()) as Record<string, unknown>;
      status = [details['runtime_status'], details['status_detail']];
      return details['runtime_status'] === 'healthy';
    },
    { timeoutMs: 30_000, describe: () => `the fixture to be healthy in the hub; it is ${JSON.stringify(status)}` },
  );
}
